import { extname } from "node:path";
import { UserError } from "../base/index.js";
import { type CameraFrame, findCameras, readImageFile } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import { type Bag, bagFrames, openBag } from "../sources/index.js";
import type { Task } from "../task/index.js";

/** Which image of a recording. */
export interface ImageChoice {
  /** Since the recording's start, ns; the first image without. */
  readonly at?: bigint;
  /** The colour topic, where there are several. */
  readonly camera?: string;
}

/** The image that a question is about cannot be made out. */
export class ImageError extends UserError {
  override readonly code = "image.missing";
}

const IMAGE_FILE = /^\.(jpe?g|png|webp)$/i;

/**
 * The image that a command is about: an image file, or one of a recording.
 *
 * @throws ImageError where there is none, or it cannot be read.
 */
export async function openImage(
  input: string,
  task: Task | undefined,
  choice: ImageChoice,
): Promise<CameraFrame> {
  const frame = IMAGE_FILE.test(extname(input))
    ? await readImageFile(input)
    : await frameOfBag(input, task, choice);
  if (frame.fault !== undefined) throw new ImageError(frame.fault);
  return frame;
}

async function frameOfBag(
  input: string,
  task: Task | undefined,
  choice: ImageChoice,
): Promise<CameraFrame> {
  const bag = await openBag(input);
  try {
    return await frameAt(bag, task, choice);
  } finally {
    await bag.close();
  }
}

/** How long before the wanted time reading begins, so that latched and slow topics are there. */
const RUN_UP_NS = 2_000_000_000n;

/** The last image at or before a time from the recording's start; else the first after it. */
async function frameAt(
  bag: Bag,
  task: Task | undefined,
  choice: ImageChoice,
): Promise<CameraFrame> {
  const wanted =
    choice.camera === undefined
      ? (task?.cameras ?? [])
      : [{ name: choice.camera, color: choice.camera }];
  const cameras = findCameras(bag.info, wanted);
  const atNs = bag.info.startNs + (choice.at ?? 0n);
  if (atNs > bag.info.endNs) {
    const seconds = Number(bag.info.endNs - bag.info.startNs) / 1e9;
    throw new ImageError(`${bag.info.path} ends after ${seconds.toFixed(1)} s, before --at`);
  }
  const tfFrames = [...(task?.objects.values() ?? [])].flatMap(({ frame }) => frame ?? []);
  let last: CameraFrame | undefined;
  for await (const frame of bagFrames(bag, { cameras, tfFrames, startNs: atNs - RUN_UP_NS })) {
    if (frame.stampNs > atNs && last) break;
    last = frame;
    if (frame.stampNs > atNs) break;
  }
  if (!last) throw new ImageError(`${bag.info.path}: no image on ${cameras[0]!.color}`);
  return last;
}

/** What questions about an image can name: the task's objects, or else those the source names. */
export function thingsIn(
  frame: CameraFrame,
  task: Task | undefined,
): { readonly objects: readonly ObjectRef[]; readonly support: ObjectRef | undefined } {
  const objects = task ? [...task.objects.values()] : namedObjects(frame);
  const support = task?.support ?? objects.find(({ phrase }) => /\b(table|floor)\b/.test(phrase));
  return { objects, support };
}

/** The objects that the source itself names (vision_msgs/LabelInfo). */
function namedObjects(frame: CameraFrame): ObjectRef[] {
  return [...(frame.labelNames ?? [])].map(([id, name]) => ({
    name: name.replaceAll(/\W+/g, "_"),
    phrase: `the ${name}`,
    labels: [id],
  }));
}
