import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { openBag } from "../../../src/sources/index.js";
import {
  readAll,
  type StoredMessage,
  strings,
  T0,
  temporaryFolder,
  text,
  writeDb3,
} from "./recordings.js";

const folder = await temporaryFolder();
const fixtures = new URL("./fixtures/", import.meta.url).pathname;

describe("openBag of a sqlite3 file", () => {
  for (const isIndexed of [true, false]) {
    it(`gives rows ${isIndexed ? "with" : "without"} an index in log-time order`, async () => {
      const path = join(folder, `order_${isIndexed}.db3`);
      const inOrder = [...strings(50, "/a")];
      writeDb3(path, inOrder.toReversed(), { isIndexed });
      const bag = await openBag(path);
      expect(await readAll(bag)).toEqual(inOrder);
      expect(bag.info).toMatchObject({
        storage: "sqlite3",
        messageCount: 50,
        startNs: T0,
        endNs: T0 + 490_000_000n,
        damage: [],
      });
      await bag.close();
    });
  }

  it("reads topics whose QoS is NULL, or that have no such column", async () => {
    for (const change of [
      "CREATE TABLE t2 AS SELECT id, name, type, serialization_format, NULL AS offered_qos_profiles FROM topics",
      "CREATE TABLE t2 AS SELECT id, name, type, serialization_format FROM topics",
    ]) {
      const path = join(folder, `qos_${change.length}.db3`);
      writeDb3(path, strings(3));
      const database = new sqlite.Database(path);
      database.exec(`${change}; DROP TABLE topics; ALTER TABLE t2 RENAME TO topics`);
      database.close();
      const bag = await openBag(path);
      expect(bag.info.topics).toEqual([
        { name: "/chatter", type: "std_msgs/msg/String", messageCount: 3 },
      ]);
      expect(await readAll(bag)).toEqual(strings(3));
      await bag.close();
    }
  });

  it("keeps the last digit of every stamp", async () => {
    const path = join(folder, "digits.db3");
    const stamps = [T0, T0 + 1n, T0 + 2n, 2n ** 62n + 1n];
    writeDb3(
      path,
      stamps.map((logNs) => ({ topic: "/s", logNs, data: text("x") })),
    );
    const bag = await openBag(path);
    expect((await readAll(bag)).map(({ logNs }) => logNs)).toEqual(stamps);
    await bag.close();
  });

  it("selects by topic and by inclusive log times, and can be read again", async () => {
    const path = join(folder, "select.db3");
    const both = [...strings(10, "/a"), ...strings(10, "/b")];
    writeDb3(path, both);
    const bag = await openBag(path);
    const selection = { topics: ["/b"], startNs: T0 + 20_000_000n, endNs: T0 + 40_000_000n };
    const expected = both.filter(
      (m) => m.topic === "/b" && m.logNs >= selection.startNs && m.logNs <= selection.endNs,
    );
    expect(await readAll(bag, selection)).toEqual(expected);
    for await (const _ of bag.messages(selection)) break;
    expect(await readAll(bag, selection)).toEqual(expected);
    expect(await readAll(bag, { topics: ["/none"] })).toEqual([]);
    await bag.close();
  });

  it("passes messages of unknown types on, and names the type where they are decoded", async () => {
    const path = join(folder, "unknown.db3");
    writeDb3(path, strings(1), { type: "my_msgs/msg/Odd" });
    const bag = await openBag(path);
    expect(bag.definition("my_msgs/msg/Odd")).toBeUndefined();
    for await (const message of bag.messages()) {
      expect(message.data).toEqual(strings(1)[0]!.data);
      expect(() => message.decode()).toThrow(/has no definition of my_msgs\/msg\/Odd/);
    }
    await bag.close();
  });

  it("decodes by the definitions that newer recorders store", async () => {
    const path = join(folder, "jazzy.db3");
    const idl = `${"=".repeat(80)}\nIDL: my_msgs/msg/Odd\nmodule my_msgs { module msg { struct Odd { string word; }; }; };\n`;
    writeDb3(path, strings(1), { type: "my_msgs/msg/Odd", idl });
    const bag = await openBag(path);
    for await (const message of bag.messages())
      expect(message.decode()).toEqual({ word: "hello 0" });
    await bag.close();
  });

  it("writes nothing beside the input, also where it may not", async () => {
    const place = join(folder, "readonly");
    await mkdir(place);
    writeDb3(join(place, "run.db3"), strings(5));
    await chmod(place, 0o555);
    const bag = await openBag(join(place, "run.db3"));
    const seen: string[][] = [];
    for await (const _ of bag.messages()) seen.push(await readdir(place));
    await bag.close();
    await chmod(place, 0o755);
    expect(seen).toEqual(Array.from({ length: 5 }, () => ["run.db3"]));
  });

  it("leaves no temporary files behind", async () => {
    const own = await mkdtemp(join(folder, "tmp-"));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = own;
    try {
      const bag = await openBag(join(fixtures, "db3_file_v9"));
      expect(await readdir(own)).not.toEqual([]);
      await bag.close();
      await expect(openBag(join(folder, "contacts.db3"))).rejects.toThrow();
      expect(await readdir(own)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  it("reads what a killed recorder left in its write-ahead log", async () => {
    const words = await wordsOf(join(fixtures, "killed_wal"));
    expect(words).toEqual(["hello 0", "hello 1", "hello 2", "hello 3", "hello 4"]);
  });

  it("leaves out what a killed recorder had not finished, by its journal", async () => {
    const words = await wordsOf(join(fixtures, "killed_journal"));
    expect(words).toEqual(["hello 0", "hello 1", "hello 2", "hello 3", "hello 4"]);
  });

  it("reads a file in write-ahead mode that was closed in order", async () => {
    const path = join(folder, "wal.db3");
    writeDb3(path, strings(3));
    const bytes = await readFile(path);
    bytes.fill(2, 18, 20);
    await writeFile(path, bytes);
    const bag = await openBag(path);
    expect(await readAll(bag)).toEqual(strings(3));
    expect(bag.info.damage).toEqual([]);
    await bag.close();
  });

  it("reads what is left of a file cut off anywhere, and says what is lost", async () => {
    const whole = join(folder, "whole.db3");
    const recorded = strings(200).map((m) => ({ ...m, data: text("x".repeat(300)) }));
    writeDb3(whole, recorded);
    const bytes = await readFile(whole);
    let most = 0;
    for (let length = 100; length < bytes.byteLength; length += 3001) {
      const path = join(folder, "cut.db3");
      await writeFile(path, bytes.subarray(0, length));
      try {
        const bag = await openBag(path);
        const read = await readAll(bag);
        const known = new Set(recorded.map((m) => m.logNs));
        const isRecorded = ({ logNs, data }: StoredMessage) =>
          known.has(logNs) && Buffer.compare(data, recorded[0]!.data) === 0;
        expect(read.every(isRecorded)).toBe(true);
        expect(bag.info.damage).not.toEqual([]);
        most = Math.max(most, read.length);
        await bag.close();
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
    expect(most).toBeGreaterThan(100);
  });

  it("refuses a database that is no recording", async () => {
    const path = join(folder, "contacts.db3");
    const database = new sqlite.Database(path);
    database.exec("CREATE TABLE people(name TEXT)");
    database.close();
    await expect(openBag(path)).rejects.toThrow(/contacts\.db3 is not a rosbag2 recording/);
  });
});

async function wordsOf(path: string): Promise<string[]> {
  const before = await Promise.all((await readdir(path)).map((f) => readFile(join(path, f))));
  const bag = await openBag(path);
  expect(bag.info.damage.join()).toMatch(/recorder was killed/);
  const words: string[] = [];
  for await (const message of bag.messages()) {
    words.push((message.decode() as { data: string }).data);
  }
  await bag.close();
  const after = await Promise.all((await readdir(path)).map((f) => readFile(join(path, f))));
  expect(after).toEqual(before);
  return words;
}
