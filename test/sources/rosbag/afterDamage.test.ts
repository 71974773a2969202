import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBag } from "../../../src/sources/index.js";
import { unpackerOf } from "../../../src/sources/rosbag/unpacker.js";
import { temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const FIXTURES = join(import.meta.dirname, "fixtures");
/** An LZ4 frame begins with these. */
const MAGIC = Buffer.of(0x04, 0x22, 0x4d, 0x18);

async function countOf(path: string): Promise<number> {
  await using bag = await openBag(path);
  let read = 0;
  for await (const _ of bag.messages()) read += 1;
  return read;
}

describe("a damaged LZ4 chunk", () => {
  it("does no harm to sound ones that are read after it", async () => {
    const sound = join(FIXTURES, "ros1_lz4.bag");
    const whole = await countOf(sound);
    expect(whole).toBeGreaterThan(0);
    const bytes = readFileSync(sound);
    const damaged = join(folder, "damaged.bag");
    // The frame's descriptor, and the length of its first block.
    bytes.fill(0xff, bytes.indexOf(MAGIC) + 7, bytes.indexOf(MAGIC) + 11);
    writeFileSync(damaged, bytes);
    expect(await countOf(damaged)).toBeLessThan(whole);
    expect(await countOf(sound)).toBe(whole);
  });

  it("that ends too early does none either, nor to one that is read at the same time", async () => {
    const bytes = readFileSync(join(FIXTURES, "ros1_lz4.bag"));
    const start = bytes.indexOf(MAGIC);
    const size = bytes.readUInt32LE(bytes.lastIndexOf("size=", start) + 5);
    const frame = bytes.subarray(start, start + bytes.readUInt32LE(start - 4));
    const cut = frame.subarray(0, 12);
    const unpack = await unpackerOf("lz4");
    const unpacked = await Promise.allSettled(
      [cut, frame, cut, cut, frame, frame].map(async (packed) => unpack?.(packed, size)),
    );
    const lengths = unpacked.map((it) => it.status === "fulfilled" && it.value?.byteLength);
    expect(lengths).toEqual([false, size, false, false, size, size]);
    expect(await countOf(join(FIXTURES, "ros1_lz4.bag"))).toBeGreaterThan(0);
  });
});
