import { isAnnexB, nalUnits } from "./nalUnits.js";
import type { PacketChain, PacketKind, VideoPacket } from "./PacketChain.js";

/** Types of NAL units (ITU-T H.265, table 7-1). */
const LAST_SLICE = 31;
const FIRST_KEY = 16;
const LAST_KEY = 21;

/**
 * H.265 says in each slice which pictures it needs, and FFmpeg's decoder gives none that misses
 * one: only what begins a sequence is looked for here.
 */
export class H265Chain implements PacketChain {
  next({ data }: VideoPacket): PacketKind {
    if (!isAnnexB(data)) throw new RangeError("it has no start codes (Annex B)");
    let isPicture = false;
    let isKey = false;
    for (const unit of nalUnits(data)) {
      const type = ((unit[0] ?? 0) >> 1) & 0x3f;
      if (type <= LAST_SLICE) isPicture = true;
      if (type >= FIRST_KEY && type <= LAST_KEY) isKey = true;
    }
    return { isPicture, isKey, isAfterLoss: false };
  }
}
