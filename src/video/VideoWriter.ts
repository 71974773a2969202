import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { CodecContext, FormatContext, Frame, Packet, Stream } from "node-av/lib";
import { OutputError } from "../base/index.js";
import type { RgbImage } from "../camera/index.js";
import { type Av, CodecsMissingError, loadAv } from "./loadAv.js";

/** What videos are written in. */
export type WrittenCodec = "av1" | "h264";

export interface VideoWriterOptions {
  /** Pixels; both even, as 4:2:0 has one colour for four pixels. */
  readonly width: number;
  readonly height: number;
  /** Pictures a second, evenly: picture N is shown at N / fps. */
  readonly fps: number;
  /** Default: `av1`. */
  readonly codec?: WrittenCodec;
}

/** The encoders and their settings: those that LeRobot records with, which seek in two pictures. */
const ENCODERS: Readonly<
  Record<WrittenCodec, { readonly name: string; readonly options: Record<string, string> }>
> = {
  av1: {
    name: "libsvtav1",
    options: { g: "2", crf: "30", preset: "12", "svtav1-params": "fast-decode=0" },
  },
  h264: { name: "libx264", options: { g: "2", crf: "23", preset: "veryfast" } },
};

/** What is told of a written video: LeRobot's `video.*`. */
export const WRITTEN_SETTINGS: Readonly<Record<WrittenCodec, Readonly<Record<string, unknown>>>> = {
  av1: { codec: "av1", g: 2, crf: 30, preset: 12, fast_decode: 0 },
  h264: { codec: "h264", g: 2, crf: 23, preset: "veryfast", fast_decode: 0 },
};

/**
 * Writes pictures of one size into an MP4 at an even rate. The caller gives a temporary name and
 * renames the file when it is complete.
 *
 * @example
 * const video = await VideoWriter.create("clip.mp4.partial", { width: 640, height: 480, fps: 10 });
 * for (const image of images) await video.write(image);
 * await video.finish();
 */
export class VideoWriter {
  readonly path: string;
  readonly #av: Av;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #encoder: CodecContext;
  readonly #scaler: InstanceType<Av["SoftwareScaleContext"]>;
  readonly #rgb: Frame;
  readonly #yuv: Frame;
  readonly #packet: Packet;
  readonly #muxer: Muxer;
  #count = 0n;
  #isClosed = false;

  private constructor(
    path: string,
    av: Av,
    size: { readonly width: number; readonly height: number },
    encoder: CodecContext,
    muxer: Muxer,
  ) {
    this.path = path;
    this.#av = av;
    this.#size = size;
    this.#encoder = encoder;
    this.#muxer = muxer;
    this.#scaler = new av.SoftwareScaleContext();
    this.#scaler.allocContext();
    this.#rgb = pictureOf(av, size, av.AV_PIX_FMT_RGB24);
    this.#yuv = pictureOf(av, size, av.AV_PIX_FMT_YUV420P);
    this.#packet = new av.Packet();
    this.#packet.alloc();
  }

  /**
   * @throws CodecsMissingError; OutputError if the file cannot be made; RangeError for an odd size
   */
  static async create(
    path: string,
    { width, height, fps, codec = "av1" }: VideoWriterOptions,
  ): Promise<VideoWriter> {
    if (width % 2 !== 0 || height % 2 !== 0 || width < 2 || height < 2) {
      throw new RangeError(`a video cannot be ${width} x ${height} pixels: both must be even`);
    }
    const av = await loadAv();
    // SVT-AV1 tells its settings on stderr unless told to print errors alone.
    process.env.SVT_LOG ??= "1";
    const { name, options } = ENCODERS[codec];
    const found = av.Codec.findEncoderByName(
      name as Parameters<typeof av.Codec.findEncoderByName>[0],
    );
    if (!found) throw new Error(`FFmpeg has no encoder ${name}`);
    const encoder = new av.CodecContext();
    encoder.allocContext3(found);
    encoder.width = width;
    encoder.height = height;
    encoder.pixelFormat = av.AV_PIX_FMT_YUV420P;
    encoder.timeBase = new av.Rational(1, fps);
    encoder.framerate = new av.Rational(fps, 1);
    // Said, so that no reader guesses by the size of the picture.
    encoder.colorRange = av.AVCOL_RANGE_MPEG;
    encoder.colorSpace = av.AVCOL_SPC_SMPTE170M;
    encoder.setFlags(av.AV_CODEC_FLAG_GLOBAL_HEADER);
    const dictionary = av.Dictionary.fromObject(options);
    try {
      av.FFmpegError.throwIfError(await encoder.open2(found, dictionary), `opening ${name}`);
      const muxer = await Muxer.create(av, path, fps, (stream) => {
        stream.codecpar.fromContext(encoder);
      });
      return new VideoWriter(path, av, { width, height }, encoder, muxer);
    } catch (error) {
      encoder.freeContext();
      throw error;
    } finally {
      dictionary.free();
    }
  }

  /** How many pictures were written. */
  get count(): number {
    return Number(this.#count);
  }

  /** @throws OutputError; RangeError for a picture of another size */
  async write({ width, height, data }: RgbImage): Promise<void> {
    if (width !== this.#size.width || height !== this.#size.height) {
      throw new RangeError(
        `${this.path}: a picture of ${width} x ${height} in a video of ` +
          `${this.#size.width} x ${this.#size.height}`,
      );
    }
    const [pixels] = this.#rgb.data ?? [];
    const [step = 3 * width] = this.#rgb.linesize;
    if (!pixels) throw new Error("a picture has no pixels");
    for (let y = 0; y < height; y++) {
      pixels.set(data.subarray(3 * width * y, 3 * width * (y + 1)), step * y);
    }
    const { FFmpegError } = this.#av;
    // The encoder may still hold the last one.
    FFmpegError.throwIfError(this.#yuv.makeWritable(), "memory for a picture");
    const scaled = await this.#scaler.scaleFrame(this.#yuv, this.#rgb);
    FFmpegError.throwIfError(scaled, "converting a picture");
    this.#yuv.pts = this.#count++;
    FFmpegError.throwIfError(await this.#encoder.sendFrame(this.#yuv), "encoding a picture");
    await this.#drain();
  }

  /** Writes what the encoder holds back; the file is then complete and on the disk. */
  async finish(): Promise<void> {
    this.#av.FFmpegError.throwIfError(await this.#encoder.sendFrame(null), "ending the video");
    await this.#drain();
    await this.#muxer.finish();
    this.#free();
  }

  /** Closes the file as it is. Never throws. */
  async drop(): Promise<void> {
    await this.#muxer.drop();
    this.#free();
  }

  async #drain(): Promise<void> {
    while ((await this.#encoder.receivePacket(this.#packet)) >= 0) {
      await this.#muxer.write(this.#packet, this.#encoder.timeBase);
    }
  }

  #free(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#packet.free();
    this.#yuv.free();
    this.#rgb.free();
    this.#scaler.freeContext();
    this.#encoder.freeContext();
  }
}

/** Whether videos can be written: node-av is there. */
export async function canEncode(): Promise<boolean> {
  try {
    await loadAv();
    return true;
  } catch (error) {
    if (error instanceof CodecsMissingError) return false;
    throw error;
  }
}

/**
 * Puts videos of one encoder, size and rate one after the other into one file, packet by packet:
 * nothing is encoded again.
 *
 * @param lengths pictures of each, as many as it has
 * @throws OutputError, CodecsMissingError
 */
export async function joinVideos(
  paths: readonly string[],
  lengths: readonly number[],
  path: string,
  fps: number,
): Promise<void> {
  const av = await loadAv();
  let muxer: Muxer | undefined;
  let before = 0n;
  try {
    for (const [i, part] of paths.entries()) {
      const input = new av.FormatContext();
      const packet = new av.Packet();
      packet.alloc();
      try {
        av.FFmpegError.throwIfError(
          await input.openInput(`file:${resolve(part)}`, null, null),
          `opening ${part}`,
        );
        const [stream] = input.streams;
        if (!stream) throw new Error(`${part} has no video`);
        muxer ??= await Muxer.create(av, path, fps, (out) => {
          stream.codecpar.copy(out.codecpar);
        });
        const one = new av.Rational(1, fps);
        while ((await input.readFrame(packet)) >= 0) {
          packet.rescaleTs(stream.timeBase, one);
          packet.pts += before;
          packet.dts += before;
          await muxer.write(packet, one);
          packet.unref();
        }
      } finally {
        packet.free();
        await input.closeInput();
      }
      before += BigInt(lengths[i] ?? 0);
    }
    await muxer?.finish();
  } catch (error) {
    await muxer?.drop();
    throw error;
  }
}

/** An MP4 of one track that is being written. */
class Muxer {
  readonly #av: Av;
  readonly #path: string;
  readonly #output: FormatContext;
  readonly #stream: Stream;
  #isOpen = true;

  private constructor(av: Av, path: string, output: FormatContext, stream: Stream) {
    this.#av = av;
    this.#path = path;
    this.#output = output;
    this.#stream = stream;
  }

  /** @param describe sets the codec of the track */
  static async create(
    av: Av,
    path: string,
    fps: number,
    describe: (stream: Stream) => void,
  ): Promise<Muxer> {
    const output = new av.FormatContext();
    const name = `file:${resolve(path)}`;
    av.FFmpegError.throwIfError(output.allocOutputContext2(null, "mp4", name), "preparing an MP4");
    const stream = output.newStream(null);
    describe(stream);
    // Ticks that hold every picture's time exactly.
    stream.timeBase = new av.Rational(1, fps * Math.max(1, Math.round(12_800 / fps)));
    stream.avgFrameRate = new av.Rational(fps, 1);
    stream.codecpar.codecTag = 0;
    const muxer = new Muxer(av, path, output, stream);
    try {
      await muxer.#check(output.openOutput());
      await muxer.#check(output.writeHeader(null));
      return muxer;
    } catch (error) {
      await muxer.drop();
      throw error;
    }
  }

  async write(
    packet: Packet,
    timeBase: { readonly num: number; readonly den: number },
  ): Promise<void> {
    packet.streamIndex = this.#stream.index;
    packet.duration = 1n;
    packet.rescaleTs(timeBase, this.#stream.timeBase);
    await this.#check(this.#output.interleavedWriteFrame(packet));
  }

  async finish(): Promise<void> {
    await this.#check(this.#output.writeTrailer());
    const failed = this.#output.pb?.error ?? 0;
    await this.#close();
    if (failed < 0) throw this.#error(failed);
    const handle = await open(this.#path, "r+").catch((error: unknown) => {
      throw new OutputError(this.#path, error);
    });
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async drop(): Promise<void> {
    await this.#close().catch(() => undefined);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#output.closeOutput();
    this.#output.freeContext();
  }

  async #check(work: Promise<number>): Promise<void> {
    const code = await work;
    if (code < 0) throw this.#error(code);
  }

  #error(code: number): OutputError {
    const { AVERROR_EACCES, AVERROR_ENOENT, AVERROR_ENOSPC, FFmpegError } = this.#av;
    const systems = new Map<number, string>([
      [AVERROR_EACCES, "EACCES"],
      [AVERROR_ENOENT, "ENOENT"],
      [AVERROR_ENOSPC, "ENOSPC"],
    ]);
    // The system's own name of it, by which an OutputError says what a person can do.
    return new OutputError(
      this.#path,
      Object.assign(new Error(new FFmpegError(code).message), { code: systems.get(code) }),
    );
  }
}

function pictureOf(
  av: Av,
  { width, height }: { readonly width: number; readonly height: number },
  format: Frame["format"],
): Frame {
  const frame = new av.Frame();
  frame.alloc();
  frame.format = format;
  frame.width = width;
  frame.height = height;
  av.FFmpegError.throwIfError(frame.allocBuffer(), "memory for a picture");
  return frame;
}
