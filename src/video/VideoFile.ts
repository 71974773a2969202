import { access } from "node:fs/promises";
import { extname, resolve } from "node:path";
import type { FormatContext, Stream } from "node-av/lib";
import { messageOf, UserError } from "../base/index.js";
import type { RawImage } from "../camera/index.js";
import { type Av, loadAv } from "./loadAv.js";
import type { VideoPacket } from "./PacketChain.js";
import { type Turn, turnedImage, turnOf } from "./Turn.js";
import { type DecodedPicture, VideoDecoder } from "./VideoDecoder.js";

/** A video that cannot be read: which file, and what is wrong. */
export class VideoError extends UserError {
  override readonly code = "video.unreadable";
}

/** One picture of a video. Whoever takes it closes it; the pixels are converted when asked for. */
export interface VideoPicture {
  /** Presentation time from the start of the file, s. */
  readonly timeS: number;
  /** Why there is no picture at this time: the data is damaged. */
  readonly fault?: string;
  /**
   * The pixels; as they were recorded, or turned as the file says where that was asked for.
   *
   * @throws VideoError where there is a fault
   */
  image(): Promise<RawImage>;
  /**
   * Its luma as 16-bit words, little-endian, as they were recorded: of a video of 12 bits.
   *
   * @throws VideoError where there is a fault, or it has other bits
   */
  codes(): RawImage;
  close(): void;
}

/** Extensions of video files. */
const EXTENSIONS: readonly string[] = [".mp4", ".m4v", ".mov", ".mkv", ".webm"];
/** FFmpeg's names of their containers. Others open further files, or addresses of a network. */
const CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";

/** Whether a path is named as a video that can be opened. */
export function isVideoFile(path: string): boolean {
  return EXTENSIONS.includes(extname(path).toLowerCase());
}

/** What a container says of its video without reading it. */
export interface VideoAbout {
  /** s; 0 where it does not say. */
  readonly durationS: number;
  /** How many pictures there are; undefined where it does not say. */
  readonly pictures: number | undefined;
}

export interface VideoFileOptions {
  /** Turns pictures as a phone's video says that they are to be shown. */
  readonly turned?: boolean;
}

/** A video file: H.264, H.265, AV1, VP8 or VP9 in MP4, Matroska or WebM. */
export class VideoFile {
  readonly path: string;
  readonly #isTurned: boolean;

  constructor(path: string, { turned = false }: VideoFileOptions = {}) {
    this.path = path;
    this.#isTurned = turned;
  }

  /** @throws VideoError, CodecsMissingError */
  async about(): Promise<VideoAbout> {
    const av = await loadAv();
    const input = await this.#open(av);
    try {
      const stream = input.streams[input.findBestStream(av.AVMEDIA_TYPE_VIDEO)];
      const pictures = Number(stream?.nbFrames ?? 0);
      const durationS = Math.max(0, Number(input.duration) / 1e6);
      return { durationS, pictures: pictures > 0 ? pictures : undefined };
    } finally {
      await input.closeInput();
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
    const av = await loadAv();
    const input = await this.#open(av);
    let decoder: VideoDecoder | undefined;
    try {
      const stream = input.streams[input.findBestStream(av.AVMEDIA_TYPE_VIDEO)];
      if (!stream) throw new VideoError(`${this.path} has no video track`);
      const turn = this.#isTurned
        ? turnOf(stream.codecpar.getCodedSideData(av.AV_PKT_DATA_DISPLAYMATRIX))
        : undefined;
      decoder = await VideoDecoder.open(stream.codecpar).catch((error: unknown) => {
        throw error instanceof UserError ? error : this.#error(error);
      });
      for await (const packet of packetsFrom(av, input, stream, fromS)) {
        yield* this.#taken(await decoder.decode(packet), stream, fromS, turn);
      }
      yield* this.#taken(await decoder.flush(), stream, fromS, turn);
    } finally {
      decoder?.close();
      await input.closeInput();
    }
  }

  /** Hands out what is decoded, in order; what is not taken is closed. */
  *#taken(
    decoded: DecodedPicture<VideoPacket>[],
    stream: Stream,
    fromS: number,
    turn: Turn | undefined,
  ): Generator<VideoPicture> {
    try {
      for (let picture = decoded.shift(); picture; picture = decoded.shift()) {
        const timeS = secondsOf(picture.packet.time, stream);
        if (timeS < fromS) picture.close();
        else yield this.#picture(picture, timeS, turn);
      }
    } finally {
      for (const picture of decoded) picture.close();
    }
  }

  #picture(
    picture: DecodedPicture<VideoPacket>,
    timeS: number,
    turn: Turn | undefined,
  ): VideoPicture {
    const close = () => picture.close();
    if (picture.fault === undefined) {
      const image = async () => {
        const recorded = await picture.image();
        return turn ? turnedImage(recorded, turn) : recorded;
      };
      const codes = () => {
        const found = picture.codes();
        if (found) return found;
        throw new VideoError(`${this.path} has not the 12 bits a pixel that depth is kept in`);
      };
      return { timeS, image, codes, close };
    }
    const fault = `${this.path} at ${timeS.toFixed(3)} s: ${picture.fault}`;
    const fail = () => {
      throw new VideoError(fault);
    };
    return { timeS, fault, image: async () => fail(), codes: fail, close };
  }

  async #open(av: Av): Promise<FormatContext> {
    if (!isVideoFile(this.path)) {
      throw new VideoError(`${this.path} is not named as a video: ${EXTENSIONS.join(", ")}`);
    }
    await access(this.path).catch(() => {
      throw new VideoError(`${this.path}: there is no such file, or it may not be read`);
    });
    const input = new av.FormatContext();
    const options = av.Dictionary.fromObject({
      protocol_whitelist: "file",
      format_whitelist: CONTAINERS,
    });
    try {
      const opened = await input.openInput(`file:${resolve(this.path)}`, null, options);
      av.FFmpegError.throwIfError(opened, "opening it");
      av.FFmpegError.throwIfError(await input.findStreamInfo(null), "reading its tracks");
      return input;
    } catch (error) {
      await input.closeInput();
      throw this.#error(error);
    } finally {
      options.free();
    }
  }

  #error(cause: unknown): VideoError {
    const reason = messageOf(cause);
    return new VideoError(`${this.path} cannot be decoded: ${reason}`, { cause });
  }
}

/** The packets of a stream from the last key frame on that is shown before a time. */
async function* packetsFrom(
  av: Av,
  input: FormatContext,
  stream: Stream,
  fromS: number,
): AsyncGenerator<VideoPacket> {
  let first = fromS > 0 ? await soughtPacket(av, input, stream, fromS) : undefined;
  for (let packet = first ?? (await nextPacket(av, input, stream)); packet; ) {
    yield packet;
    first = undefined;
    packet = await nextPacket(av, input, stream);
  }
}

/** Containers seek by the times of decoding: a key frame that is found may be shown too late. */
async function soughtPacket(
  av: Av,
  input: FormatContext,
  stream: Stream,
  fromS: number,
): Promise<VideoPacket | undefined> {
  const { num, den } = stream.timeBase;
  for (let backS = 0; ; backS = 2 * backS + 1) {
    const seekS = Math.max(0, fromS - backS);
    const at = BigInt(Math.floor((seekS * den) / num));
    const sought = await input.seekFrame(stream.index, at, av.AVSEEK_FLAG_BACKWARD);
    av.FFmpegError.throwIfError(sought, "looking for a key frame");
    const packet = await nextPacket(av, input, stream);
    if (!packet || seekS === 0 || secondsOf(packet.time, stream) <= fromS) return packet;
  }
}

async function nextPacket(
  av: Av,
  input: FormatContext,
  { index }: Stream,
): Promise<VideoPacket | undefined> {
  const packet = new av.Packet();
  packet.alloc();
  try {
    while ((await input.readFrame(packet)) >= 0) {
      const { data, streamIndex, pts, dts, isKeyframe } = packet;
      if (streamIndex === index && data) {
        const time = pts === av.AV_NOPTS_VALUE ? dts : pts;
        return { data: new Uint8Array(data), time, isKey: isKeyframe };
      }
      packet.unref();
    }
    return undefined;
  } finally {
    packet.free();
  }
}

function secondsOf(time: bigint, { timeBase: { num, den } }: Stream): number {
  return (Number(time) * num) / den;
}
