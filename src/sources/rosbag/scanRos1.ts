import type { Bag } from "@foxglove/rosbag";
import { itemAt } from "../../base/index.js";
import type { FileWindow } from "./FileWindow.js";
import { viewOf } from "./mcapRecords.js";
import { unpackerOf } from "./unpacker.js";

/** What @foxglove/rosbag knows of a bag that has an index. */
export type Ros1Connection = Bag["connections"] extends Map<number, infer C> ? C : never;
export type Ros1Chunk = Bag["chunkInfos"][number];

/** The content of a ROS 1 bag. */
export interface Ros1Index {
  readonly connections: ReadonlyMap<number, Ros1Connection>;
  readonly chunks: readonly Ros1Chunk[];
  readonly damage: readonly string[];
}

/** http://wiki.ros.org/Bags/Format/2.0 */
const OP = { header: 3, index: 4, chunk: 5, connection: 7 } as const;
const MAGIC_BYTES = 13;
/** Larger headers and chunks are taken for corrupt lengths. */
const MAX_HEADER_BYTES = 1 << 20;
const MAX_CHUNK_BYTES = 2 ** 30;

interface OpenChunk {
  readonly chunk: Ros1Chunk;
  readonly end: number;
}

const text = new TextDecoder();

/**
 * The index of a bag that has none, as one of a killed recorder (`.bag.active`): reads it from front
 * to back, one chunk in memory at a time. Where it is cut off, the chunks before that point count.
 */
export async function scanRos1(file: FileWindow): Promise<Ros1Index> {
  const connections = new Map<number, Ros1Connection>();
  const chunks: Ros1Chunk[] = [];
  const damage = ["it has no index (recorder killed?); all complete chunks are read"];
  let open: OpenChunk | undefined;
  let at = MAGIC_BYTES;
  while (at < file.byteLength) {
    try {
      const record = await recordAt(file, at);
      if (record.op === OP.chunk) {
        const bytes = await file.copy(record.dataAt, record.end - record.dataAt);
        await addConnections(connections, record.fields, bytes);
        open = { chunk: emptyChunk(at), end: record.end };
        chunks.push(open.chunk);
      } else if (record.op === OP.index && open) {
        addIndex(
          open.chunk,
          record.fields,
          await file.view(record.dataAt, record.end - record.dataAt),
        );
      } else if (record.op === OP.connection) {
        addConnection(
          connections,
          record.fields,
          await file.view(record.dataAt, record.end - record.dataAt),
        );
      }
      at = record.end;
    } catch (error) {
      const lost = file.byteLength - at;
      damage.push(`from byte ${at} on ${lost} bytes are lost: ${(error as Error).message}`);
      break;
    }
  }
  const filled = chunks.filter(({ count }) => count > 0);
  for (const [i, next] of filled.slice(1).entries()) itemAt(filled, i).nextChunk = next;
  return { connections, chunks: filled, damage };
}

type Fields = ReadonlyMap<string, Uint8Array>;

interface Ros1Record {
  readonly op: number;
  readonly fields: Fields;
  readonly dataAt: number;
  readonly end: number;
}

async function recordAt(file: FileWindow, at: number): Promise<Ros1Record> {
  const headerBytes = viewOf(await file.view(at, 4)).getUint32(0, true);
  if (headerBytes > MAX_HEADER_BYTES) throw new Error("no record begins there");
  const head = new Uint8Array(await file.view(at + 4, headerBytes + 4));
  const fields = fieldsOf(head.subarray(0, headerBytes));
  const dataAt = at + 4 + headerBytes + 4;
  const end = dataAt + viewOf(head).getUint32(headerBytes, true);
  if (end > file.byteLength) throw new Error("the file ends in the middle of a record");
  return { op: fields.get("op")?.[0] ?? 0, fields, dataAt, end };
}

/** `name=value`, each with its length before it. */
function fieldsOf(bytes: Uint8Array): Fields {
  const view = viewOf(bytes);
  const fields = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    const equals = bytes.indexOf(0x3d, at + 4);
    if (end > bytes.length || equals < 0 || equals >= end) throw new Error("a header is damaged");
    fields.set(text.decode(bytes.subarray(at + 4, equals)), bytes.subarray(equals + 1, end));
    at = end;
  }
  return fields;
}

function wordOf(fields: Fields, name: string): number {
  const bytes = fields.get(name);
  if (bytes?.length !== 4) throw new Error(`a record has no ${name}`);
  return viewOf(bytes).getUint32(0, true);
}

/** Connections are described inside of the chunks where their first messages are. */
async function addConnections(
  connections: Map<number, Ros1Connection>,
  fields: Fields,
  packed: Uint8Array,
): Promise<void> {
  const compression = text.decode(fields.get("compression"));
  const size = wordOf(fields, "size");
  if (size > MAX_CHUNK_BYTES) throw new Error("a chunk's length is not plausible");
  const unpack = compression === "none" ? undefined : await unpackerOf(compression);
  if (compression !== "none" && !unpack) throw new Error(`"${compression}" is not known`);
  const records = unpack ? await unpack(packed, size) : packed;
  const view = viewOf(records);
  for (let at = 0; at < records.length; ) {
    const headerBytes = view.getUint32(at, true);
    const dataAt = at + 4 + headerBytes + 4;
    const end = dataAt + view.getUint32(at + 4 + headerBytes, true);
    const inner = fieldsOf(records.subarray(at + 4, at + 4 + headerBytes));
    if (inner.get("op")?.[0] === OP.connection) {
      addConnection(connections, inner, records.subarray(dataAt, end));
    }
    at = end;
  }
}

function addConnection(
  connections: Map<number, Ros1Connection>,
  fields: Fields,
  data: Uint8Array,
): void {
  const conn = wordOf(fields, "conn");
  if (connections.has(conn)) return;
  const inner = fieldsOf(data);
  connections.set(conn, {
    conn,
    topic: text.decode(fields.get("topic")),
    type: text.decode(inner.get("type")),
    messageDefinition: text.decode(inner.get("message_definition")),
    latching: text.decode(inner.get("latching")) === "1",
  } as Ros1Connection);
}

function emptyChunk(chunkPosition: number): Ros1Chunk {
  const late = { sec: 2 ** 32 - 1, nsec: 0 };
  const chunk: Partial<Ros1Chunk> = { ver: 1, chunkPosition, startTime: late, count: 0 };
  return { ...chunk, endTime: { sec: 0, nsec: 0 }, connections: [] } as unknown as Ros1Chunk;
}

function addIndex(chunk: Ros1Chunk, fields: Fields, data: Uint8Array): void {
  const count = Math.min(wordOf(fields, "count"), Math.floor(data.length / 12));
  const view = viewOf(data);
  for (let i = 0; i < count; i++) {
    const time = { sec: view.getUint32(12 * i, true), nsec: view.getUint32(12 * i + 4, true) };
    if (isBefore(time, chunk.startTime)) chunk.startTime = time;
    if (isBefore(chunk.endTime, time)) chunk.endTime = time;
  }
  chunk.connections.push({ conn: wordOf(fields, "conn"), count });
  chunk.count++;
}

type Time = Ros1Chunk["startTime"];

function isBefore(a: Time, b: Time): boolean {
  return a.sec < b.sec || (a.sec === b.sec && a.nsec < b.nsec);
}
