import type { McapChannels } from "./McapChannels.js";

/** A stretch of the data section that is read as one: a chunk, or a run of bare records. */
export interface McapBlock {
  readonly kind: "chunk" | "records";
  readonly offset: number;
  readonly length: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Which channels have messages in it, if the index says so. */
  readonly channelIds?: ReadonlySet<number>;
}

/** What is needed to read an MCAP file, from its summary or from a scan. */
export interface McapIndex {
  readonly channels: McapChannels;
  readonly blocks: readonly McapBlock[];
  readonly counts: ReadonlyMap<number, number>;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly compression: ReadonlySet<string>;
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly damage: readonly string[];
}
