import { MCAP_MAGIC, Opcode } from "@mcap/core";
import type { FileWindow } from "./FileWindow.js";
import { McapChannels } from "./McapChannels.js";
import type { McapBlock, McapIndex } from "./McapIndex.js";
import {
  MESSAGE_HEADER_BYTES,
  parseChunkHeader,
  parseRecord,
  RECORD_HEADER_BYTES,
  readLength,
  recordSpans,
  unpackChunk,
  viewOf,
} from "./mcapRecords.js";

/** Bare messages are gathered to blocks of about this size. */
const RUN_BYTES = 1 << 20;
/** Enough for the fields of a chunk record with a compression name of sensible length. */
const CHUNK_HEADER_BYTES = 128;

/**
 * The index of a file that has none: reads it from front to back, one chunk in memory at a time.
 * Where the file is cut off, everything complete before that point counts, also the messages of
 * an uncompressed chunk whose end is missing. What is lost is said in `damage`.
 */
export async function scanMcap(file: FileWindow): Promise<McapIndex> {
  return new McapScan(file).run();
}

/** Bare messages one after another, with what stands between them. */
interface RecordRun {
  readonly offset: number;
  readonly channelIds: Set<number>;
  length: number;
  startNs: bigint;
  endNs: bigint;
}

class McapScan {
  readonly #file: FileWindow;
  readonly #channels = new McapChannels();
  readonly #blocks: McapBlock[] = [];
  readonly #counts = new Map<number, number>();
  readonly #compression = new Set<string>();
  readonly #metadata = new Map<string, ReadonlyMap<string, string>>();
  readonly #damage: string[] = [];
  #run: RecordRun | undefined;

  constructor(file: FileWindow) {
    this.#file = file;
  }

  async run(): Promise<McapIndex> {
    let endFound = false;
    for (let at = MCAP_MAGIC.length; at < this.#file.byteLength; ) {
      if (at + RECORD_HEADER_BYTES > this.#file.byteLength) break;
      const head = await this.#file.view(at, RECORD_HEADER_BYTES);
      const opcode = head[0]!;
      const end = at + RECORD_HEADER_BYTES + readLength(viewOf(head), 1);
      if (opcode === 0) {
        endFound = this.#cutOff(at, "no MCAP record begins there");
        break;
      }
      if (opcode === Opcode.FOOTER) {
        endFound = end + MCAP_MAGIC.length <= this.#file.byteLength;
        break;
      }
      if (end > this.#file.byteLength) {
        const inside = opcode === Opcode.CHUNK ? await this.#recordsOfOpenChunk(at) : undefined;
        if (inside === undefined) {
          endFound = this.#cutOff(at, "the file ends in the middle of a record");
          break;
        }
        at = inside;
        continue;
      }
      await this.#record(opcode, at, end);
      at = end;
    }
    this.#endRun();
    if (!endFound) {
      this.#damage.push("the end is missing (recorder killed?); all complete messages are read");
    }
    return this.#index();
  }

  /** Says that nothing after `at` is read; true, as the end of the file is explained. */
  #cutOff(at: number, why: string): true {
    const lost = this.#file.byteLength - at;
    this.#damage.push(`from byte ${at} on ${lost} bytes are lost: ${why}`);
    return true;
  }

  async #record(opcode: number, at: number, end: number): Promise<void> {
    if (opcode === Opcode.MESSAGE) {
      if (end - at < RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES) return;
      this.#addToRun(
        at,
        end,
        await this.#file.view(at, RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES),
      );
      return;
    }
    if (opcode === Opcode.CHUNK) {
      this.#endRun();
      await this.#chunk(at, end);
    } else if (
      opcode === Opcode.SCHEMA ||
      opcode === Opcode.CHANNEL ||
      opcode === Opcode.METADATA
    ) {
      try {
        this.#define(await this.#file.view(at, end - at));
      } catch (error) {
        this.#damage.push(`record at byte ${at}: ${(error as Error).message}`);
      }
    } else if (this.#run && end - this.#run.offset > RUN_BYTES) {
      // Attachments may be large: they do not belong into a run.
      this.#endRun();
    }
  }

  #define(bytes: Uint8Array): void {
    const record = parseRecord(bytes);
    if (record?.type === "Schema") this.#channels.addSchema(record);
    else if (record?.type === "Channel") this.#channels.addChannel(record);
    else if (record?.type === "Metadata") this.#metadata.set(record.name, record.metadata);
  }

  async #chunk(at: number, end: number): Promise<void> {
    try {
      const record = await this.#file.view(at, end - at);
      this.#compression.add(parseChunkHeader(record).compression || "none");
      const block = this.#chunkBlock(await unpackChunk(record), at, end - at);
      if (block) this.#blocks.push(block);
    } catch (error) {
      this.#damage.push(`chunk at byte ${at} (${end - at} bytes): ${(error as Error).message}`);
    }
  }

  #chunkBlock(records: Uint8Array, offset: number, length: number): McapBlock | undefined {
    const view = viewOf(records);
    const counts = new Map<number, number>();
    let startNs: bigint | undefined;
    let endNs = 0n;
    for (const span of recordSpans(records)) {
      if (span.opcode !== Opcode.MESSAGE) {
        this.#define(records.subarray(span.start, span.end));
        continue;
      }
      const id = view.getUint16(span.contentStart, true);
      const time = view.getBigUint64(span.contentStart + 6, true);
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (startNs === undefined || time < startNs) startNs = time;
      if (time > endNs) endNs = time;
    }
    if (startNs === undefined) return undefined;
    for (const [id, count] of counts) this.#count(id, count);
    return { kind: "chunk", offset, length, startNs, endNs, channelIds: new Set(counts.keys()) };
  }

  /** Where the records of a chunk that has no end begin; undefined if they are compressed. */
  async #recordsOfOpenChunk(at: number): Promise<number | undefined> {
    const length = Math.min(CHUNK_HEADER_BYTES, this.#file.byteLength - at);
    try {
      const header = parseChunkHeader(await this.#file.view(at, length));
      if (header.compression !== "") return undefined;
      this.#endRun();
      this.#compression.add("none");
      return at + header.recordsOffset;
    } catch {
      return undefined;
    }
  }

  #count(channelId: number, messages = 1): void {
    this.#counts.set(channelId, (this.#counts.get(channelId) ?? 0) + messages);
  }

  #addToRun(at: number, end: number, bytes: Uint8Array): void {
    const view = viewOf(bytes);
    const time = view.getBigUint64(RECORD_HEADER_BYTES + 6, true);
    const id = view.getUint16(RECORD_HEADER_BYTES, true);
    this.#count(id);
    if (this.#run && end - this.#run.offset > RUN_BYTES) this.#endRun();
    this.#run ??= { offset: at, channelIds: new Set(), length: 0, startNs: time, endNs: time };
    this.#run.channelIds.add(id);
    this.#run.length = end - this.#run.offset;
    if (time < this.#run.startNs) this.#run.startNs = time;
    if (time > this.#run.endNs) this.#run.endNs = time;
  }

  #endRun(): void {
    if (this.#run) this.#blocks.push({ kind: "records", ...this.#run });
    this.#run = undefined;
  }

  #index(): McapIndex {
    let startNs = this.#blocks[0]?.startNs ?? 0n;
    let endNs = 0n;
    for (const block of this.#blocks) {
      if (block.startNs < startNs) startNs = block.startNs;
      if (block.endNs > endNs) endNs = block.endNs;
    }
    return {
      channels: this.#channels,
      blocks: this.#blocks,
      counts: this.#counts,
      startNs,
      endNs,
      compression: this.#compression,
      metadata: this.#metadata,
      damage: this.#damage,
    };
  }
}
