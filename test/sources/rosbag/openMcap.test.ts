import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { McapIndexedReader } from "@mcap/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { openBag } from "../../../src/sources/index.js";
import {
  readAll,
  STRING,
  type StoredMessage,
  strings,
  T0,
  temporaryFolder,
  text,
  writeMcap,
} from "./recordings.js";

const folder = await temporaryFolder();
const fixtures = new URL("./fixtures/", import.meta.url).pathname;

/** Small chunks, so that a few messages make several. */
const shapes = {
  "zstd chunks": { chunkSize: 150, zstd: true },
  "plain chunks": { chunkSize: 150 },
  "no chunks": { useChunks: false },
  "no index": { chunkSize: 150, useChunkIndex: false, useStatistics: false },
  "no summary at all": {
    chunkSize: 150,
    useChunkIndex: false,
    useStatistics: false,
    useSummaryOffsets: false,
    repeatSchemas: false,
    repeatChannels: false,
  },
} as const;

const recorded = strings(12);

describe("openBag of an MCAP file", () => {
  for (const [shape, options] of Object.entries(shapes)) {
    it(`reads ${shape}`, async () => {
      const path = join(folder, `${shape}.mcap`);
      await writeMcap(path, recorded, options);
      const bag = await openBag(path);
      expect(await readAll(bag)).toEqual(recorded);
      expect(bag.info).toMatchObject({
        name: shape,
        storage: "mcap",
        messageCount: 12,
        topics: [{ name: "/chatter", type: STRING, messageCount: 12 }],
        startNs: T0,
        endNs: T0 + 110_000_000n,
        damage: [],
      });
      await bag.close();
    });
  }

  for (const compression of ["lz4", "bz2"]) {
    it(`reads chunks compressed with ${compression}`, async () => {
      const bag = await openBag(join(fixtures, `${compression}.mcap`));
      expect(bag.info).toMatchObject({ compression: [compression], messageCount: 5, damage: [] });
      const words = [];
      for await (const message of bag.messages())
        words.push((message.decode() as { data: string }).data.trim());
      expect(words).toEqual(["hello 0", "hello 1", "hello 2", "hello 3", "hello 4"]);
      await bag.close();
    });
  }

  it("gives messages in log-time order however the chunks overlap, as @mcap/core does", async () => {
    const time = fc.bigInt({ min: 0n, max: 50n });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ topic: fc.constantFrom("/a", "/b"), logNs: time }), { maxLength: 40 }),
        fc.constantFrom<keyof typeof shapes>("zstd chunks", "plain chunks"),
        async (stamps, shape) => {
          const messages = stamps.map((m, at) => ({ ...m, data: text(`${at}`) }));
          const path = join(folder, `order_${run++}.mcap`);
          await writeMcap(path, messages, shapes[shape]);
          const bag = await openBag(path);
          const read = await readAll(bag);
          expect(read.map((m) => m.logNs)).toEqual(read.map((m) => m.logNs).toSorted(byTime));
          expect(read.map((m) => String(m.data)).toSorted()).toEqual(
            messages.map((m) => String(m.data)).toSorted(),
          );
          expect(await readAll(bag)).toEqual(read);
          await bag.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("selects by topic and by inclusive log times", async () => {
    const path = join(folder, "select.mcap");
    const both = [...strings(10, "/a"), ...strings(10, "/b")];
    await writeMcap(path, both, { chunkSize: 150, zstd: true });
    const bag = await openBag(path);
    const startNs = T0 + 20_000_000n;
    const endNs = T0 + 40_000_000n;
    const read = await readAll(bag, { topics: ["/b"], startNs, endNs });
    expect(read).toEqual(
      both.filter((m) => m.topic === "/b" && m.logNs >= startNs && m.logNs <= endNs),
    );
    expect(await readAll(bag, { topics: ["/none"] })).toEqual([]);
    await bag.close();
  });

  it("believes the indexes where the writer's statistics are wrong", async () => {
    const path = join(folder, "claims.mcap");
    const from0 = strings(12).map((m) => ({ ...m, logNs: m.logNs - T0 }));
    // `mcap convert` takes a first log time of 0 for none; others count wrong.
    const claims = {
      messageStartTime: from0[1]!.logNs,
      messageEndTime: from0[7]!.logNs,
      messageCount: 5n,
      channelMessageCounts: new Map([[0, 5n]]),
    };
    await writeMcap(path, from0, { chunkSize: 150, zstd: true, claims });
    const bag = await openBag(path);
    expect(bag.info).toMatchObject({
      startNs: 0n,
      endNs: 110_000_000n,
      messageCount: 12,
      topics: [{ messageCount: 12 }],
    });
    expect(await readAll(bag, { endNs: 0n })).toEqual(from0.slice(0, 1));
    expect(await readAll(bag)).toEqual(from0);
    await bag.close();
  });

  it("decodes types nobody knows by the definition in the recording", async () => {
    const path = join(folder, "unknown.mcap");
    const definition = `my_msgs/Part[] parts\n${"=".repeat(80)}\nMSG: my_msgs/Part\nstring data\n`;
    const schema = {
      name: "my_msgs/msg/Odd",
      encoding: "ros2msg",
      data: new TextEncoder().encode(definition),
    };
    const data = Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 104, 105, 0);
    await writeMcap(path, [{ topic: "/odd", logNs: T0, data }], { schema });
    const bag = await openBag(path);
    for await (const m of bag.messages()) expect(m.decode()).toEqual({ parts: [{ data: "hi" }] });
    expect(bag.definition("my_msgs/msg/Odd")).toBe(definition);
    await bag.close();
  });

  it("decodes types described in IDL, stamps as in ros2msg", async () => {
    const idl = `${"=".repeat(80)}
IDL: my_msgs/msg/Timed
module my_msgs { module msg {
  module Timed_Constants { const uint8 KIND = 1; };
  struct Timed { builtin_interfaces::msg::Time stamp; string data; };
}; };
${"=".repeat(80)}
IDL: builtin_interfaces/msg/Time
module builtin_interfaces { module msg { struct Time { int32 sec; uint32 nanosec; }; }; };
`;
    const path = join(folder, "idl.mcap");
    const schema = {
      name: "my_msgs/msg/Timed",
      encoding: "ros2idl",
      data: new TextEncoder().encode(idl),
    };
    const data = Uint8Array.of(0, 1, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0, 104, 105, 0);
    await writeMcap(path, [{ topic: "/t", logNs: T0, data }], { schema });
    const bag = await openBag(path);
    for await (const message of bag.messages()) {
      expect(message.decode()).toEqual({ stamp: { sec: 5, nanosec: 6 }, data: "hi" });
    }
    await bag.close();
  });

  it("names topic and type of a message that its definition does not fit", async () => {
    const path = join(folder, "short.mcap");
    await writeMcap(path, [{ topic: "/s", logNs: T0, data: Uint8Array.of(0, 1, 0, 0, 9) }]);
    const bag = await openBag(path);
    for await (const message of bag.messages()) {
      expect(() => message.decode()).toThrow(/\/s: a message is not a valid std_msgs\/msg\/String/);
    }
    await bag.close();
  });
});

describe("openBag of a damaged MCAP file", () => {
  it("refuses what is no recording, and says what it is", async () => {
    const refuse = async (name: string, content: Uint8Array | string, message: RegExp) => {
      await writeFile(join(folder, name), content);
      await expect(openBag(join(folder, name))).rejects.toThrow(message);
      await expect(openBag(join(folder, name))).rejects.toBeInstanceOf(UserError);
    };
    await refuse("empty.mcap", "", /empty\.mcap is empty \(0 bytes\)/);
    await refuse("four.mcap", Uint8Array.of(0x89, 0x4d, 0x43, 0x41), /has only 4 bytes/);
    await refuse("photo.mcap", "JFIF is no bag at all", /neither MCAP nor sqlite3/);
    const description = "rosbag2_bagfile_information:\n  version: 5\n";
    await refuse("metadata.yaml", description, /describes a rosbag2 folder: give the folder, .+/);
    await expect(openBag(join(folder, "none.mcap"))).rejects.toThrow(/no such file or folder/);
    await mkdir(join(folder, "hollow"));
    await expect(openBag(join(folder, "hollow"))).rejects.toThrow(/has no recording/);
  });

  for (const shape of ["zstd chunks", "plain chunks", "no chunks"] as const) {
    it(`reads what is whole of ${shape} cut off at any byte, and says what is lost`, async () => {
      const whole = await wholeFile(shape);
      const path = join(folder, "cut.mcap");
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.byteLength - 1), async (length) => {
          await writeFile(path, whole.subarray(0, length));
          const read = await readDamaged(path);
          if (!read) return;
          expect(read.messages).toEqual(recorded.slice(0, read.messages.length));
          expect(read.messages.length).toBe(read.announced);
          expect(read.damage).not.toEqual([]);
        }),
        { numRuns: 120 },
      );
    });
  }

  it("reads the whole messages of an uncompressed chunk whose end is missing", async () => {
    const path = join(folder, "open_chunk.mcap");
    await writeMcap(path, recorded, {});
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.indexOf("hello 7")));
    const read = await readDamaged(path);
    expect(read?.messages).toEqual(recorded.slice(0, 7));
    expect(read?.damage.join()).toMatch(/cut\.mcap|open_chunk\.mcap: .*bytes are lost/);
  });

  it("never invents a message, whatever byte of a checked file is wrong", async () => {
    const whole = await wholeFile("zstd chunks");
    const path = join(folder, "flipped.mcap");
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.byteLength - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const broken = Uint8Array.from(whole);
          broken[at]! ^= flip;
          await writeFile(path, broken);
          const read = await readDamaged(path);
          const known = new Set(recorded.map(({ data }) => String(data)));
          for (const { data } of read?.messages ?? []) expect(known).toContain(String(data));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("goes on after a damaged chunk in the middle and names it", async () => {
    const path = join(folder, "hole.mcap");
    await writeMcap(path, recorded, { chunkSize: 150, zstd: true });
    const whole = await readFile(path);
    const { chunkIndexes } = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(whole.byteLength),
        read: async (at, length) => whole.subarray(Number(at), Number(at + length)),
      },
    });
    const second = chunkIndexes[1]!;
    whole.fill(0, Number(second.chunkStartOffset) + 60, Number(second.chunkStartOffset) + 80);
    await writeFile(path, whole);
    const bag = await openBag(path);
    const read = await readAll(bag);
    expect(read.length).toBeGreaterThan(6);
    expect(read.length).toBeLessThan(recorded.length);
    expect(read.at(-1)).toEqual(recorded.at(-1));
    expect(bag.info.damage).toEqual([
      expect.stringMatching(`hole.mcap: chunk at byte ${second.chunkStartOffset} .* is lost`),
    ]);
    await readAll(bag);
    expect(bag.info.damage).toHaveLength(1);
    await bag.close();
  });
});

async function wholeFile(shape: keyof typeof shapes): Promise<Uint8Array> {
  const path = join(folder, `whole ${shape}.mcap`);
  await writeMcap(path, recorded, shapes[shape]);
  return readFile(path);
}

/** Undefined where the file is refused, which must be with a UserError. */
async function readDamaged(
  path: string,
): Promise<
  { messages: StoredMessage[]; announced: number; damage: readonly string[] } | undefined
> {
  try {
    const bag = await openBag(path);
    const announced = bag.info.messageCount;
    const messages = await readAll(bag);
    const { damage } = bag.info;
    await bag.close();
    return { messages, announced, damage };
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return undefined;
  }
}

function byTime(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
