import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { McapIndexedReader } from "@mcap/core";
import { FileHandleReadable } from "@mcap/nodejs";
import { loadDecompressHandlers } from "@mcap/support";
import { rosTimeOf } from "../src/base/index.js";
import { BagWriter, openBag } from "../src/sources/index.js";
import type { BenchRow } from "./BenchRow.js";
import { median } from "./median.js";

const ROUNDS = 9;
const WIDTH = 320;
const HEIGHT = 240;
const FPS = 10;
const START_NS = 1_700_000_000_000_000_000n;

/** Bytes that zstd packs about as far as it packs camera images. */
function grain(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 96 + (state >>> 28);
  });
}

function header(stampNs: bigint) {
  const stamp = rosTimeOf(stampNs);
  return { stamp, frame_id: "camera_optical" };
}

async function writeCameraBag(path: string, seconds: number): Promise<void> {
  const pool = grain(2 * WIDTH * HEIGHT * 3);
  const writer = await BagWriter.create(path);
  const image = (topic: string, encoding: string, bytes: number) => {
    const step = WIDTH * bytes;
    return async (stampNs: bigint, at: number) => {
      const data = pool.subarray(at % 1000, (at % 1000) + step * HEIGHT);
      const size = { width: WIDTH, height: HEIGHT, step, encoding };
      await writer.write(topic, stampNs, { header: header(stampNs), ...size, data });
    };
  };
  await writer.addTopic({ name: "/cam/color/image_raw", type: "sensor_msgs/msg/Image" });
  await writer.addTopic({ name: "/cam/depth/image_raw", type: "sensor_msgs/msg/Image" });
  const color = image("/cam/color/image_raw", "rgb8", 3);
  const depth = image("/cam/depth/image_raw", "16UC1", 2);
  for (let frame = 0; frame < seconds * FPS; frame++) {
    const stampNs = START_NS + BigInt(frame) * (1_000_000_000n / BigInt(FPS));
    await color(stampNs, frame);
    await depth(stampNs, frame);
  }
  await writer.close();
}

async function writeJointBag(path: string): Promise<void> {
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: "/joint_states", type: "sensor_msgs/msg/JointState" });
  const name = ["a", "b", "c", "d", "e", "f", "g"];
  for (let at = 0; at < 100_000; at++) {
    const stampNs = START_NS + BigInt(at) * 1_000_000n;
    const position = Float64Array.from(name, (_, joint) => Math.sin(at / 100 + joint));
    await writer.write("/joint_states", stampNs, { header: header(stampNs), name, position });
  }
  await writer.close();
}

async function readOurs(path: string): Promise<number> {
  const bag = await openBag(path);
  let bytes = 0;
  for await (const { data } of bag.messages()) bytes += data.byteLength;
  await bag.close();
  return bytes;
}

async function readBare(path: string): Promise<number> {
  const handle = await open(path, "r");
  const reader = await McapIndexedReader.Initialize({
    readable: new FileHandleReadable(handle),
    decompressHandlers: await loadDecompressHandlers(),
  });
  let bytes = 0;
  for await (const { data } of reader.readMessages()) bytes += data.byteLength;
  await handle.close();
  return bytes;
}

/** Alternates the two, and who begins, so that both meet the same machine. */
async function compareReading(name: string, path: string): Promise<BenchRow> {
  const ours: number[] = [];
  const base: number[] = [];
  const timed = async (read: (path: string) => Promise<number>, times: number[]) => {
    const startMs = performance.now();
    const bytes = await read(path);
    times.push(performance.now() - startMs);
    return bytes;
  };
  if ((await readOurs(path)) !== (await readBare(path))) throw new Error("the readers disagree");
  for (let round = 0; round < ROUNDS; round++) {
    const both = [() => timed(readOurs, ours), () => timed(readBare, base)];
    if (round % 2 === 1) both.reverse();
    for (const read of both) await read();
  }
  return {
    name,
    ours: median(ours),
    base: median(base),
    unit: "ms",
    baseName: "bare @mcap/core",
    goalRatio: 1.1,
  };
}

/** Peak memory of a process of its own that reads the bag; the least of three, as GC timing adds. */
async function peakMb(path: string, frames: number): Promise<number> {
  const script = new URL("bagPeakMemory.ts", import.meta.url).pathname;
  const peaks: number[] = [];
  for (let run = 0; run < 3; run++) {
    const args = [...process.execArgv, script, path];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const result = JSON.parse(stdout) as { frames: number; peakMb: number };
    if (result.frames !== frames) throw new Error(`${result.frames} of ${frames} frames were read`);
    peaks.push(result.peakMb);
  }
  return Math.min(...peaks);
}

/** Reading against @mcap/core alone, and whether memory grows with the length of a bag. */
export default async function bagBench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "bag-bench-"));
  try {
    const [short, long, joints] = ["short", "long", "joints"].map((n) => join(folder, `${n}.mcap`));
    await writeCameraBag(short!, 60);
    await writeCameraBag(long!, 600);
    await writeJointBag(joints!);
    return [
      await compareReading("bag reading, images (230 kB messages)", short!),
      await compareReading("bag reading, joint states (0.2 kB messages)", joints!),
      {
        name: "peak memory of bagFrames, 600 s bag",
        ours: await peakMb(long!, 600 * FPS),
        base: await peakMb(short!, 60 * FPS),
        unit: "MB",
        baseName: "60 s bag",
        goalRatio: 1.1,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
