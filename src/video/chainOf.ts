import { Av1Chain } from "./Av1Chain.js";
import { H264Chain } from "./H264Chain.js";
import { H265Chain } from "./H265Chain.js";
import type { PacketChain, StreamCodec } from "./PacketChain.js";

export function packetChain(codec: StreamCodec): PacketChain {
  if (codec === "h264") return new H264Chain();
  return codec === "h265" ? new H265Chain() : new Av1Chain();
}

/** Packets of a container, which says what is a key frame and has all of them. */
export function containerChain(isVp8: boolean): PacketChain {
  return {
    next: ({ data, isKey = false }) => {
      // VP8 has pictures that are not shown in packets of their own (RFC 6386, 9.1).
      const isPicture = !isVp8 || ((data[0] ?? 0) & 0x10) !== 0;
      return { isPicture, isKey, isAfterLoss: false };
    },
  };
}

/** Whether decoding can begin with a packet; false also for one that is damaged. */
export function isKeyPacket(codec: StreamCodec, data: Uint8Array): boolean {
  try {
    return packetChain(codec).next({ data, time: 0n }).isKey;
  } catch {
    return false;
  }
}
