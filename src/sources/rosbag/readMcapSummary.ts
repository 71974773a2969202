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
  const metadata = new Map<string, ReadonlyMap<string, string>>();
  for await (const record of reader.readMetadata()) metadata.set(record.name, record.metadata);
  const empty = statistics.messageCount === 0n;
  return {
    channels,
    counts,
    metadata,
    blocks: chunkIndexes.map(toBlock),
    startNs: empty ? 0n : statistics.messageStartTime,
    endNs: empty ? 0n : statistics.messageEndTime,
    compression: new Set(chunkIndexes.map((index) => index.compression || "none")),
    damage: [],
  };
}

function toBlock(index: TypedMcapRecords["ChunkIndex"]): McapBlock {
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
