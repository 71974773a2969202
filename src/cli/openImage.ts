import { secondsOf, UserError } from "../base/index.js";
import type { CameraFrame } from "../camera/index.js";
import { onlyRecording, openSource } from "../sources/index.js";
import { chosenCameras, type Task, taskFrames } from "../task/index.js";

/** Which image of a recording. */
export interface ImageChoice {
  /** Since the recording's start, ns; the first image without. */
  readonly at?: bigint;
  /** The colour topic, or the name of the task's camera, where there are several. */
  readonly camera?: string;
}

/** The image that a question is about cannot be made out. */
export class ImageError extends UserError {
  override readonly code = "image.missing";
}

/** How long before the wanted time reading begins, so that latched and slow topics are there. */
const RUN_UP_NS = 2_000_000_000n;

/**
 * The image that a command is about, of an image file, a recording or another source: the last one
 * at or before a time from the source's start; else the first after it.
 *
 * @throws ImageError if there is none, or it cannot be read.
 */
export async function openImage(
  input: string,
  task: Task | undefined,
  { camera, at = 0n }: ImageChoice,
): Promise<CameraFrame> {
  await using source = await openSource(await onlyRecording(input));
  const cameras = source.cameras(chosenCameras(task?.cameras ?? [], camera));
  const { path, startNs, endNs } = source.info;
  const atNs = startNs + at;
  if (atNs > endNs) {
    const seconds = secondsOf(endNs - startNs);
    throw new ImageError(`${path} is only ${seconds.toFixed(1)} s long; --at is after its end`);
  }
  const tfFrames = task ? taskFrames(task) : [];
  let last: CameraFrame | undefined;
  for await (const frame of source.frames({ cameras, tfFrames, startNs: atNs - RUN_UP_NS })) {
    const isAfter = (frame.logNs ?? frame.stampNs) > atNs;
    if (isAfter && last) break;
    last = frame;
    if (isAfter) break;
  }
  if (!last)
    throw new ImageError(`${path}: no image on ${cameras.map(({ color }) => color).join()}`);
  if (last.fault !== undefined) throw new ImageError(last.fault);
  return last;
}
