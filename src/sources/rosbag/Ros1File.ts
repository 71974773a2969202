import { Bag } from "@foxglove/rosbag";
import { HeldMemory, pieceLimit, tooLarge } from "../../base/index.js";
import { BagError } from "./BagError.js";
import type { BagFile, RawMessage, RawSelection, RecordedTopic } from "./BagFile.js";
import type { ByteSource } from "./bytes/ByteSource.js";
import { closedOnFault } from "./closedOnFault.js";
import { FileWindow } from "./FileWindow.js";
import { mergeByTime } from "./mergeByTime.js";
import { rosTypeOf, spelledType } from "./rosType.js";
import { type Ros1Chunk, type Ros1Connection, type Ros1Index, scanRos1 } from "./scanRos1.js";
import { type UnpackHere, unpackerHere } from "./unpacker.js";

const NS = 1_000_000_000n;
/** What the index and the fields of a message take in memory, whatever is in it. */
const BYTES_PER_MESSAGE = 300;
const COMPRESSIONS = ["bz2", "lz4"] as const;

/** The times that a ROS 1 bag can tell. */
const FIRST = { sec: 0, nsec: 0 };
const LAST = { sec: 2 ** 32 - 1, nsec: 999_999_999 };

/** A ROS 1 bag (format 2.0), its chunks compressed or not, with its index or without one. */
export class Ros1File implements BagFile {
  readonly storage = "rosbag1";
  readonly metadata: BagFile["metadata"] = new Map();
  readonly topics: BagFile["topics"];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly compression: readonly string[];
  readonly #bytes: ByteSource;
  readonly #index: Ros1Index;
  readonly #topics: ReadonlyMap<number, RecordedTopic>;
  readonly #damage: Set<string>;

  private constructor(bytes: ByteSource, index: Ros1Index, compression: readonly string[]) {
    const { chunks, connections } = index;
    this.#bytes = bytes;
    this.#index = index;
    this.#damage = new Set(index.damage);
    this.compression = compression;
    this.startNs = timeOf(chunks.reduce((a, { startTime }) => earlier(a, startTime), LAST));
    this.endNs = timeOf(chunks.reduce((a, { endTime }) => later(a, endTime), FIRST));
    if (chunks.length === 0) this.startNs = 0n;
    this.#topics = new Map([...connections].map(([id, connection]) => [id, topicOf(connection)]));
    const counts = new Map<number, number>();
    for (const { conn, count } of chunks.flatMap((chunk) => chunk.connections)) {
      counts.set(conn, (counts.get(conn) ?? 0) + count);
    }
    this.topics = [...this.#topics].map(([id, topic]) => ({
      topic,
      messageCount: counts.get(id) ?? 0,
    }));
  }

  /**
   * @param bytes closed with the file, or where it throws
   * @throws BagError if nothing of the file can be read
   */
  static async open(path: string, bytes: ByteSource): Promise<Ros1File> {
    return closedOnFault(path, bytes, async () => {
      const file = new FileWindow(bytes);
      const index = await readIndex(file);
      return new Ros1File(bytes, index, await compressionsOf(file, index.chunks));
    });
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  get damage(): readonly string[] {
    return [...this.#damage];
  }

  async *batches(selection: RawSelection): AsyncGenerator<readonly RawMessage[]> {
    const { wants, startNs, endNs } = selection;
    const wanted = new Set<number>();
    for (const [id, topic] of this.#topics) if (wants(topic.name)) wanted.add(id);
    const chunks = this.#index.chunks.filter(
      ({ startTime, endTime, connections }) =>
        timeOf(startTime) <= endNs &&
        timeOf(endTime) >= startNs &&
        connections.some(({ conn }) => wanted.has(conn)),
    );
    // Its own reader: several iterations may run side by side.
    const { reader } = new Bag(filelike(new FileWindow(this.#bytes)));
    yield* mergeByTime(
      chunks.map((chunk) => ({
        startNs: timeOf(chunk.startTime),
        open: () => this.#chunk(reader, chunk, wanted, selection),
      })),
    );
  }

  async close(): Promise<void> {
    await this.#bytes.close();
  }

  async *#chunk(
    reader: Bag["reader"],
    chunk: Ros1Chunk,
    wanted: ReadonlySet<number>,
    { startNs, endNs }: RawSelection,
  ): AsyncGenerator<readonly RawMessage[]> {
    let held: HeldMemory | undefined;
    try {
      const messages = chunk.connections.reduce((sum, { count }) => sum + count, 0);
      const bytes = messages * BYTES_PER_MESSAGE;
      if (bytes > pieceLimit()) throw new Error(`${messages} messages: ${tooLarge(bytes)}`);
      const read = async (alone: boolean) =>
        reader.readChunkMessages(chunk, [...wanted], FIRST, LAST, await decompressors(alone));
      const found = await read(false).catch(() => read(true));
      held = HeldMemory.take(found.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), bytes));
      yield found.flatMap(({ conn, time, data }) => {
        const topic = this.#topics.get(conn);
        const logNs = timeOf(time);
        if (!topic || !data || logNs < startNs || logNs > endNs) return [];
        return [{ topic, logNs, publishNs: logNs, data }];
      });
    } catch (error) {
      if (error instanceof BagError) throw error;
      const where = `chunk at byte ${chunk.chunkPosition}`;
      this.#damage.add(`${where} is lost: ${(error as Error).message}`);
    } finally {
      held?.release();
    }
  }
}

async function readIndex(file: FileWindow): Promise<Ros1Index> {
  const bag = new Bag(filelike(file));
  try {
    await bag.open();
    const { connections, chunkInfos: chunks, header } = bag;
    if (header && header.chunkCount > 0 && chunks.length > 0) {
      return { connections, chunks, damage: [] };
    }
    if (header && header.chunkCount === 0 && header.indexPosition > 0) {
      return { connections, chunks, damage: [] };
    }
  } catch (error) {
    if (error instanceof BagError) throw error;
    // Cut off or damaged: the scan finds out where and says so.
  }
  return scanRos1(file);
}

/** Reads up to the file's end, as @foxglove/rosbag asks for more than small files have. */
function filelike(file: FileWindow): ConstructorParameters<typeof Bag>[0] {
  return {
    size: () => file.byteLength,
    read: (offset, length) => file.view(offset, Math.min(length, file.byteLength - offset)),
  };
}

function topicOf({ topic: name, type = "", messageDefinition, latching }: Ros1Connection) {
  const schema = { type: spelledType(type), encoding: "ros1msg", text: messageDefinition };
  const topic: RecordedTopic = { name, encoding: "ros1", ...rosTypeOf(type, "ros1"), schema };
  return latching === true ? { ...topic, qos: "latched" as const } : topic;
}

type Decompressors = Readonly<Record<string, (packed: Uint8Array, size: number) => Uint8Array>>;

async function decompressors(alone: boolean): Promise<Decompressors> {
  const entries = await Promise.all(
    COMPRESSIONS.map(async (name) => [name, await unpackerHere(name, { alone })] as const),
  );
  const known = entries.filter((entry): entry is [(typeof entry)[0], UnpackHere] => !!entry[1]);
  return Object.fromEntries(
    known.map(([name, unpack]) => [
      name,
      (packed: Uint8Array, size: number) => {
        if (size > pieceLimit()) throw new Error(tooLarge(size));
        return new Uint8Array(unpack(packed, size));
      },
    ]),
  );
}

/** Each chunk names its own; one writer uses one. */
async function compressionsOf(
  file: FileWindow,
  chunks: readonly Ros1Chunk[],
): Promise<readonly string[]> {
  const [first] = chunks;
  if (!first) return ["none"];
  const head = await file.view(
    first.chunkPosition,
    Math.min(128, file.byteLength - first.chunkPosition),
  );
  const name = /compression=(\w+?)(?=\W|$)/.exec(Buffer.from(head).toString("latin1"))?.[1];
  return [COMPRESSIONS.find((each) => name?.startsWith(each)) ?? "none"];
}

type Time = Ros1Chunk["startTime"];

function timeOf({ sec, nsec }: Time): bigint {
  return BigInt(sec) * NS + BigInt(nsec);
}

function earlier(a: Time, b: Time): Time {
  return timeOf(b) < timeOf(a) ? b : a;
}

function later(a: Time, b: Time): Time {
  return timeOf(b) > timeOf(a) ? b : a;
}
