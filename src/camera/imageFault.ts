import { sharp } from "../base/index.js";
import type { CameraFrame } from "./CameraFrame.js";
import type { CameraTopics } from "./CameraTopics.js";
import { rawFault } from "./colorEncodings.js";
import { DEPTH_HEADER_BYTES } from "./decodeDepth.js";
import {
  type CompressedImage,
  firstBytes,
  isCompressedDepth,
  type PictureFormat,
  pictureFormat,
  type SourceImage,
  startsWith,
} from "./SourceImage.js";

/**
 * What is wrong with an image, as far as this is visible without decoding it: undefined when it is
 * whole. Cheap enough for every frame of a recording: sizes of raw images, first and last bytes of
 * compressed ones; only a JPEG that does not stop with its end marker is decoded to be sure.
 */
export async function imageFault(image: SourceImage): Promise<string | undefined> {
  if (image.kind === "raw") return rawFault(image);
  if (isCompressedDepth(image.format)) return compressedDepthFault(image);
  return pictureFault(image.data, image.format);
}

function compressedDepthFault({ format, data }: CompressedImage): string | undefined {
  if (data.length <= DEPTH_HEADER_BYTES)
    return `"${format}" image is truncated: ${firstBytes(data)}`;
  const content = data.subarray(DEPTH_HEADER_BYTES);
  return pictureFormat(content) === "png" ? cutOff(content, format, "png") : undefined;
}

async function pictureFault(data: Uint8Array, format: string): Promise<string | undefined> {
  const found = pictureFormat(data);
  if (found === undefined) {
    return `"${format}" image is neither JPEG, PNG nor WebP: ${firstBytes(data)}`;
  }
  const fault = cutOff(data, format, found);
  if (fault === undefined || found !== "jpeg") return fault;
  // Some drivers append bytes of their own: then only a decoder can find out.
  try {
    // Not by stats(), which misses the end of data while other images are decoded.
    await sharp(data, { failOn: "truncated" }).raw().toBuffer();
    return undefined;
  } catch {
    return fault;
  }
}

function cutOff(data: Uint8Array, format: string, found: PictureFormat): string | undefined {
  if (HAS_END[found](data)) return undefined;
  return `"${format}" image is truncated: the ${found.toUpperCase()} data stops after ${data.length} bytes without its end`;
}

const HAS_END: Readonly<Record<PictureFormat, (data: Uint8Array) => boolean>> = {
  jpeg: (data) => {
    const end = endOfContent(data);
    return data[end - 2] === 0xff && data[end - 1] === 0xd9;
  },
  // The last chunk is IEND and its checksum.
  png: (data) => startsWith(data, endOfContent(data) - 8, "IEND\xae\x42\x60\x82"),
  webp: (data) => data.length >= 8 + Buffer.from(data.buffer, data.byteOffset).readUInt32LE(4),
};

/** Transports and drivers pad with zeros. */
function endOfContent(data: Uint8Array): number {
  let end = data.length;
  while (end > 0 && data[end - 1] === 0) end--;
  return end;
}

/**
 * The frame with its fault, where one of its images is cut off or contradicts itself; the first
 * broken topic is named.
 */
export async function withFault(
  frame: CameraFrame,
  cameras: readonly CameraTopics[],
): Promise<CameraFrame> {
  if (frame.fault !== undefined) return frame;
  const topics = cameras.find(({ name }) => name === frame.camera);
  for (const part of ["image", "depth", "labels"] as const) {
    const image = frame[part];
    const fault = image && (await imageFault(image));
    const topic = topics?.[part === "image" ? "color" : part] ?? frame.camera;
    if (fault) return { ...frame, fault: `${topic}: ${fault}` };
  }
  return frame;
}
