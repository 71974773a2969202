import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "@foxglove/rosmsg";
import { MessageWriter } from "@foxglove/rosmsg2-serialization";
import zstd from "@foxglove/wasm-zstd";
import { McapWriter, type McapWriterOptions } from "@mcap/core";
import { FileHandleWritable } from "@mcap/nodejs";
import sqlite from "node-sqlite3-wasm";
import { afterAll } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { knownDefinition } from "../../../src/sources/cdr.js";
import { type Bag, type MessageSelection, openBag } from "../../../src/sources/index.js";

/** A folder for one test file, removed after it. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "bag-test-"));
  afterAll(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface StoredMessage {
  readonly topic: string;
  readonly logNs: bigint;
  readonly data: Uint8Array;
}

export const STRING = "std_msgs/msg/String";
export const T0 = 1_700_000_000_123_456_789n;

export function cdr(type: string, message: unknown): Uint8Array {
  const writer = new MessageWriter(parse(knownDefinition(type)!, { ros2: true }));
  return writer.writeMessage(message);
}

export function text(data: string): Uint8Array {
  return cdr(STRING, { data });
}

/** `count` strings, one every 10 ms. */
export function strings(count: number, topic = "/chatter"): StoredMessage[] {
  return Array.from({ length: count }, (_, at) => ({
    topic,
    logNs: T0 + BigInt(at) * 10_000_000n,
    data: text(`hello ${at}`),
  }));
}

/** Writes strings with @mcap/core itself, in shapes that BagWriter does not make. */
export async function writeMcap(
  path: string,
  messages: readonly StoredMessage[],
  options: Partial<McapWriterOptions> & {
    readonly schema?: { name: string; encoding: string; data: Uint8Array };
    readonly zstd?: boolean;
    /** What the writer says of the whole file, where it is to be wrong. */
    readonly claims?: Partial<NonNullable<McapWriter["statistics"]>>;
  } = {},
): Promise<void> {
  await zstd.isLoaded;
  const handle = await open(path, "w");
  const { schema, zstd: packs, claims, ...rest } = options;
  const writer = new McapWriter({
    writable: new FileHandleWritable(handle),
    ...(packs && {
      compressChunk: (records: Uint8Array) => ({
        compression: "zstd",
        compressedData: zstd.compress(records),
      }),
    }),
    ...rest,
  });
  await writer.start({ profile: "ros2", library: "test" });
  const schemaId = await writer.registerSchema(
    schema ?? {
      name: STRING,
      encoding: "ros2msg",
      data: new TextEncoder().encode("string data\n"),
    },
  );
  const channels = new Map<string, number>();
  for (const [sequence, { topic, logNs, data }] of messages.entries()) {
    let channelId = channels.get(topic);
    if (channelId === undefined) {
      channelId = await writer.registerChannel({
        topic,
        schemaId,
        messageEncoding: "cdr",
        metadata: new Map(),
      });
      channels.set(topic, channelId);
    }
    await writer.addMessage({ channelId, sequence, logTime: logNs, publishTime: logNs, data });
  }
  if (writer.statistics) Object.assign(writer.statistics, claims);
  await writer.end();
  await handle.close();
}

/** Writes a .db3 as rosbag2 does, in any journal mode that the driver can write. */
export function writeDb3(
  path: string,
  messages: readonly StoredMessage[],
  options: { readonly isIndexed?: boolean; readonly type?: string; readonly idl?: string } = {},
): void {
  const { isIndexed = true, type = STRING, idl } = options;
  const database = new sqlite.Database(path);
  try {
    database.exec(`
      CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL,
        serialization_format TEXT NOT NULL, offered_qos_profiles TEXT NOT NULL);
      CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL,
        timestamp INTEGER NOT NULL, data BLOB NOT NULL);`);
    if (isIndexed) database.exec("CREATE INDEX timestamp_idx ON messages (timestamp ASC)");
    if (idl !== undefined) {
      database.exec(`CREATE TABLE message_definitions(id INTEGER PRIMARY KEY, topic_type TEXT,
        encoding TEXT, encoded_message_definition TEXT, type_description_hash TEXT)`);
      database.run(
        "INSERT INTO message_definitions(topic_type, encoding, encoded_message_definition) VALUES(?, 'ros2idl', ?)",
        [type, idl],
      );
    }
    const topics = [...new Set(messages.map(({ topic }) => topic))];
    for (const [at, name] of topics.entries()) {
      database.run("INSERT INTO topics VALUES(?, ?, ?, 'cdr', '')", [at + 1, name, type]);
    }
    database.exec("BEGIN");
    for (const { topic, logNs, data } of messages) {
      database.run("INSERT INTO messages(topic_id, timestamp, data) VALUES(?, ?, ?)", [
        topics.indexOf(topic) + 1,
        logNs,
        data,
      ]);
    }
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}

/** Everything of a selection, copied. */
export async function readAll(bag: Bag, selection?: MessageSelection): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  for await (const { topic, logNs, data } of bag.messages(selection)) {
    found.push({ topic, logNs, data: Uint8Array.from(data) });
  }
  return found;
}

/** Reads everything of a recording; the only errors are those that people are told. */
export async function readAnyhow(path: string): Promise<void> {
  try {
    await using bag = await openBag(path);
    for await (const message of bag.messages()) {
      try {
        message.decode();
        message.data.at(0);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** An MCAP file of any encodings, in memory. */
export async function mcapBytes(
  channels: readonly {
    readonly topic: string;
    readonly encoding: string;
    readonly schema: {
      readonly name: string;
      readonly encoding: string;
      readonly data: Uint8Array;
    };
    readonly messages: readonly { readonly logNs: bigint; readonly data: Uint8Array }[];
  }[],
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let position = 0n;
  const writer = new McapWriter({
    writable: {
      position: () => position,
      write: async (bytes) => {
        parts.push(new Uint8Array(bytes));
        position += BigInt(bytes.length);
      },
    },
  });
  await writer.start({ profile: "", library: "test" });
  const all: { channelId: number; logNs: bigint; data: Uint8Array }[] = [];
  for (const { topic, encoding, schema, messages } of channels) {
    const schemaId = await writer.registerSchema(schema);
    const channelId = await writer.registerChannel({
      ...{ topic, schemaId, messageEncoding: encoding, metadata: new Map() },
    });
    for (const message of messages) all.push({ channelId, ...message });
  }
  all.sort((a, b) => (a.logNs < b.logNs ? -1 : a.logNs > b.logNs ? 1 : 0));
  for (const { logNs, ...message } of all) {
    await writer.addMessage({ ...message, logTime: logNs, publishTime: logNs, sequence: 0 });
  }
  await writer.end();
  return Buffer.concat(parts);
}
