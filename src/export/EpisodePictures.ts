import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, OutputError, sharp, UserError } from "../base/index.js";
import type { RgbImage } from "../camera/index.js";
import { PictureStats } from "../sinks/index.js";
import { VideoWriter, type WrittenCodec } from "../video/index.js";
import type { StagedCamera } from "./StagedEpisode.js";

/** A picture of a recording does not fit into the data set. */
export class ExportPictureError extends UserError {
  override readonly code = "export.picture";
}

/** How pictures are kept. */
export type PictureStorage = WrittenCodec | "png";

/** The pictures of one camera in one episode, in the order of its rows. */
export class EpisodePictures {
  readonly #stage: string;
  readonly #path: string;
  readonly #camera: string;
  readonly #stats: PictureStats;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #video: VideoWriter | undefined;
  readonly #files: string[] = [];
  #bytes = 0;
  #count = 0;

  private constructor(
    stage: string,
    path: string,
    camera: string,
    length: number,
    size: { readonly width: number; readonly height: number },
    video: VideoWriter | undefined,
  ) {
    this.#stage = stage;
    this.#path = path;
    this.#camera = camera;
    this.#stats = new PictureStats(length);
    this.#size = size;
    this.#video = video;
  }

  /**
   * @param stage the folder of what is not finished; `path` lies in it
   * @param length pictures that will be written
   */
  static async create(
    stage: string,
    path: string,
    camera: string,
    length: number,
    { width, height }: RgbImage,
    { storage, fps }: { readonly storage: PictureStorage; readonly fps: number },
  ): Promise<EpisodePictures> {
    const size = { width, height };
    if (storage !== "png" && (width % 2 !== 0 || height % 2 !== 0)) {
      throw new ExportPictureError(
        `camera ${camera}: a video cannot have pictures of ${width} x ${height}, as both sides must ` +
          "be even: give --image-size, or --images png",
      );
    }
    const folder = join(stage, path);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw new OutputError(folder, error);
    });
    const video =
      storage === "png"
        ? undefined
        : await VideoWriter.create(join(folder, `${camera}.mp4`), { ...size, fps, codec: storage });
    if (!video) await mkdir(join(folder, camera), { recursive: true });
    return new EpisodePictures(stage, path, camera, length, size, video);
  }

  /** @throws ExportPictureError, OutputError */
  async write(image: RgbImage): Promise<void> {
    const { width, height } = this.#size;
    if (image.width !== width || image.height !== height) {
      throw new ExportPictureError(
        `camera ${this.#camera}: a picture of ${image.width} x ${image.height} after some of ` +
          `${width} x ${height}: --image-size gives all one size`,
      );
    }
    if (this.#stats.wants(this.#count)) this.#stats.add(image);
    if (this.#video) await this.#video.write(image);
    else await this.#writePng(image);
    this.#count += 1;
  }

  /** All are on the disk. */
  async finish(): Promise<StagedCamera> {
    if (this.#video) {
      await this.#video.finish();
      this.#files.push(join(this.#path, `${this.#camera}.mp4`));
      this.#bytes = (await stat(this.#video.path)).size;
    }
    const stats = this.#stats.stats();
    return {
      name: this.#camera,
      ...this.#size,
      files: this.#files,
      bytes: this.#bytes,
      ...(stats && { stats }),
    };
  }

  /** Never throws. */
  async drop(): Promise<void> {
    await this.#video?.drop();
  }

  async #writePng({ width, height, data }: RgbImage): Promise<void> {
    const name = `${String(this.#count).padStart(6, "0")}.png`;
    const path = join(this.#path, this.#camera, name);
    const raw = { width, height, channels: 3 } as const;
    const bytes = await sharp(data, { raw }).png({ compressionLevel: 3 }).toBuffer();
    try {
      await writeFile(join(this.#stage, path), bytes, { flush: true });
    } catch (error) {
      throw new OutputError(join(this.#stage, path), error);
    }
    this.#files.push(path);
    this.#bytes += bytes.length;
  }
}

/** What the model said stays; a recording's pictures are made anew. */
export const ANSWERS = "answers.partial";

/** Removes what an interrupted run left of a recording, but for the model's answers. */
export async function clearRecording(folder: string): Promise<void> {
  await makeFolder(folder);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(ANSWERS)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
