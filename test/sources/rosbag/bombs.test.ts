import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import zstd from "@foxglove/wasm-zstd";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BagWriter, findRecordings, openBag, readBagInfo } from "../../../src/sources/index.js";
import { unpackMessage } from "../../../src/sources/rosbag/unpackMessage.js";
import { cpuMs } from "../../support/cpuMs.js";
import { readAll, STRING, T0, temporaryFolder } from "./recordings.js";

const made = await temporaryFolder();
const folder = () => made;
const TOPIC = { name: "/s", type: STRING, encoding: "cdr" };

beforeAll(async () => {
  await zstd.isLoaded;
});

/** Where 1 MiB is all that may be used, everything is a bomb. */
async function withLimit<T>(limit: string, work: () => Promise<T>): Promise<T> {
  vi.stubEnv("SPATIAL_REWARD_MAX_MEMORY", limit);
  try {
    return await work();
  } finally {
    vi.unstubAllEnvs();
  }
}

async function bagOf(path: string, chars: number): Promise<string> {
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: "/s", type: STRING });
  await writer.write("/s", T0, { data: "x".repeat(chars) });
  await writer.close();
  return path;
}

describe("a recording that unpacks to more than may be in memory", () => {
  it("loses the chunk, and says which and how to read it", async () => {
    const path = await bagOf(join(folder(), "chunk.mcap"), 2 ** 21);
    await withLimit("4M", async () => {
      await using bag = await openBag(path);
      expect(await readAll(bag)).toEqual([]);
      expect(bag.info.damage.join()).toMatch(/chunk at byte \d+.*more memory.*MAX_MEMORY/);
    });
    await using whole = await openBag(path);
    expect(await readAll(whole)).toHaveLength(1);
  });

  it("loses the message, and names its topic", async () => {
    const packed = zstd.compress(new Uint8Array(2 ** 21), 1);
    await withLimit("4M", async () => {
      expect(() => unpackMessage(TOPIC, packed)).toThrow(/\/s: .*more memory than is allowed/);
    });
    expect(unpackMessage(TOPIC, packed).byteLength).toBe(2 ** 21);
  });

  it("is read up to where a compressed file unpacks to hundreds of times its size", async () => {
    const packed = zstd.compress(new Uint8Array(2 ** 24), 1);
    const path = join(folder(), "bomb.mcap.zstd");
    await writeFile(path, packed);
    await withLimit("1M", async () => {
      await expect(openBag(path)).rejects.toThrow();
    });
  });
});

describe("a zstd block that announces copies without end", () => {
  /** 98,047 copies of 128 kB, in a block of 10 bytes: one symbol for each of its codes (RFC 8878, 3.1.1.3). */
  const BLOCK = [0x01, 0x41, 0xff, 0xff, 0xff, 0x54, 35, 0, 52, 0x01];
  const HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
  const ENDLESS = Uint8Array.from([...HEAD, (BLOCK.length << 3) | (2 << 1) | 1, 0, 0, ...BLOCK]);

  it("costs a message, and no more than seconds", async () => {
    const spentMs = await cpuMs(() => {
      expect(() => unpackMessage(TOPIC, ENDLESS)).toThrow(/\/s: .*damaged.*does not end/);
    });
    expect(spentMs).toBeLessThan(3000);
  }, 60_000);

  it("costs the rest of a compressed file", async () => {
    const plain = zstd.compress(await readFile(await bagOf(join(folder(), "sound.mcap"), 9)));
    const path = join(folder(), "endless.mcap.zstd");
    await writeFile(path, Buffer.concat([plain, ENDLESS]));
    const spentMs = await cpuMs(async () => {
      await using bag = await openBag(path);
      expect(await readAll(bag)).toHaveLength(1);
      expect(bag.info.damage.join()).toMatch(/zstd compression is damaged.*does not end/);
    });
    expect(spentMs).toBeLessThan(3000);
  }, 60_000);
});

describe("a folder with a metadata.yaml that is none", () => {
  it.each([
    ["broken", "a: [\n  - }"],
    ["empty", ""],
    ["of something else", "rosbag2_bagfile_information: 3"],
    [
      "a bomb of aliases",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`)}]`).join("\n")}`,
    ],
  ])("is read as bag info reads it where it is %s", async (name, text) => {
    const bag = join(folder(), name.replaceAll(" ", "-"));
    await mkdir(bag);
    await bagOf(join(bag, "x_0.mcap"), 10);
    await writeFile(join(bag, "metadata.yaml"), text);
    const [recording = "", ...others] = await findRecordings([bag]);
    expect(others).toEqual([]);
    await using opened = await openBag(recording);
    expect(await readAll(opened)).toHaveLength(1);
    expect((await readBagInfo(bag)).messageCount).toBe(1);
  });

  it("is read where metadata.yaml is a folder, or lists a file three times", async () => {
    const odd = join(folder(), "odd");
    await mkdir(join(odd, "metadata.yaml"), { recursive: true });
    await bagOf(join(odd, "x_0.mcap"), 10);
    expect((await readBagInfo(odd)).messageCount).toBe(1);
    expect(await findRecordings([odd])).toHaveLength(1);
    const thrice = join(folder(), "thrice");
    await mkdir(thrice);
    await bagOf(join(thrice, "x_0.mcap"), 10);
    const listed =
      "rosbag2_bagfile_information: {relative_file_paths: [x_0.mcap, x_0.mcap, thrice/x_0.mcap]}";
    await writeFile(join(thrice, "metadata.yaml"), listed);
    expect((await readBagInfo(thrice)).messageCount).toBe(1);
  });
});
