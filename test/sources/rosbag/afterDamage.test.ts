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

  it("that ends too early does none either", async () => {
    const bytes = readFileSync(join(FIXTURES, "ros1_lz4.bag"));
    const start = bytes.indexOf(MAGIC);
    const cut = bytes.subarray(start, start + 12);
    const first = await unpackerOf("lz4");
    try {
      await first?.(cut, 100);
    } catch (error) {
      expect(String(error)).toContain("decompression");
    }
    expect(await countOf(join(FIXTURES, "ros1_lz4.bag"))).toBeGreaterThan(0);
  });
});
