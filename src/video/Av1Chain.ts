import { Bits } from "./Bits.js";
import type { PacketChain, PacketKind, VideoPacket } from "./PacketChain.js";

/** Types of OBUs (AV1 specification, 6.2.2). */
const OBU = { sequence: 1, frameHeader: 3, frame: 6, redundantHeader: 7 } as const;
const FRAME = { key: 0, inter: 1, intraOnly: 2, switching: 3 } as const;
/** What "the frame says" is coded as for screen content tools and integer motion. */
const SELECT = 2;
const HEAD_BYTES = 64;

interface Sequence {
  readonly isReduced: boolean;
  readonly hasDecoderModel: boolean;
  readonly hasEqualIntervals: boolean;
  readonly removalTimeBits: number;
  readonly presentationTimeBits: number;
  readonly operatingPoints: readonly number[];
  readonly frameIdBits: number;
  readonly screenContent: number;
  readonly integerMotion: number;
  readonly orderBits: number;
}

interface Frame {
  readonly isShown: boolean;
  readonly isKey: boolean;
  readonly order: number | undefined;
}

/**
 * Shown pictures count order_hint up, by one in all encoders known: a larger step than the usual
 * one is a loss. Other pictures belong to the packet of a shown one.
 */
export class Av1Chain implements PacketChain {
  #sequence: Sequence | undefined;
  /** The order of the picture in each of the decoder's eight places. */
  #orders: (number | undefined)[] = [];
  #shown: number | undefined;
  #step = Number.POSITIVE_INFINITY;

  next({ data }: VideoPacket): PacketKind {
    let isPicture = false;
    let isKey = false;
    let isAfterLoss = false;
    for (const { type, content, temporal, spatial } of obus(data)) {
      if (type === OBU.sequence) this.#sequence = readSequence(new Bits(content));
      if (type !== OBU.frame && type !== OBU.frameHeader) continue;
      if (!this.#sequence) throw new RangeError("no sequence header comes before it");
      const frame = this.#frame(new Bits(content), this.#sequence, temporal, spatial);
      isKey ||= frame.isKey && frame.isShown;
      if (!frame.isShown) continue;
      isPicture = true;
      isAfterLoss ||= this.#isGap(frame, this.#sequence.orderBits);
    }
    return { isPicture, isKey, isAfterLoss };
  }

  #isGap({ isKey, order }: Frame, orderBits: number): boolean {
    const before = this.#shown;
    this.#shown = order;
    if (isKey || before === undefined || order === undefined || orderBits === 0) return false;
    const step = (order - before + 2 ** orderBits) % 2 ** orderBits;
    // The same again: what should have taken its place is missing.
    if (step === 0) return true;
    if (step < this.#step) {
      const isFirst = this.#step === Number.POSITIVE_INFINITY;
      this.#step = step;
      return isFirst && step > 1;
    }
    return step > this.#step;
  }

  /** The beginning of uncompressed_header (5.9.2). */
  #frame(bits: Bits, sequence: Sequence, temporal: number, spatial: number): Frame {
    const { isReduced, frameIdBits, orderBits, hasDecoderModel } = sequence;
    let [type, isShown, isResilient]: [number, boolean, boolean] = [FRAME.key, true, true];
    if (!isReduced) {
      if (bits.flag()) {
        const order = this.#orders[bits.read(3)];
        return { isShown: true, isKey: false, order };
      }
      type = bits.read(2);
      isShown = bits.flag();
      if (isShown && hasDecoderModel && !sequence.hasEqualIntervals) {
        bits.skip(sequence.presentationTimeBits);
      }
      if (!isShown) bits.skip(1); // showable_frame
      const isCertain = type === FRAME.switching || (type === FRAME.key && isShown);
      isResilient = isCertain || bits.flag();
    }
    bits.skip(1); // disable_cdf_update
    const usesScreenTools =
      sequence.screenContent === SELECT ? bits.flag() : sequence.screenContent === 1;
    if (usesScreenTools && sequence.integerMotion === SELECT) bits.skip(1);
    bits.skip(frameIdBits);
    if (type !== FRAME.switching && !isReduced) bits.skip(1); // frame_size_override_flag
    const order = bits.read(orderBits);
    const isIntra = type === FRAME.key || type === FRAME.intraOnly;
    if (!isIntra && !isResilient) bits.skip(3); // primary_ref_frame
    if (hasDecoderModel && bits.flag()) {
      for (const point of sequence.operatingPoints) {
        const isOurs = ((point >> temporal) & 1) === 1 && ((point >> (spatial + 8)) & 1) === 1;
        if (point === 0 || isOurs) bits.skip(sequence.removalTimeBits);
      }
    }
    const refreshesAll = type === FRAME.switching || (type === FRAME.key && isShown);
    const refreshed = refreshesAll ? 0xff : bits.read(8);
    this.#orders = Array.from({ length: 8 }, (_, place) =>
      (refreshed >> place) & 1 ? order : this.#orders[place],
    );
    return { isShown, isKey: type === FRAME.key, order };
  }
}

interface Obu {
  readonly type: number;
  readonly content: Uint8Array;
  readonly temporal: number;
  readonly spatial: number;
}

/** 5.3: a packet is a temporal unit in the low-overhead format, each OBU with its size. */
function* obus(data: Uint8Array): Generator<Obu> {
  for (let at = 0; at < data.length; ) {
    const head = data[at++] ?? 0;
    if (head & 0x80) throw new RangeError("it is no temporal unit of AV1");
    const extension = head & 4 ? (data[at++] ?? 0) : 0;
    let size = data.length - at;
    if (head & 2) {
      size = 0;
      for (let shift = 0; shift < 56; shift += 7) {
        const byte = data[at++];
        if (byte === undefined) throw new RangeError("a header is cut off");
        size += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) break;
      }
    }
    if (at + size > data.length) throw new RangeError("it is cut off");
    const content = data.subarray(at, at + Math.min(size, HEAD_BYTES));
    yield {
      type: (head >> 3) & 15,
      content,
      temporal: extension >> 5,
      spatial: (extension >> 3) & 3,
    };
    at += size;
  }
}

/** 5.5.1 */
function readSequence(bits: Bits): Sequence {
  bits.skip(4); // seq_profile, still_picture
  const isReduced = bits.flag();
  const operatingPoints: number[] = [];
  let hasDecoderModel = false;
  let hasEqualIntervals = false;
  let [delayBits, removalTimeBits, presentationTimeBits] = [0, 0, 0];
  if (isReduced) {
    bits.skip(5);
  } else {
    if (bits.flag()) {
      bits.skip(64);
      hasEqualIntervals = bits.flag();
      if (hasEqualIntervals) bits.unsigned();
      hasDecoderModel = bits.flag();
      if (hasDecoderModel) {
        delayBits = bits.read(5) + 1;
        bits.skip(32);
        removalTimeBits = bits.read(5) + 1;
        presentationTimeBits = bits.read(5) + 1;
      }
    }
    const hasDisplayDelay = bits.flag();
    const points = bits.read(5) + 1;
    for (let i = 0; i < points; i++) {
      const point = bits.read(12);
      if (bits.read(5) > 7) bits.skip(1);
      if (hasDecoderModel && bits.flag()) {
        operatingPoints.push(point);
        bits.skip(2 * delayBits + 1);
      }
      if (hasDisplayDelay && bits.flag()) bits.skip(4);
    }
  }
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  bits.skip(widthBits + heightBits);
  let frameIdBits = 0;
  if (!isReduced && bits.flag()) frameIdBits = bits.read(4) + 2 + bits.read(3) + 1;
  bits.skip(3); // superblocks, filter_intra, intra_edge_filter
  let [screenContent, integerMotion, orderBits] = [SELECT, SELECT, 0];
  if (!isReduced) {
    bits.skip(4); // interintra, masked, warped, dual_filter
    const hasOrder = bits.flag();
    if (hasOrder) bits.skip(2);
    if (!bits.flag()) screenContent = bits.read(1);
    if (screenContent > 0 && !bits.flag()) integerMotion = bits.read(1);
    if (hasOrder) orderBits = bits.read(3) + 1;
  }
  return {
    ...{ isReduced, hasDecoderModel, hasEqualIntervals, removalTimeBits, presentationTimeBits },
    ...{ operatingPoints, frameIdBits, screenContent, integerMotion, orderBits },
  };
}
