import { type RecordedEpisode, type RecordOptions, recordEpisode } from "../sim/index.js";
import { BagWriter } from "../sources/index.js";
import { type Progress, startProgress } from "./progress.js";

/** Records a simulated episode into a bag, with a progress bar; an unfinished one keeps no name. */
export async function recordToBag(
  path: string,
  label: string,
  options: RecordOptions,
): Promise<RecordedEpisode> {
  const writer = await BagWriter.create(path);
  let progress: Progress | undefined;
  try {
    const recorded = await recordEpisode(writer, {
      ...options,
      onProgress(images, total) {
        progress ??= startProgress(label, total, "frames");
        progress.update(images);
      },
    });
    await writer.close();
    return recorded;
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    progress?.stop();
  }
}
