/**
 * One reward a step of a simulator through `~/evaluate_reward`, called from rclpy, against a service
 * of rclpy that takes the same requests and answers at once. The two take turns of a few steps, so
 * that the load of the machine is the same for both. Exits with 1 where a reward of rgbd is not valid.
 * Needs a sourced ROS 2.
 *
 *   npm run bench:ros:evaluate [-- <steps of each, default 400>]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRosWorkspace, hasSourcedRos } from "../../test/support/rosWorkspace.js";
import { Child } from "./Child.js";

const TASK = `name: bench
objects:
  a: { phrase: the gripper, labels: [1] }
  b: { phrase: the red mug, labels: [2] }
measurements:
  reach: { kind: distance, subject: a, object: b }
staleness: 60 s
reward:
  terms: { near: "-reach" }
`;

interface Summary {
  readonly steps_per_s: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Share of the steps. */
  readonly valid: number;
}

interface Case {
  readonly vlm: "rgbd" | "embedded";
  /** What a request holds; see evaluate_reward.py. */
  readonly sends: "color" | "rgbd";
  readonly size: readonly [width: number, height: number];
}

const CASES: readonly Case[] = [
  { vlm: "rgbd", sends: "rgbd", size: [320, 240] },
  { vlm: "rgbd", sends: "rgbd", size: [640, 480] },
  { vlm: "embedded", sends: "color", size: [320, 240] },
];

if (!hasSourcedRos) {
  console.error("no ROS 2 is sourced: source /opt/ros/<distro>/setup.bash");
  process.exit(2);
}
const steps = process.argv[2] ?? "400";
const { env, bridge: program } = buildRosWorkspace();
const folder = mkdtempSync(join(tmpdir(), "evaluate-ros-"));
const task = join(folder, "bench.yaml");
writeFileSync(task, TASK);
const python = (name: string, ...args: string[]) =>
  new Child([new URL(name, import.meta.url).pathname, ...args], env, "python3");

let areValid = true;

async function measure({ vlm, sends, size: [width, height] }: Case): Promise<string> {
  const given = { task, vlm, camera: "/camera/color", image_timeout: "0.0" };
  const parameters = Object.entries(given).flatMap(([name, value]) => ["-p", `${name}:=${value}`]);
  const bridge = new Child(["--ros-args", ...parameters], env, program);
  try {
    await bridge.logs(`model ${vlm}`);
    const client = python("evaluate_reward.py", steps, String(width), String(height), sends);
    const told = await client.result<Readonly<Record<"bridge" | "trivial", Summary>>>();
    const inWords = ({ steps_per_s: rate, p50_ms: p50, p99_ms: p99 }: Summary) =>
      `${rate.toFixed(0)} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms`;
    // embedded refuses noise.
    if (vlm === "rgbd") areValid &&= told.bridge.valid === 1;
    return (
      `| ${vlm}, ${width}x${height} ${sends} | ${inWords(told.bridge)} | ${inWords(told.trivial)} ` +
      `| ${(told.bridge.p50_ms / told.trivial.p50_ms).toFixed(1)} | ${(100 * told.bridge.valid).toFixed(0)} % |`
    );
  } finally {
    await bridge.end();
  }
}

const trivial = python("trivial_service.py");
try {
  await trivial.prints("ready");
  console.log(
    `| ${steps} steps | steps/s | p50 | p99 | trivial: steps/s | p50 | p99 | p50 ratio | valid |`,
  );
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const each of CASES) console.log(await measure(each));
} finally {
  await trivial.end();
  rmSync(folder, { recursive: true, force: true });
}
if (!areValid) process.exitCode = 1;
