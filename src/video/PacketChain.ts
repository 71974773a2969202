import { Av1Chain } from "./Av1Chain.js";
import { H264Chain } from "./H264Chain.js";
import { H265Chain } from "./H265Chain.js";

/** One packet of a video: what a message or a container brings for one picture. */
export interface VideoPacket {
  /** H.264 and H.265 with start codes (Annex B), AV1 as a temporal unit, where the codec is named. */
  readonly data: Uint8Array;
  /** When its picture is shown; any unit. Packets come in the order in which they are decoded. */
  readonly time: bigint;
  /** What a container says of it. */
  readonly isKey?: boolean;
}

/** What can be told of a packet before it is decoded. */
export interface PacketKind {
  /** Whether it shows a picture, or only has parameters for those that follow. */
  readonly isPicture: boolean;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  /** Whether a packet is missing before it that it, or one after it, is made of. */
  readonly isAfterLoss: boolean;
}

/**
 * Follows the packets of a stream in the order in which they are decoded. A decoder fills the
 * place of a missing picture with another one and goes on: its pictures look right and are not.
 */
export interface PacketChain {
  /** @throws RangeError for a header that is cut off or damaged */
  next(packet: VideoPacket): PacketKind;
}

/** The codecs of packets in messages. */
export type StreamCodec = "h264" | "h265" | "av1";

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
