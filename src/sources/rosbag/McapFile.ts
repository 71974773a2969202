import { MCAP_MAGIC, Opcode } from "@mcap/core";
import { HeldMemory } from "../../base/index.js";
import { BagError } from "./BagError.js";
import type { BagFile, RawMessage, RawSelection } from "./BagFile.js";
import type { ByteSource } from "./bytes/ByteSource.js";
import { closedOnFault } from "./closedOnFault.js";
import { FileWindow } from "./FileWindow.js";
import type { McapBlock, McapIndex } from "./McapIndex.js";
import {
  MESSAGE_HEADER_BYTES,
  RECORD_HEADER_BYTES,
  readLength,
  recordSpans,
  unpackChunk,
  viewOf,
} from "./mcapRecords.js";
import { mergeByTime } from "./mergeByTime.js";
import { readMcapSummary } from "./readMcapSummary.js";
import { scanMcap } from "./scanMcap.js";

/** So many messages are read at a time. */
const RUN_MESSAGES = 1024;
const FIRST_STARTS = 256;
/** More are not listed where a chunk is lost. */
const TOPICS_NAMED = 5;

/** An MCAP file, indexed or not, whole or cut off. */
export class McapFile implements BagFile {
  readonly storage = "mcap";
  readonly topics: BagFile["topics"];
  readonly #bytes: ByteSource;
  readonly #index: McapIndex;
  readonly #damage: Set<string>;

  private constructor(bytes: ByteSource, index: McapIndex) {
    this.#bytes = bytes;
    this.#index = index;
    this.#damage = new Set(index.damage);
    this.topics = [...index.channels.entries()].map(([id, topic]) => ({
      topic,
      messageCount: index.counts.get(id) ?? 0,
    }));
  }

  /**
   * @param bytes closed with the file, or where it throws
   * @throws BagError if the file is not MCAP or nothing of it is left
   */
  static async open(path: string, bytes: ByteSource): Promise<McapFile> {
    return closedOnFault(path, bytes, async () => {
      const { byteLength } = bytes;
      if (byteLength < MCAP_MAGIC.length) {
        throw new BagError(
          `${path}: only ${byteLength} bytes, so it contains nothing of a recording.`,
        );
      }
      return new McapFile(bytes, await readIndex(new FileWindow(bytes)));
    });
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  get startNs(): bigint {
    return this.#index.startNs;
  }

  get endNs(): bigint {
    return this.#index.endNs;
  }

  get compression(): readonly string[] {
    return [...this.#index.compression];
  }

  get metadata(): BagFile["metadata"] {
    return this.#index.metadata;
  }

  get damage(): readonly string[] {
    return [...this.#damage];
  }

  async *batches(selection: RawSelection): AsyncGenerator<readonly RawMessage[]> {
    const { wants, startNs, endNs } = selection;
    const wanted = new Set<number>();
    for (const [id, topic] of this.#index.channels.entries()) if (wants(topic.name)) wanted.add(id);
    const blocks = this.#index.blocks.filter(
      (block) =>
        block.startNs <= endNs && block.endNs >= startNs && mayHold(block.channelIds, wanted),
    );
    const ahead = new ReadAhead(blocks, (block) => this.#records(block));
    yield* mergeByTime(
      blocks.map((block) => ({
        startNs: block.startNs,
        open: () => this.#block(ahead, block, wanted, selection),
      })),
    );
  }

  async close(): Promise<void> {
    await this.#bytes.close();
  }

  async *#block(
    ahead: ReadAhead,
    block: McapBlock,
    wanted: ReadonlySet<number>,
    selection: RawSelection,
  ): AsyncGenerator<readonly RawMessage[]> {
    let held: HeldMemory | undefined;
    try {
      const records = await ahead.take(block);
      held = HeldMemory.take(records.byteLength);
      yield* this.#messagesIn(records, wanted, selection);
    } catch (error) {
      // A server that does not answer is no damage of the file.
      if (error instanceof BagError) throw error;
      const what = `${block.kind} at byte ${block.offset} (${this.#contentOf(block)})`;
      this.#damage.add(`${what} is lost: ${(error as Error).message}`);
    } finally {
      held?.release();
    }
  }

  /** In memory of their own: messages are views of it, and several are read at the same time. */
  async #records({ kind, offset, length }: McapBlock): Promise<Uint8Array> {
    const bytes = await new FileWindow(this.#bytes).copy(offset, length);
    if (kind === "records") return bytes;
    if (bytes[0] !== Opcode.CHUNK) throw new Error("the index points to something else");
    return unpackChunk(bytes);
  }

  /** Its size, and the topics where the index names them. */
  #contentOf({ length, channelIds = new Set() }: McapBlock): string {
    const named = [...channelIds].flatMap((id) => this.#index.channels.get(id)?.name ?? []);
    const topics = named.length > TOPICS_NAMED ? [...named.slice(0, TOPICS_NAMED), "…"] : named;
    return [`${length} bytes`, ...(topics.length > 0 ? [topics.join(" ")] : [])].join("; ");
  }

  /**
   * In the order of their log times; equal ones in the order in which they were written. A chunk of
   * empty messages has millions: no more than a few thousand are objects at a time.
   */
  *#messagesIn(
    bytes: Uint8Array,
    wanted: ReadonlySet<number>,
    selection: RawSelection,
  ): Generator<readonly RawMessage[]> {
    // Not Buffers, whose `slice` does not copy: users of the data may count on that.
    const records = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const view = viewOf(records);
    const starts = this.#messageStarts(records, wanted, selection);
    for (let from = 0; from < starts.length; from += RUN_MESSAGES) {
      const run: RawMessage[] = [];
      for (const start of starts.subarray(from, from + RUN_MESSAGES)) {
        const topic = this.#index.channels.get(view.getUint16(start, true));
        if (!topic) continue;
        run.push({
          topic,
          logNs: view.getBigUint64(start + 6, true),
          publishNs: view.getBigUint64(start + 14, true),
          data: records.subarray(
            start + MESSAGE_HEADER_BYTES,
            start + readLength(view, start - RECORD_HEADER_BYTES + 1),
          ),
        });
      }
      yield run;
    }
  }

  /** Where the contents of the wanted messages begin, by log time. */
  #messageStarts(
    records: Uint8Array,
    wanted: ReadonlySet<number>,
    { startNs, endNs }: RawSelection,
  ): Uint32Array {
    const view = viewOf(records);
    let starts = new Uint32Array(FIRST_STARTS);
    let count = 0;
    let latestNs = 0n;
    let ordered = true;
    for (const { opcode, contentStart } of recordSpans(records)) {
      if (opcode !== Opcode.MESSAGE) continue;
      const id = view.getUint16(contentStart, true);
      const topic = this.#index.channels.get(id);
      if (!topic)
        this.#damage.add(`messages of channel ${id} are lost: the channel is not described`);
      if (!topic || !wanted.has(id)) continue;
      const logNs = view.getBigUint64(contentStart + 6, true);
      if (logNs < startNs || logNs > endNs) continue;
      if (logNs < latestNs) ordered = false;
      latestNs = logNs;
      if (count === starts.length) {
        const grown = new Uint32Array(2 * count);
        grown.set(starts);
        starts = grown;
      }
      starts[count++] = contentStart;
    }
    const found = starts.subarray(0, count);
    if (ordered) return found;
    const logNs = (start: number) => view.getBigUint64(start + 6, true);
    return found.sort((a, b) => (logNs(a) < logNs(b) ? -1 : logNs(a) > logNs(b) ? 1 : a - b));
  }
}

/** Reads and unpacks the next block while the one before is used; each is read once. */
class ReadAhead {
  readonly #blocks: readonly McapBlock[];
  readonly #read: (block: McapBlock) => Promise<Uint8Array>;
  readonly #places = new Map<McapBlock, number>();
  #isFirst = true;
  #next: { readonly block: McapBlock; readonly records: Promise<Uint8Array> } | undefined;

  constructor(blocks: readonly McapBlock[], read: (block: McapBlock) => Promise<Uint8Array>) {
    // As they are opened: by time, and by their place in the file where that is equal.
    this.#blocks = blocks.toSorted((a, b) =>
      a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0,
    );
    for (const [place, block] of this.#blocks.entries()) this.#places.set(block, place);
    this.#read = read;
  }

  take(block: McapBlock): Promise<Uint8Array> {
    const records = this.#next?.block === block ? this.#next.records : this.#read(block);
    this.#next = undefined;
    // Who reads one message needs one block.
    if (!this.#isFirst) this.#readAfter(block);
    this.#isFirst = false;
    return records;
  }

  #readAfter(block: McapBlock): void {
    const next = this.#blocks[(this.#places.get(block) ?? -1) + 1];
    if (!next) return;
    const records = this.#read(next);
    // It is told when the block is taken; one that never is, is no loss.
    records.catch(() => {});
    this.#next = { block: next, records };
  }
}

async function readIndex(file: FileWindow): Promise<McapIndex> {
  const magic = await file.view(0, MCAP_MAGIC.length);
  if (MCAP_MAGIC.some((byte, at) => magic[at] !== byte)) throw new Error("it is not an MCAP file");
  try {
    const index = await readMcapSummary(file);
    if (index) return index;
  } catch (error) {
    if (error instanceof BagError) throw error;
    // Cut off or damaged: the scan finds out where and says so.
  }
  return scanMcap(file);
}

function mayHold(
  channelIds: ReadonlySet<number> | undefined,
  wanted: ReadonlySet<number>,
): boolean {
  if (!channelIds) return true;
  for (const id of channelIds) if (wanted.has(id)) return true;
  return false;
}
