import { readFile } from "node:fs/promises";
import { parse } from "node:path";
import { refuseSpecialFile, UserError } from "../base/index.js";
import type { CameraFrame } from "./CameraFrame.js";
import { imageFault } from "./imageFault.js";
import { pictureFormat } from "./SourceImage.js";

/** An image file that is missing, unreadable, or no image. */
export class ImageFileError extends UserError {
  override readonly code = "image.unreadable";
}

/**
 * Reads a JPEG, PNG or WebP file as a frame with stamp 0, frame_id `camera`, and the file's stem
 * as camera and episode.
 *
 * @throws ImageFileError
 */
export async function readImageFile(path: string): Promise<CameraFrame> {
  const data = await readBytes(path);
  const format = pictureFormat(data);
  if (format === undefined) {
    const what = data.length === 0 ? "it is empty" : "its first bytes are those of another format";
    throw new ImageFileError(`${path} is not a JPEG, PNG or WebP image: ${what}`);
  }
  const image = { kind: "compressed", format, data, isPhoto: true } as const;
  const fault = await imageFault(image);
  if (fault !== undefined) throw new ImageFileError(`${path}: ${fault}`);
  const { name } = parse(path);
  return { camera: name, episode: name, stampNs: 0n, frameId: "camera", image };
}

async function readBytes(path: string): Promise<Uint8Array> {
  await refuseSpecialFile(path);
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why = WHY_UNREADABLE.get(String(code)) ?? String(cause);
    throw new ImageFileError(`cannot read the image ${path}: ${why}`, { cause });
  }
}

const WHY_UNREADABLE: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file"],
  ["EISDIR", "it is a folder"],
  ["EACCES", "permission denied"],
]);
