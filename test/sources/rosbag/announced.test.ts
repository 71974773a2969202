import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { McapWriter } from "@mcap/core";
import { describe, expect, it } from "vitest";
import { openBag } from "../../../src/sources/index.js";
import { T0, temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const FIXTURES = join(import.meta.dirname, "fixtures");
const CHUNK = 0x06;
const MESSAGE = 0x05;
const FOOTER = 0x02;
const STATISTICS = 0x0b;
/** MCAP says of records of other kinds: readers must skip them. */
const UNKNOWN = 0x85;

/** Ten messages each of two topics. */
async function recorded(options: { readonly useMessageIndex?: boolean } = {}): Promise<Buffer> {
  const written: Uint8Array[] = [];
  let position = 0n;
  const writer = new McapWriter({
    ...options,
    writable: {
      position: () => position,
      write: async (bytes) => {
        written.push(bytes.slice());
        position += BigInt(bytes.length);
      },
    },
  });
  await writer.start({ profile: "ros2", library: "" });
  const schemaId = await writer.registerSchema({
    name: "std_msgs/msg/String",
    encoding: "ros2msg",
    data: new TextEncoder().encode("string data"),
  });
  for (const topic of ["/a", "/b"]) {
    const channel = { schemaId, topic, messageEncoding: "cdr", metadata: new Map() };
    const channelId = await writer.registerChannel(channel);
    for (let i = 0; i < 10; i++) {
      const logTime = T0 + BigInt(i);
      const data = Uint8Array.of(0, 1, 0, 0, 2, 0, 0, 0, 97, 0);
      await writer.addMessage({ channelId, sequence: i, logTime, publishTime: logTime, data });
    }
  }
  await writer.end();
  return Buffer.concat(written);
}

/** Three messages of the first topic became records of no known kind. */
async function misread(name: string): Promise<string> {
  const path = join(folder, name);
  const bytes = await recorded();
  const chunk = bytes.indexOf(CHUNK, 8);
  // The checksum of the chunk: 0 is none.
  bytes.writeUInt32LE(0, chunk + 9 + 24);
  let left = 3;
  for (let at = chunk + 9 + 40; left > 0; at += 9 + Number(bytes.readBigUInt64LE(at + 1))) {
    if (bytes[at] !== MESSAGE) continue;
    bytes[at] = UNKNOWN;
    left -= 1;
  }
  writeFileSync(path, bytes);
  return path;
}

describe("messages that are announced and not there", () => {
  it("are damage, by topic and number, once all was read", async () => {
    await using bag = await openBag(await misread("run.mcap"));
    const read: unknown[] = [];
    for await (const message of bag.messages()) read.push(message.decode());
    expect(bag.info.messageCount).toBe(20);
    expect(bag.info.damage).toEqual([
      "run: 3 of the 10 messages that are announced of /a could not be found",
    ]);
    expect(read.length).toBe(17);
  });

  it("are told the other way round too: more are there than are announced", async () => {
    const bytes = readFileSync(join(FIXTURES, "ros1_lz4.bag"));
    // The number of messages of the last connection in the last chunk's record of the index.
    bytes.writeUInt32LE(1, bytes.length - 4);
    const path = join(folder, "more.bag");
    writeFileSync(path, bytes);
    await using bag = await openBag(path);
    let read = 0;
    for await (const _ of bag.messages()) read += 1;
    const { damage, messageCount } = bag.info;
    expect(read).toBeGreaterThan(messageCount);
    expect(damage).toEqual([
      expect.stringMatching(
        /^more: \d+ more messages of \S+ were found than the \d+ that are announced$/,
      ),
    ]);
  });

  it("are counted by reading where the file announces a sum only", async () => {
    const bytes = await recorded({ useMessageIndex: false });
    const footer = bytes.lastIndexOf(Uint8Array.of(FOOTER, 20, 0, 0, 0, 0, 0, 0, 0));
    let at = Number(bytes.readBigUInt64LE(footer + 9));
    while (bytes[at] !== STATISTICS) at += 9 + Number(bytes.readBigUInt64LE(at + 1));
    // The map of counts is empty; its entries are no longer part of the record.
    const counts = at + 9 + 42;
    const cut = Buffer.concat([
      bytes.subarray(0, counts),
      Uint8Array.of(0, 0, 0, 0),
      bytes.subarray(counts + 4 + bytes.readUInt32LE(counts)),
    ]);
    cut.writeBigUInt64LE(46n, at + 1);
    const moved = footer - (bytes.length - cut.length);
    // Neither the places of groups nor the checksum.
    cut.writeBigUInt64LE(0n, moved + 17);
    cut.writeUInt32LE(0, moved + 25);
    const path = join(folder, "sum.mcap");
    writeFileSync(path, cut);
    await using bag = await openBag(path);
    expect(bag.info.topics.map(({ messageCount }) => messageCount)).toEqual([10, 10]);
    let read = 0;
    for await (const _ of bag.messages()) read += 1;
    expect(read).toBe(20);
  });

  it("are none where only a part was asked for", async () => {
    await using bag = await openBag(await misread("part.mcap"));
    for await (const _ of bag.messages({ topics: ["/b"] }));
    for await (const _ of bag.messages({ endNs: T0 + 1n }));
    expect(bag.info.damage).toEqual([]);
  });
});
