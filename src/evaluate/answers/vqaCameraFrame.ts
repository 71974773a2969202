import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { refuseSpecialFile, sharp } from "../../base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  decodeDepth,
  depthImageOf,
  encodeJpeg,
  type RawImage,
  readImageFile,
  type SourceImage,
} from "../../camera/index.js";
import type { VqaFrame } from "../../dataset/index.js";
import type { ObjectRef } from "../../language/index.js";
import { AnswersInputError } from "./jsonLines.js";

/**
 * What stands for the support of every image, so that one model serves all of them: which label id
 * it has may differ from image to image, and the images' label names give it.
 */
export const SUPPORT: ObjectRef = { name: "support_surface", phrase: "the support surface" };

/**
 * A data set's image as a model gets it, with depth, labels and intrinsics where it has them.
 *
 * @throws AnswersInputError, ImageFileError if a file is missing or broken.
 */
export async function vqaCameraFrame(folder: string, frame: VqaFrame): Promise<CameraFrame> {
  // First, so that of several missing files the error always names the image.
  const { image } = await readImageFile(datasetPath(folder, frame.image, frame));
  const [depth, labels] = await Promise.all([
    frame.depth === undefined ? undefined : readDepth(datasetPath(folder, frame.depth, frame)),
    frame.labels === undefined ? undefined : readLabels(datasetPath(folder, frame.labels, frame)),
  ]);
  const support = frame.objects.find(({ name }) => name === frame.support);
  return {
    // Answers are kept by camera and stamp: an image's id names both.
    camera: frame.id,
    stampNs: 0n,
    frameId: "camera",
    episode: frame.source,
    image,
    ...(depth && { depth }),
    ...(labels && { labels }),
    ...(support && { labelNames: new Map(support.labels.map((id) => [id, SUPPORT.name])) }),
    ...(frame.intrinsics && { info: cameraInfo(frame, frame.intrinsics) }),
  };
}

/** The objects of an image, for questions; the first phrase unless a question says another. */
export function objectRefs({ objects }: VqaFrame): Map<string, ObjectRef> {
  return new Map(
    objects.map(({ name, phrases, labels }) => [
      name,
      { name, phrase: phrases[0] ?? name, ...(labels.length > 0 && { labels }) },
    ]),
  );
}

/** Distortion-free, as data sets have it. */
export function cameraInfo(
  { width, height }: VqaFrame,
  intrinsics: NonNullable<VqaFrame["intrinsics"]>,
): CameraInfo {
  return { width, height, ...intrinsics, distortion: { model: "", coefficients: [] } };
}

/** A path of a data set; it may not lead out of it. */
export function datasetPath(folder: string, path: string, { id }: VqaFrame): string {
  const full = resolve(folder, path);
  if (!relative(resolve(folder), full).startsWith("..")) return full;
  throw new AnswersInputError(
    `${join(folder, "frames.jsonl")}: ${id}: ${path} points outside the folder`,
  );
}

async function readDepth(path: string): Promise<SourceImage> {
  return { kind: "compressed", format: "16UC1; png", data: await readBytes(path) };
}

/** A grey PNG of 8 or 16 bit as raw ids. */
async function readLabels(path: string): Promise<RawImage> {
  const bytes = await readBytes(path);
  try {
    const png = sharp(bytes);
    const { depth } = await png.metadata();
    const wide = depth === "ushort";
    const { data, info } = await png
      .toColourspace(wide ? "grey16" : "b-w")
      .raw({ depth: wide ? "ushort" : "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1) throw new Error(`it has ${info.channels} channels`);
    const { width, height } = info;
    return {
      kind: "raw",
      width,
      height,
      encoding: wide ? "mono16" : "mono8",
      step: width * (wide ? 2 : 1),
      isBigEndian: false,
      data,
    };
  } catch (cause) {
    const why = (cause as Error).message;
    throw new AnswersInputError(`${path} is not a PNG of instance ids: ${why}`, { cause });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  await refuseSpecialFile(path);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AnswersInputError(`cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** What the camera would see in a mirror: columns reversed, in all parts of the frame. */
export async function mirroredFrame(frame: CameraFrame): Promise<CameraFrame> {
  const { image, depth, labels, info } = frame;
  const jpeg = await sharp(await encodeJpeg(image, { quality: 95 }))
    .flop()
    .jpeg({ quality: 95 })
    .toBuffer();
  return {
    ...frame,
    camera: `${frame.camera} mirrored`,
    image: { kind: "compressed", format: "jpeg", data: jpeg },
    ...(depth && { depth: mirroredRows(depthImageOf(await decodeDepth(depth)), 4) }),
    ...(labels && { labels: mirroredRows(labels, labels.step / labels.width) }),
    // Pixel centres are whole numbers: column 0 becomes column width − 1.
    ...(info && { info: { ...info, cx: info.width - 1 - info.cx } }),
  };
}

/** Of images without padding. */
function mirroredRows(image: RawImage, bytesPerPixel: number): RawImage {
  const { width, height, step, data } = image;
  const flipped = new Uint8Array(step * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * step + x * bytesPerPixel;
      const to = y * step + (width - 1 - x) * bytesPerPixel;
      for (let byte = 0; byte < bytesPerPixel; byte++) flipped[to + byte] = data[from + byte] ?? 0;
    }
  }
  return { ...image, data: flipped };
}
