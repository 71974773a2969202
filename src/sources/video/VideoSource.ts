import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type CameraFrame, type CameraTopics, FrameRate, NO_IMAGE } from "../../camera/index.js";
import { VideoFile } from "../../video/index.js";
import type { FrameSelection, FrameSource, SourceInfo } from "../FrameSource.js";
import { onlyCamera } from "../onlyCamera.js";

/** @throws VideoError, CodecsMissingError */
export async function openVideo(path: string, name: string): Promise<FrameSource> {
  const file = new VideoFile(path, { turned: true });
  const { durationS, pictures } = await file.about();
  const found = await stat(path);
  const info: SourceInfo = {
    ...{ path, name },
    identity: `${basename(path)} ${found.size} ${found.mtimeMs}`,
    startNs: 0n,
    endNs: nsOf(durationS),
    damage: [],
  };
  return new VideoSource(info, file, pictures);
}

class VideoSource implements FrameSource {
  readonly info: SourceInfo & { readonly damage: string[] };
  readonly #file: VideoFile;
  readonly #announced: number | undefined;

  constructor(info: SourceInfo, file: VideoFile, announced: number | undefined) {
    this.info = { ...info, damage: [] };
    this.#file = file;
    this.#announced = announced;
  }

  cameras(wanted: readonly CameraTopics[]): CameraTopics[] {
    return onlyCamera(this.info, wanted);
  }

  /** What the container says; of a part of it, only a rate tells. */
  expectedFrames({ rateHz, startNs = 0n, endNs }: FrameSelection): number | undefined {
    if (rateHz === undefined && startNs <= 0n && endNs === undefined) return this.#announced;
    const lastNs = endNs === undefined || endNs > this.info.endNs ? this.info.endNs : endNs;
    return rateHz && Math.ceil((Math.max(0, Number(lastNs - startNs)) / 1e9) * rateHz);
  }

  async *frames(
    { cameras, rateHz, startNs = 0n, endNs }: FrameSelection,
    signal?: AbortSignal,
  ): AsyncGenerator<CameraFrame> {
    const { name } = this.info;
    const camera = cameras[0]?.name ?? name;
    const rate = new FrameRate(rateHz);
    let read = 0;
    for await (const picture of this.#file.pictures(Number(startNs) / 1e9)) {
      const stampNs = nsOf(picture.timeS);
      read += 1;
      try {
        signal?.throwIfAborted();
        if (endNs !== undefined && stampNs > endNs) return;
        if (stampNs < startNs || !rate.keeps(stampNs)) continue;
        const { fault } = picture;
        const image = fault === undefined ? await picture.image() : NO_IMAGE;
        const frame = { camera, stampNs, frameId: "camera", episode: name, image };
        yield fault === undefined ? frame : { ...frame, fault };
      } finally {
        picture.close();
      }
    }
    if (startNs <= 0n) this.#checkWhole(read);
  }

  /** A file that was cut short ends without an error: what it announced shows the loss. */
  #checkWhole(read: number): void {
    const announced = this.#announced ?? read;
    const { path, damage } = this.info;
    if (read >= announced || damage.length > 0) return;
    damage.push(
      `${path} announces ${announced} pictures, and ends after ${read}: it was cut short`,
    );
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** To the µs: containers know no more. */
function nsOf(seconds: number): bigint {
  return 1000n * BigInt(Math.round(seconds * 1e6));
}
