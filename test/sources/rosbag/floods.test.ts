import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McapWriter } from "@mcap/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  checkMemory,
  HeldMemory,
  MemoryExceededError,
  memoryLimit,
} from "../../../src/base/index.js";
import { openBag } from "../../../src/sources/index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floods-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Messages with nothing in them but their number, in chunks of about that size. */
async function flood(count: number, chunkBytes: number, logNs: (i: number) => bigint) {
  const parts: Uint8Array[] = [];
  let position = 0n;
  const write = async (bytes: Uint8Array) => {
    parts.push(bytes.slice());
    position += BigInt(bytes.byteLength);
  };
  const writable = { position: () => position, write };
  const writer = new McapWriter({ writable, chunkSize: chunkBytes });
  await writer.start({ profile: "ros2", library: "test" });
  const schemaId = await writer.registerSchema({
    ...{ name: "std_msgs/msg/UInt32", encoding: "ros2msg" },
    data: new TextEncoder().encode("uint32 data"),
  });
  const channelId = await writer.registerChannel({
    ...{ topic: "/flood", schemaId, messageEncoding: "cdr", metadata: new Map() },
  });
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array([0, 1, 0, 0, i & 255, (i >> 8) & 255, 0, 0]);
    await writer.addMessage({ channelId, sequence: i, logTime: logNs(i), publishTime: 0n, data });
  }
  await writer.end();
  const path = join(folder, "flood.mcap");
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

/** The numbers of the messages, in the order in which they are read. */
async function read(path: string) {
  await using bag = await openBag(path);
  const numbers: number[] = [];
  for await (const { data } of bag.messages()) numbers.push((data[4] ?? 0) + 256 * (data[5] ?? 0));
  return { numbers, damage: bag.info.damage };
}

const COUNT = 5000;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("a flood of empty messages in one chunk", () => {
  it("is read whole and in order", async () => {
    const path = await flood(COUNT, 1 << 20, (i) => BigInt(i));
    expect(await read(path)).toEqual({ numbers: upTo(COUNT), damage: [] });
  });

  it("is put in order, and equal times stay as they were written", async () => {
    const path = await flood(COUNT, 1 << 20, (i) => BigInt(9 - (i % 10)));
    const { numbers, damage } = await read(path);
    const expected = upTo(COUNT).sort((a, b) => (b % 10) - (a % 10) || a - b);
    expect({ numbers, damage }).toEqual({ numbers: expected, damage: [] });
  });
});

describe("chunks whose times overlap", () => {
  it("may take half of the limit together", () => {
    vi.stubEnv("SPATIAL_REWARD_MAX_MEMORY", "4M");
    const first = HeldMemory.take(1 << 20);
    const second = HeldMemory.take(1 << 20);
    expect(() => HeldMemory.take(1)).toThrow("with others of the same time it would take more");
    second.release();
    HeldMemory.take(1 << 20).release();
    first.release();
  });

  it("are told as damage with size and topic where they take more, and the others are read", async () => {
    const path = await flood(9000, 100_000, () => 5n);
    const held = HeldMemory.take(memoryLimit() / 2 - 250_000);
    const { numbers, damage } = await read(path);
    held.release();
    expect(numbers.length).toBeGreaterThan(4000);
    expect(numbers.length).toBeLessThan(9000);
    expect(damage[0]).toMatch(
      /chunk at byte \d+ \(\d+ bytes; \/flood\) is lost: with others of the same time/,
    );
    expect((await read(path)).numbers).toHaveLength(9000);
  });
});

describe("checkMemory", () => {
  it("ends a run that holds more than is allowed, and says where it was and what to do", () => {
    vi.stubEnv("SPATIAL_REWARD_MAX_MEMORY", "1M");
    const check = () => checkMemory(() => "run1.mcap: /camera/image at 1.0 s");
    expect(check).toThrow(MemoryExceededError);
    expect(check).toThrow(
      /^run1\.mcap: \/camera\/image at 1\.0 s: the run holds \d+ MiB of memory, and 1 MiB are allowed\. Set SPATIAL_REWARD_MAX_MEMORY/,
    );
  });

  it("lets one pass that holds less", () => {
    expect(() => checkMemory(() => "run1.mcap")).not.toThrow();
  });
});
