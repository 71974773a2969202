import type { CodecParameters, Frame } from "node-av/lib";
import type { RawImage } from "../camera/index.js";
import { containerChain, packetChain } from "./chainOf.js";
import { type Av, loadAv } from "./loadAv.js";
import type { PacketChain, PacketKind, StreamCodec, VideoPacket } from "./PacketChain.js";

/** A picture of a video, or why there is none for a packet. Whoever takes it closes it. */
export type DecodedPicture<P extends VideoPacket> =
  | {
      readonly packet: P;
      readonly fault?: never;
      /** Packed 8-bit RGB, the pixels as they were recorded. */
      image(): Promise<RawImage>;
      /** Its luma as 16-bit words, little-endian; undefined where it has not 12 bits. */
      codes(): RawImage | undefined;
      close(): void;
    }
  | { readonly packet: P; readonly fault: string; close(): void };

/** Pictures that a codec may hold back to put them in order; what is older is lost. */
const REORDER = 16n;

const BEFORE_KEY = "no key frame comes before it";
const AFTER_LOSS = "packets before it are missing, and it is made of what they had";
const DAMAGED = "its data, or that of a picture that it is made of, is missing or damaged";
const AFTER_DAMAGE = "it may be made of a picture before it whose data is damaged";

/**
 * Turns the packets of one video into pictures, in the order in which they are shown. Each packet
 * with a picture comes out once: as the picture that it is of, or with a fault. After a loss, that
 * is every packet up to the next key frame.
 *
 * @example
 * const decoder = await VideoDecoder.open("h264");
 * for (const packet of packets) {
 *   for (const picture of await decoder.decode(packet)) {
 *     if (picture.fault === undefined) show(packet.time, await picture.image());
 *     picture.close();
 *   }
 * }
 * for (const picture of await decoder.flush()) picture.close();
 * decoder.close();
 */
export class VideoDecoder<P extends VideoPacket = VideoPacket> {
  readonly #native: NativeDecoder;
  readonly #chain: PacketChain;
  /** Packets whose pictures have not come yet, by their number. */
  readonly #pending = new Map<bigint, P>();
  #number = 0n;
  /** Why packets are not decoded until a key frame comes. */
  #waitsBecause: string | undefined = BEFORE_KEY;
  /** When the key frame is shown from which decoding began. */
  #keyTime: bigint | undefined;
  /** The number of a damaged picture, which those after it may be made of. */
  #damagedNumber: bigint | undefined;

  /** Whether no picture can come after one that is shown later: H.264 may not say its order. */
  readonly #isInOrder: boolean;

  private constructor(native: NativeDecoder, chain: PacketChain, isInOrder: boolean) {
    this.#native = native;
    this.#chain = chain;
    this.#isInOrder = isInOrder;
  }

  /**
   * @param source the codec of packets in messages, or what a container says of its stream
   * @throws CodecsMissingError
   */
  static async open<P extends VideoPacket>(
    source: StreamCodec | CodecParameters,
  ): Promise<VideoDecoder<P>> {
    const av = await loadAv();
    const isVp8 = typeof source !== "string" && source.codecId === av.AV_CODEC_ID_VP8;
    const chain = typeof source === "string" ? packetChain(source) : containerChain(isVp8);
    const isH264 =
      source === "h264" || (typeof source !== "string" && source.codecId === av.AV_CODEC_ID_H264);
    return new VideoDecoder<P>(await NativeDecoder.open(av, source), chain, !isH264);
  }

  /** The pictures that are complete with this packet; none, one or several. */
  async decode(packet: P): Promise<DecodedPicture<P>[]> {
    let kind: PacketKind;
    try {
      kind = this.#chain.next(packet);
    } catch (error) {
      const reason = `its data is damaged: ${(error as Error).message}`;
      return [...(await this.#endAt(AFTER_DAMAGE)), faulty(packet, reason)];
    }
    if (!kind.isPicture) {
      await this.#native.send(packet.data, -1n);
      return this.#received();
    }
    const pictures: DecodedPicture<P>[] = [];
    if (kind.isAfterLoss && this.#waitsBecause === undefined) {
      pictures.push(...(await this.#endAt(AFTER_LOSS)));
    }
    if (this.#waitsBecause !== undefined) {
      if (!kind.isKey) return [...pictures, faulty(packet, this.#waitsBecause)];
      pictures.push(...(await this.flush()));
      this.#waitsBecause = undefined;
      this.#keyTime = packet.time;
    }
    const number = this.#number++;
    this.#pending.set(number, packet);
    const isTaken = await this.#native.send(packet.data, number);
    pictures.push(...(await this.#received()), ...this.#overdue());
    if (isTaken) return pictures;
    this.#pending.delete(number);
    this.#waitsBecause = AFTER_DAMAGE;
    return [...pictures, faulty(packet, DAMAGED)];
  }

  /** The pictures that the decoder still holds, at the end or before a jump. */
  async flush(): Promise<DecodedPicture<P>[]> {
    await this.#native.send(undefined, 0n);
    const pictures = await this.#received();
    this.#native.reset();
    const missing = [...this.#pending.values()].map((packet) => faulty(packet, DAMAGED));
    this.#pending.clear();
    this.#damagedNumber = undefined;
    this.#waitsBecause = BEFORE_KEY;
    return [...pictures, ...missing];
  }

  close(): void {
    this.#native.close();
  }

  /** Hands out what is decoded; nothing more is until a key frame comes. */
  async #endAt(because: string): Promise<DecodedPicture<P>[]> {
    if (this.#waitsBecause !== undefined) return [];
    const pictures = await this.flush();
    this.#waitsBecause = because;
    return pictures;
  }

  async #received(): Promise<DecodedPicture<P>[]> {
    const pictures: DecodedPicture<P>[] = [];
    for (let frame = await this.#native.receive(); frame; frame = await this.#native.receive()) {
      const packet = this.#pending.get(frame.pts);
      this.#pending.delete(frame.pts);
      if (packet && this.#isInOrder) pictures.push(...this.#passedOver(packet.time));
      const fault = packet && this.#faultOf(frame, packet);
      if (packet && fault === undefined) {
        pictures.push(this.#native.picture(packet, frame));
        continue;
      }
      frame.free();
      if (packet && fault !== undefined) pictures.push(faulty(packet, fault));
    }
    return pictures;
  }

  #faultOf(frame: Frame, packet: P): string | undefined {
    // Shown before the key frame that decoding began with, it is made of what came before that.
    if (this.#keyTime !== undefined && packet.time < this.#keyTime) return BEFORE_KEY;
    if (this.#damagedNumber !== undefined && frame.pts > this.#damagedNumber) return AFTER_DAMAGE;
    if (!this.#native.isDamaged(frame)) return undefined;
    this.#damagedNumber = frame.pts;
    this.#waitsBecause = AFTER_DAMAGE;
    return DAMAGED;
  }

  /** Packets whose pictures are shown before one that has come. */
  #passedOver(time: bigint): DecodedPicture<P>[] {
    const lost = [...this.#pending].filter(([, packet]) => packet.time < time);
    lost.sort(([, a], [, b]) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    for (const [number] of lost) this.#pending.delete(number);
    return lost.map(([, packet]) => faulty(packet, DAMAGED));
  }

  /** Packets that the decoder has passed over, as pictures that were sent long after them are out. */
  #overdue(): DecodedPicture<P>[] {
    const lost: DecodedPicture<P>[] = [];
    for (const [number, packet] of this.#pending) {
      if (number + REORDER >= this.#number) break;
      this.#pending.delete(number);
      lost.push(faulty(packet, DAMAGED));
    }
    return lost;
  }
}

function faulty<P extends VideoPacket>(packet: P, reason: string): DecodedPicture<P> {
  return { packet, fault: `the video has no picture here: ${reason}`, close: () => {} };
}

type Native = Readonly<{
  context: InstanceType<Av["CodecContext"]>;
  scaler: InstanceType<Av["SoftwareScaleContext"]>;
}>;

/** FFmpeg's decoder of one stream. Its calls run in threads of their own, one after another. */
class NativeDecoder {
  readonly #av: Av;
  readonly #native: Native;
  #isClosed = false;

  private constructor(av: Av, native: Native) {
    this.#av = av;
    this.#native = native;
  }

  static async open(av: Av, source: StreamCodec | CodecParameters): Promise<NativeDecoder> {
    const ids = {
      h264: av.AV_CODEC_ID_H264,
      h265: av.AV_CODEC_ID_HEVC,
      av1: av.AV_CODEC_ID_AV1,
    } as const;
    const codec = av.Codec.findDecoder(typeof source === "string" ? ids[source] : source.codecId);
    if (!codec) throw new Error("FFmpeg has no decoder for this codec");
    const context = new av.CodecContext();
    context.allocContext3(codec);
    if (typeof source !== "string") context.parametersToContext(source);
    // One thread: several would hold back as many pictures, and whoever reads has other work.
    context.threadCount = 1;
    av.FFmpegError.throwIfError(await context.open2(codec, null), "opening the decoder");
    const scaler = new av.SoftwareScaleContext();
    scaler.allocContext();
    return new NativeDecoder(av, { context, scaler });
  }

  /** False for data that the decoder refuses. */
  async send(data: Uint8Array | undefined, number: bigint): Promise<boolean> {
    const { context } = this.#native;
    if (!data) return (await context.sendPacket(null)) >= 0;
    if (data.length === 0) return false;
    const packet = new this.#av.Packet();
    packet.alloc();
    try {
      packet.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      packet.pts = number;
      packet.dts = number;
      return (await context.sendPacket(packet)) >= 0;
    } finally {
      packet.free();
    }
  }

  async receive(): Promise<Frame | undefined> {
    const frame = new this.#av.Frame();
    frame.alloc();
    if ((await this.#native.context.receiveFrame(frame)) >= 0) return frame;
    frame.free();
    return undefined;
  }

  /** After the end of a stream, for the next. */
  reset(): void {
    this.#native.context.flushBuffers();
  }

  isDamaged(frame: Frame): boolean {
    return frame.decodeErrorFlags !== 0 || frame.hasFlags(this.#av.AV_FRAME_FLAG_CORRUPT);
  }

  picture<P extends VideoPacket>(packet: P, frame: Frame): DecodedPicture<P> {
    return {
      ...{ packet, image: () => this.#rgb(frame), codes: () => this.#luma12(frame) },
      close: () => frame.free(),
    };
  }

  /** As it was recorded: a conversion to 16 bits would stretch it. */
  #luma12(frame: Frame): RawImage | undefined {
    const { AV_PIX_FMT_GRAY12LE: gray, AV_PIX_FMT_YUV420P12LE: planar } = this.#av;
    const { format, width, height } = frame;
    const [luma] = frame.data ?? [];
    const [step = 2 * width] = frame.linesize;
    if ((format !== gray && format !== planar) || !luma) return undefined;
    const data = new Uint8Array(luma.subarray(0, step * height));
    return { kind: "raw", encoding: "16UC1", width, height, step, isBigEndian: false, data };
  }

  /** By the stream's own matrix and range; BT.601 where it names none, as FFmpeg does. */
  async #rgb(frame: Frame): Promise<RawImage> {
    const { width, height } = frame;
    const rgb = new this.#av.Frame();
    rgb.alloc();
    try {
      rgb.format = this.#av.AV_PIX_FMT_RGB24;
      rgb.width = width;
      rgb.height = height;
      this.#av.FFmpegError.throwIfError(rgb.allocBuffer(), "memory for a picture");
      // Converted by its lines as they are: fields of an interlaced picture are not put apart.
      frame.clearFlags(this.#av.AV_FRAME_FLAG_INTERLACED, this.#av.AV_FRAME_FLAG_TOP_FIELD_FIRST);
      const scaled = await this.#native.scaler.scaleFrame(rgb, frame);
      this.#av.FFmpegError.throwIfError(scaled, "converting a picture to RGB");
      const [pixels] = rgb.data ?? [];
      const [step = 3 * width] = rgb.linesize;
      if (!pixels) throw new Error("a picture has no pixels");
      const data = new Uint8Array(pixels.subarray(0, step * height));
      return { kind: "raw", encoding: "rgb8", width, height, step, isBigEndian: false, data };
    } finally {
      rgb.free();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#native.scaler.freeContext();
    this.#native.context.freeContext();
  }
}
