/** One packet of a video: what a message or a container brings for one picture. */
export interface VideoPacket {
  /** H.264 and H.265 with start codes (Annex B), AV1 as a temporal unit, where the codec is named. */
  readonly data: Uint8Array;
  /**
   * When its picture is shown, in any unit; the same for all where it is not known. Packets come in
   * the order in which they are decoded.
   */
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
