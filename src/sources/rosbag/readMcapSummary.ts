import { McapIndexedReader, type TypedMcapRecords } from "@mcap/core";
import type { FileWindow } from "./FileWindow.js";
import { McapChannels } from "./McapChannels.js";
import type { McapBlock, McapIndex } from "./McapIndex.js";

/**
 * The index of a complete, chunked file from its summary section; undefined if the summary does not
 * contain everything (no statistics, no chunks) and the file has to be scanned. Throws what
 * @mcap/core throws where the file is cut off or its summary is damaged.
 */
export async function readMcapSummary(file: FileWindow): Promise<McapIndex | undefined> {
  const reader = await McapIndexedReader.Initialize({ readable: file });
  const { statistics, chunkIndexes } = reader;
  if (!statistics || (chunkIndexes.length === 0 && statistics.messageCount > 0n)) return undefined;
  // Messages outside of chunks are in no index.
  if (chunkIndexes.length !== statistics.chunkCount) return undefined;

  const channels = new McapChannels();
  for (const schema of reader.schemasById.values()) channels.addSchema(schema);
  for (const channel of reader.channelsById.values()) channels.addChannel(channel);
  const counts = new Map<number, number>();
  for (const [id, count] of statistics.channelMessageCounts) {
    if (!channels.get(id)) return undefined;
    counts.set(id, Number(count));
  }
  // Writers get their statistics wrong more often than the indexes that they read by themselves.
  const indexed = indexedCounts(chunkIndexes);
  for (const [id, count] of indexed ?? []) {
    if (!channels.get(id)) return undefined;
    counts.set(id, count);
  }
  for (const id of indexed ? counts.keys() : []) if (!indexed?.has(id)) counts.delete(id);
  // An empty map of counts says that they are not known, not that there are none.
  const counted = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (!indexed && counted !== Number(statistics.messageCount)) return undefined;
  const metadata = new Map<string, ReadonlyMap<string, string>>();
  for await (const record of reader.readMetadata()) metadata.set(record.name, record.metadata);
  const filled = chunkIndexes.filter(mayHoldMessages);
  const first = filled.map(({ messageStartTime }) => messageStartTime).sort(byTime)[0];
  const last = filled
    .map(({ messageEndTime }) => messageEndTime)
    .sort(byTime)
    .at(-1);
  return {
    channels,
    counts,
    metadata,
    blocks: chunkIndexes.map(toBlock),
    startNs: first ?? 0n,
    endNs: last ?? 0n,
    compression: new Set(chunkIndexes.map((index) => index.compression || "none")),
    damage: [],
  };
}

type ChunkIndex = TypedMcapRecords["ChunkIndex"];

/** A MessageIndex record without its entries: opcode, length, channel id, length of the array. */
const INDEX_HEAD_BYTES = 1 + 8 + 2 + 4;
/** Log time and offset of one message. */
const INDEX_ENTRY_BYTES = 16;

/**
 * How many messages each channel has, by the space that the message indexes behind each chunk
 * take; undefined where some chunk has none.
 */
function indexedCounts(chunks: readonly ChunkIndex[]): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (const chunk of chunks) {
    if (chunk.messageIndexOffsets.size === 0 && chunk.messageStartTime !== 0n) return undefined;
    const indexesEnd = chunk.chunkStartOffset + chunk.chunkLength + chunk.messageIndexLength;
    const records = [...chunk.messageIndexOffsets].sort(([, a], [, b]) => byTime(a, b));
    for (const [i, [id, offset]] of records.entries()) {
      const end = records[i + 1]?.[1] ?? indexesEnd;
      const entries = (Number(end - offset) - INDEX_HEAD_BYTES) / INDEX_ENTRY_BYTES;
      if (!Number.isInteger(entries) || entries < 0) return undefined;
      counts.set(id, (counts.get(id) ?? 0) + entries);
    }
  }
  return counts;
}

/** The times of an empty chunk, all 0, are none. */
function mayHoldMessages({ messageIndexOffsets, ...chunk }: ChunkIndex): boolean {
  return messageIndexOffsets.size > 0 || chunk.messageEndTime > 0n;
}

function byTime(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toBlock(index: ChunkIndex): McapBlock {
  const channelIds = new Set(index.messageIndexOffsets.keys());
  // A chunk without message indexes may still hold messages; then all channels are possible.
  return {
    kind: "chunk",
    offset: Number(index.chunkStartOffset),
    length: Number(index.chunkLength),
    startNs: index.messageStartTime,
    endNs: index.messageEndTime,
    ...(channelIds.size > 0 && { channelIds }),
  };
}
