/**
 * Reading and decoding every message of a recording, against PyPI's mcap with mcap-ros2-support: each
 * round runs both, in new processes (cold: the first reading of each) and again in the same (warm).
 *
 *   python3 -m venv out/pyvenv && out/pyvenv/bin/pip install mcap mcap-ros2-support
 *   npm run bench:reading            # PYTHON names another interpreter
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rosTimeOf } from "../../src/base/index.js";
import { BagWriter } from "../../src/sources/index.js";
import { median } from "../median.js";

const ROUNDS = 5;
const READINGS = 6;
const T0 = 1_700_000_000_000_000_000n;
const PYTHON = process.env.PYTHON ?? "out/pyvenv/bin/python";

interface Reading {
  readonly messages: number;
  readonly ms: readonly number[];
  readonly peakMb: number;
}

function header(ns: bigint) {
  const stamp = rosTimeOf(ns);
  return { stamp, frame_id: "camera" };
}

/** 640x480 colour with the grain of a sensor, and smooth depth: 1.5 MB a frame. */
async function writeImages(path: string, frames: number): Promise<void> {
  let state = 1;
  const color = Uint8Array.from({ length: 640 * 480 * 3 + frames }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 96 + (state >>> 28);
  });
  const depth = Uint16Array.from({ length: 640 * 480 }, (_, i) => 1000 + ((i % 640) >> 3));
  const writer = await BagWriter.create(path);
  for (const name of ["/color", "/depth"]) {
    await writer.addTopic({ name, type: "sensor_msgs/msg/Image" });
  }
  for (let frame = 0; frame < frames; frame++) {
    const ns = T0 + BigInt(frame) * 33_333_333n;
    const shape = { header: header(ns), width: 640, height: 480 };
    const rgb = color.subarray(frame, frame + 640 * 480 * 3);
    await writer.write("/color", ns, { ...shape, step: 1920, encoding: "rgb8", data: rgb });
    const mm = new Uint8Array(depth.buffer);
    await writer.write("/depth", ns, { ...shape, step: 1280, encoding: "16UC1", data: mm });
  }
  await writer.close();
}

async function writeJoints(path: string, count: number): Promise<void> {
  const name = ["a", "b", "c", "d", "e", "f", "g"];
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: "/joint_states", type: "sensor_msgs/msg/JointState" });
  for (let at = 0; at < count; at++) {
    const ns = T0 + BigInt(at) * 1_000_000n;
    const position = Float64Array.from(name, (_, joint) => Math.sin(at / 100 + joint));
    await writer.write("/joint_states", ns, { header: header(ns), name, position });
  }
  await writer.close();
}

async function reading(program: string, args: readonly string[]): Promise<Reading> {
  const { stdout } = await promisify(execFile)(program, [...args]);
  return JSON.parse(stdout) as Reading;
}

async function compare(name: string, path: string): Promise<void> {
  const cold = { ours: [] as number[], python: [] as number[] };
  const warm = { ours: [] as number[], python: [] as number[] };
  let peakMb = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const read = (file: string) => join(import.meta.dirname, file);
    const sides = [
      ["ours", process.execPath, ["--import", "tsx", read("read.ts"), path, `${READINGS}`]],
      ["python", PYTHON, [read("read.py"), path, `${READINGS}`]],
    ] as const;
    const messages: number[] = [];
    for (const [side, program, args] of round % 2 === 0 ? sides : sides.toReversed()) {
      const result = await reading(program, args);
      const [first = 0, ...others] = result.ms;
      cold[side].push(first);
      warm[side].push(median(others));
      messages.push(result.messages);
      if (side === "ours") peakMb = Math.max(peakMb, result.peakMb);
    }
    if (messages[0] !== messages[1]) throw new Error(`the readers disagree: ${messages}`);
  }
  for (const [kind, { ours, python }] of Object.entries({ cold, warm })) {
    const [a, b] = [median(ours), median(python)];
    const ratio = (b / a).toFixed(2);
    console.log(
      `${name}, ${kind}: ${a.toFixed(0)} ms, Python ${b.toFixed(0)} ms: ${ratio} x as fast`,
    );
  }
  console.log(`${name}: peak memory ${peakMb.toFixed(0)} MB`);
}

const folder = await mkdtemp(join(tmpdir(), "reading-"));
try {
  const [images, long, joints] = ["images", "long", "joints"].map((n) => join(folder, `${n}.mcap`));
  if (!images || !long || !joints) throw new Error("no paths");
  await writeImages(images, 70);
  await writeImages(long, 280);
  await writeJoints(joints, 50_000);
  await compare("images (110 MB)", images);
  await compare("images (430 MB)", long);
  await compare("joint states (50,000)", joints);
} finally {
  await rm(folder, { recursive: true, force: true });
}
