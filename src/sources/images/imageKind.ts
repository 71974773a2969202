import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, extname, join, parse, resolve } from "node:path";
import { byNumber, UserError } from "../../base/index.js";
import {
  type CameraFrame,
  type CameraTopics,
  FrameRate,
  NO_IMAGE,
  readImageFile,
} from "../../camera/index.js";
import type { FrameSelection, FrameSource, SourceInfo, SourceKind } from "../FrameSource.js";
import { onlyCamera } from "../onlyCamera.js";

/** A folder of images that cannot be read as one. */
class ImageFolderError extends UserError {
  override readonly code = "images.unreadable";
}

const IMAGE_FILE = /^\.(jpe?g|png|webp)$/i;
/** Files whose names are not times are this far apart: 10 Hz. */
const PERIOD_NS = 100_000_000n;

/** An image file, or a folder of them. */
export const imageKind: SourceKind = {
  usage: "IMAGE | FOLDER",
  summary: "a .jpg, .png or .webp image, or a folder of them as one recording",
  async claims(spec) {
    if (IMAGE_FILE.test(extname(spec))) return true;
    const names = await readdir(spec).catch(() => []);
    return (
      names.some(isImage) && names.every((name) => !/\.(mcap|db3|bag)|^metadata\.yaml$/.test(name))
    );
  },
  nameOf: (spec) => {
    const name = basename(resolve(spec));
    return isImage(name) ? parse(name).name : name;
  },
  open: openImages,
};

interface StampedFile {
  readonly path: string;
  readonly stampNs: bigint;
}

/**
 * Opens an image or a folder of images, in the order of their names, numbers as numbers. A name
 * that is a time is the stamp, as data sets write it: `1700000000123456789.png` in ns or
 * `1311868164.363181.png` in s (all of the folder, or none); otherwise the images are 0.1 s apart.
 *
 * @throws ImageFolderError
 */
async function openImages(spec: string): Promise<FrameSource> {
  const isFolder = (await stat(spec).catch(() => undefined))?.isDirectory() === true;
  const names = isFolder ? (await readdir(spec)).filter(isImage) : [];
  names.sort(byNumber);
  const paths = isFolder ? names.map((name) => join(spec, name)) : [spec];
  if (paths.length === 0)
    throw new ImageFolderError(`${spec}: no .jpg, .png or .webp in this folder`);
  const times = paths.map((path) => timeOf(parse(path).name));
  const files = paths.map((path, i): StampedFile => {
    const time = times.includes(undefined) ? undefined : times[i];
    return { path, stampNs: time ?? BigInt(i) * PERIOD_NS };
  });
  files.sort((a, b) => (a.stampNs < b.stampNs ? -1 : a.stampNs > b.stampNs ? 1 : 0));
  return new ImageSource(spec, imageKind.nameOf(spec), isFolder, files, await identityOf(paths));
}

class ImageSource implements FrameSource {
  readonly info: SourceInfo;
  readonly #isFolder: boolean;
  readonly #files: readonly StampedFile[];

  constructor(
    path: string,
    name: string,
    isFolder: boolean,
    files: readonly StampedFile[],
    identity: string,
  ) {
    const [startNs = 0n, endNs = 0n] = [files.at(0)?.stampNs, files.at(-1)?.stampNs];
    this.info = { path, name, identity, startNs, endNs, damage: [] };
    this.#isFolder = isFolder;
    this.#files = files;
  }

  cameras(wanted: readonly CameraTopics[]): CameraTopics[] {
    return onlyCamera(this.info, wanted);
  }

  expectedFrames(selection: FrameSelection): number {
    return this.#chosen(selection).length;
  }

  async *frames(selection: FrameSelection, signal?: AbortSignal): AsyncGenerator<CameraFrame> {
    const camera = selection.cameras[0]?.name ?? this.info.name;
    for (const { path, stampNs } of this.#chosen(selection)) {
      signal?.throwIfAborted();
      yield { ...(await this.#read(path)), camera, stampNs, episode: this.info.name };
    }
  }

  /** In a folder, an image that cannot be read is a faulty frame. */
  async #read(path: string): Promise<CameraFrame> {
    try {
      return await readImageFile(path);
    } catch (error) {
      if (!this.#isFolder || !(error instanceof UserError)) throw error;
      const empty = { camera: "", episode: "", stampNs: 0n, frameId: "camera", image: NO_IMAGE };
      return { ...empty, fault: error.message };
    }
  }

  #chosen({ rateHz, startNs, endNs }: FrameSelection): readonly StampedFile[] {
    const rate = new FrameRate(rateHz);
    return this.#files.filter(
      ({ stampNs }) =>
        (startNs === undefined || stampNs >= startNs) &&
        (endNs === undefined || stampNs <= endNs) &&
        rate.keeps(stampNs),
    );
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

function isImage(name: string): boolean {
  return IMAGE_FILE.test(extname(name));
}

/** The time that a file's name is, ns; undefined if it is another name. */
function timeOf(name: string): bigint | undefined {
  if (/^\d{16,19}$/.test(name)) return BigInt(name);
  const seconds = /^(\d{9,10})\.(\d{1,9})$/.exec(name);
  const [, whole = "", fraction = ""] = seconds ?? [];
  return seconds ? BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")) : undefined;
}

/** Names, sizes and times of change: reading all the pixels would cost as much as annotating. */
async function identityOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    hash.update(`${basename(path)} ${found?.size} ${found?.mtimeMs}\n`);
  }
  return hash.digest("hex");
}
