import { access } from "node:fs/promises";
import { extname } from "node:path";
import type { VideoFrame } from "@napi-rs/webcodecs";
import { UserError } from "../base/index.js";
import type { RawImage } from "../camera/index.js";
import { loadWebCodecs, type WebCodecs } from "./loadWebCodecs.js";

/** A video that cannot be read: which file, and what is wrong. */
export class VideoError extends UserError {
  override readonly code = "video.unreadable";
}

/** One picture of a video. Whoever takes it closes it; the pixels are converted when asked for. */
export interface VideoPicture {
  /** Presentation time from the start of the file, s. */
  readonly timeS: number;
  /** The pixels as they were recorded: a display rotation in the file is not applied. */
  image(): Promise<RawImage>;
  close(): void;
}

/** Packets that the decoder may hold, so that a long video does not come into memory at once. */
const MAX_QUEUED = 8;

/** Video files by extension, and which container each is. */
const CONTAINERS = {
  ".mp4": "Mp4Demuxer",
  ".m4v": "Mp4Demuxer",
  ".mov": "Mp4Demuxer",
  ".mkv": "MkvDemuxer",
  ".webm": "WebMDemuxer",
} as const;

/** Whether a path is named as a video that can be opened. */
export function isVideoFile(path: string): boolean {
  return Object.hasOwn(CONTAINERS, extname(path).toLowerCase());
}

/** A video file: H.264, H.265, AV1, VP8 or VP9 in MP4, Matroska or WebM. */
export class VideoFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * How long the container says that it is, s; 0 where it does not say.
   *
   * @throws VideoError, CodecsMissingError
   */
  async durationS(): Promise<number> {
    const demuxer = await this.#open(await loadWebCodecs(), () => {});
    try {
      return (demuxer.duration ?? 0) / 1e6;
    } finally {
      demuxer.close();
    }
  }

  /**
   * The pictures in the order of their presentation times.
   *
   * @param fromS times before this one are passed over, s; decoding starts at the key frame before it
   * @throws VideoError, CodecsMissingError
   * @example
   * for await (const picture of new VideoFile("clip.mp4").pictures()) {
   *   console.log(picture.timeS, (await picture.image()).width);
   *   picture.close();
   * }
   */
  async *pictures(fromS = 0): AsyncGenerator<VideoPicture> {
    const codecs = await loadWebCodecs();
    const decoded: VideoPicture[] = [];
    const times = new PresentationTimes();
    let fault: Error | undefined;
    const onError = (error: Error): void => {
      fault ??= error;
    };
    const demuxer = await this.#open(codecs, onError);
    const output = (frame: VideoFrame): void => {
      decoded.push(pictureOf(frame, times.take() / 1e6));
    };
    const decoder = new codecs.VideoDecoder({ output, error: onError });
    const check = (): void => {
      if (fault) throw this.#error(fault);
    };
    try {
      const config = demuxer.videoDecoderConfig;
      if (!config) throw new VideoError(`${this.path} has no video track`);
      decoder.configure({ ...config, hardwareAcceleration: "prefer-software" });
      if (fromS > 0) demuxer.seek(Math.floor(fromS * 1e6));
      for await (const { videoChunk } of demuxer) {
        if (!videoChunk || !times.add(videoChunk)) continue;
        check();
        decoder.decode(videoChunk);
        while (decoder.decodeQueueSize > MAX_QUEUED) {
          await new Promise<void>((done) =>
            decoder.addEventListener("dequeue", done, { once: true }),
          );
        }
        yield* taken(decoded, fromS);
      }
      check();
      await decoder.flush().catch(onError);
      check();
      yield* taken(decoded, fromS);
      if (times.left > 0) {
        throw new VideoError(
          `${this.path} is damaged: ${times.left} of its pictures could not be decoded, so the ` +
            "times of the others are not known",
        );
      }
    } finally {
      for (const picture of decoded) picture.close();
      if (decoder.state !== "closed") decoder.close();
      demuxer.close();
    }
  }

  async #open(codecs: WebCodecs, error: (error: Error) => void) {
    const container = CONTAINERS[extname(this.path).toLowerCase() as keyof typeof CONTAINERS];
    if (container === undefined) {
      const known = Object.keys(CONTAINERS).join(", ");
      throw new VideoError(`${this.path} is not named as a video: ${known}`);
    }
    await access(this.path).catch(() => {
      throw new VideoError(`${this.path}: there is no such file, or it may not be read`);
    });
    const demuxer = new codecs[container]({ error });
    await demuxer.load(this.path).catch((reason: unknown) => {
      throw this.#error(reason);
    });
    return demuxer;
  }

  #error(cause: unknown): VideoError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new VideoError(`${this.path} cannot be decoded: ${reason}`, { cause });
  }
}

/**
 * Which picture is shown when. A decoder gives its pictures in the order in which they are shown,
 * so each has the earliest time that is still open; packets come in the order in which they are
 * decoded, and the decoder labels its pictures with their times.
 */
class PresentationTimes {
  /** In falling order, µs. */
  readonly #open: number[] = [];
  #firstUs: number | undefined;

  get left(): number {
    return this.#open.length;
  }

  /** @returns false for a picture that is shown before the first one, whose references are missing */
  add({ timestamp }: { readonly timestamp: number }): boolean {
    this.#firstUs ??= timestamp;
    if (timestamp < this.#firstUs) return false;
    let at = this.#open.length;
    while (at > 0 && (this.#open[at - 1] ?? 0) < timestamp) at -= 1;
    this.#open.splice(at, 0, timestamp);
    return true;
  }

  take(): number {
    return this.#open.pop() ?? Number.NaN;
  }
}

/** Hands out what is decoded, in order. */
function* taken(decoded: VideoPicture[], fromS: number): Generator<VideoPicture> {
  for (let picture = decoded.shift(); picture; picture = decoded.shift()) {
    if (picture.timeS < fromS) picture.close();
    else yield picture;
  }
}

function pictureOf(frame: VideoFrame, timeS: number): VideoPicture {
  return {
    timeS,
    async image() {
      const { codedWidth: width, codedHeight: height } = frame;
      const data = new Uint8Array(width * height * 4);
      await frame.copyTo(data, { format: "RGBA" });
      const shape = { width, height, step: width * 4, isBigEndian: false };
      return { kind: "raw", encoding: "rgba8", ...shape, data };
    },
    close: () => frame.close(),
  };
}
