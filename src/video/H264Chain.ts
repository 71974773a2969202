import { Bits } from "./Bits.js";
import { isAnnexB, nalUnits, payloadStart } from "./nalUnits.js";
import type { PacketChain, PacketKind, VideoPacket } from "./PacketChain.js";

/** Types of NAL units (ITU-T H.264, table 7-1). */
const NAL = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8 } as const;
const RECOVERY_POINT = 6;
/** slice_type modulo 5. */
const I_SLICE = 2;
/** Profiles whose parameters begin with the format of the colours. */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

interface Sps {
  readonly frameNumbers: number;
  readonly hasColourPlanes: boolean;
  readonly mayHaveGaps: boolean;
}

/**
 * Every picture that others are made of counts frame_num up by one (7.4.3): a gap is a loss, unless
 * the stream says that gaps are meant.
 */
export class H264Chain implements PacketChain {
  readonly #sps = new Map<number, Sps>();
  readonly #spsOfPps = new Map<number, number>();
  #reference: number | undefined;

  next({ data }: VideoPacket): PacketKind {
    if (!isAnnexB(data)) throw new RangeError("it has no start codes (Annex B)");
    let isRecoveryPoint = false;
    for (const unit of nalUnits(data)) {
      const type = (unit[0] ?? 0) & 0x1f;
      if (type === NAL.sps) this.#addSps(payloadStart(unit, 1));
      else if (type === NAL.pps) this.#addPps(new Bits(payloadStart(unit, 1)));
      else if (type === NAL.sei) isRecoveryPoint ||= hasRecoveryPoint(payloadStart(unit, 1));
      else if (type === NAL.idr || type === NAL.slice || type === NAL.partitionA) {
        return this.#picture(unit, type === NAL.idr, isRecoveryPoint);
      }
    }
    return { isPicture: false, isKey: false, isAfterLoss: false };
  }

  /** From the first slice of a picture: the others say the same. */
  #picture(unit: Uint8Array, isIdr: boolean, isRecoveryPoint: boolean): PacketKind {
    const isReference = ((unit[0] ?? 0) >> 5) % 4 !== 0;
    const bits = new Bits(payloadStart(unit, 1));
    bits.unsigned(); // first_mb_in_slice
    const isIntra = bits.unsigned() % 5 === I_SLICE;
    const sps = this.#sps.get(this.#spsOfPps.get(bits.unsigned()) ?? -1);
    const isKey = isIdr || (isIntra && isRecoveryPoint);
    if (!sps) return { isPicture: true, isKey, isAfterLoss: !isKey };
    if (sps.hasColourPlanes) bits.skip(2);
    const number = bits.read(Math.log2(sps.frameNumbers));
    const before = this.#reference;
    const isNext =
      before === undefined || number === before || number === (before + 1) % sps.frameNumbers;
    if (isReference || isIdr) this.#reference = number;
    return { isPicture: true, isKey, isAfterLoss: !isIdr && !sps.mayHaveGaps && !isNext };
  }

  /** 7.3.2.1.1 */
  #addSps(content: Uint8Array): void {
    const bits = new Bits(content);
    const profile = bits.read(8);
    bits.skip(16);
    const id = bits.unsigned();
    let hasColourPlanes = false;
    if (HIGH_PROFILES.has(profile)) {
      const chroma = bits.unsigned();
      if (chroma === 3) hasColourPlanes = bits.flag();
      bits.unsigned(); // bit_depth_luma
      bits.unsigned(); // bit_depth_chroma
      bits.skip(1);
      if (bits.flag()) skipScalingLists(bits, chroma === 3 ? 12 : 8);
    }
    const frameNumbers = 2 ** (bits.unsigned() + 4);
    if (frameNumbers > 2 ** 16) throw new RangeError("frame numbers have too many bits");
    const orderType = bits.unsigned();
    if (orderType === 0) bits.unsigned();
    if (orderType === 1) {
      bits.skip(1);
      bits.signed();
      bits.signed();
      for (let count = Math.min(255, bits.unsigned()); count > 0; count--) bits.signed();
    }
    bits.unsigned(); // max_num_ref_frames
    this.#sps.set(id, { frameNumbers, hasColourPlanes, mayHaveGaps: bits.flag() });
  }

  #addPps(bits: Bits): void {
    this.#spsOfPps.set(bits.unsigned(), bits.unsigned());
  }
}

/** 7.3.2.1.1.1 */
function skipScalingLists(bits: Bits, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!bits.flag()) continue;
    let next = 8;
    for (let left = list < 6 ? 16 : 64; left > 0 && next !== 0; left--) {
      next = (next + bits.signed() + 256) % 256;
    }
  }
}

/** Whether decoding can begin at this picture exactly (D.2.8): its recovery takes no more frames. */
function hasRecoveryPoint(content: Uint8Array): boolean {
  for (let at = 0; at + 2 < content.length; ) {
    let [type, size] = [0, 0];
    while (content[at] === 255) {
      type += 255;
      at++;
    }
    type += content[at++] ?? 0;
    while (content[at] === 255) {
      size += 255;
      at++;
    }
    size += content[at++] ?? 0;
    if (type === RECOVERY_POINT) return new Bits(content.subarray(at)).unsigned() === 0;
    at += size;
  }
  return false;
}
