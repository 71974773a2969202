import { join } from "node:path";
import type { CameraTopics } from "../camera/index.js";
import type { FrameSource } from "../sources/index.js";
import { CameraRows, type PictureRow } from "./CameraRows.js";
import { EpisodePictures } from "./EpisodePictures.js";
import type { Run } from "./planRows.js";
import { RisingStamps } from "./RisingStamps.js";
import type { RowSettings } from "./RowSettings.js";
import type { StagedCamera } from "./StagedEpisode.js";

/**
 * Writes the pictures of all episodes of a recording, which is read once.
 *
 * @param folder in `stage`
 * @returns by camera, then by episode
 */
export async function stagePictures(
  source: FrameSource,
  cameras: readonly CameraTopics[],
  parts: readonly Run[],
  { storage, fps, size }: RowSettings,
  stage: string,
  folder: string,
  signal: AbortSignal,
): Promise<StagedCamera[][]> {
  const names = pictureNames(cameras);
  const readers = new Map(
    cameras.map(({ name }, c) => {
      const label = names[c] ?? name;
      const rows = parts.flatMap((part, episode) =>
        part.map(({ stampNs, anchor }, i): PictureRow => {
          const which = c > 0 ? "nearest" : anchor ? "own" : "before";
          return { episode, isFirst: i === 0, isLast: i === part.length - 1, stampNs, which };
        }),
      );
      const reader = new CameraRows(
        rows,
        (episode, first) =>
          EpisodePictures.create(
            stage,
            join(folder, String(episode).padStart(6, "0")),
            label,
            parts[episode]?.length ?? 0,
            first,
            { storage, fps },
          ),
        size,
      );
      return [name, reader];
    }),
  );
  const rising = new RisingStamps(source.info.path);
  try {
    for await (const frame of source.frames({ cameras }, signal)) {
      signal.throwIfAborted();
      rising.check(frame.camera, frame.stampNs);
      await readers.get(frame.camera)?.take(frame);
    }
    for (const reader of readers.values()) await reader.end();
    return [...readers.values()].map(({ finished }) => finished);
  } catch (error) {
    for (const reader of readers.values()) await reader.drop();
    throw error;
  }
}

/** What image topics end with. */
const TOPIC_ENDS = /(?:\/(?:image|image_\w+|compressed|color|rgb|raw|ffmpeg))+$/;

/** Names of cameras that may stand in the name of a feature, of a file and of a dataset. */
function pictureNames(cameras: readonly CameraTopics[]): string[] {
  const plain = cameras.map(({ name }) => {
    const short = name.replace(TOPIC_ENDS, "").replace(/^\/+/, "");
    return short.replaceAll(/[^A-Za-z0-9_]+/g, "_") || "camera";
  });
  return plain.map((name, i) => (plain.indexOf(name) === i ? name : `${name}_${i}`));
}
