/**
 * One reward a step of a simulator through `~/evaluate_reward`, called from rclpy, against a service
 * of rclpy that takes the same requests and answers at once. The two take turns of a few steps, so
 * that the load of the machine is the same for both. Exits with 1 where a goal is missed, or a reward
 * of rgbd is not valid. Needs a sourced ROS 2.
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

/** Of the median of a step: at most so many times the trivial service's. */
const MOST_RATIO = 2;

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

let isMet = true;
const goal = (met: boolean): string => {
  isMet &&= met;
  return met ? "met" : "MISSED";
};

async function measure({ vlm, sends, size: [width, height] }: Case): Promise<string> {
  const given = { task, vlm, camera: "/camera/color", image_timeout: "0.0" };
  const parameters = Object.entries(given).flatMap(([name, value]) => ["-p", `${name}:=${value}`]);
  const bridge = new Child(["--ros-args", ...parameters], env, program);
  try {
    await bridge.logs(`model ${vlm}`);
    const client = python("evaluate_reward.py", steps, String(width), String(height), sends);
    const told = await client.result<Readonly<Record<"bridge" | "trivial", Summary>>>();
    const ratio = told.bridge.p50_ms / told.trivial.p50_ms;
    const inWords = ({ steps_per_s: rate, p50_ms: p50, p99_ms: p99 }: Summary) =>
      `${rate.toFixed(0)} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms`;
    // What embedded computes is the model's own affair; that rewards of noise are refused as well.
    const judged =
      vlm === "rgbd" ? `${goal(ratio <= MOST_RATIO)}, valid ${goal(told.bridge.valid === 1)}` : "";
    return (
      `| ${vlm}, ${width}x${height} ${sends} | ${inWords(told.bridge)} | ${inWords(told.trivial)} ` +
      `| ${ratio.toFixed(2)} ${judged} |`
    );
  } finally {
    await bridge.end();
  }
}

const trivial = python("trivial_service.py");
try {
  await trivial.prints("ready");
  console.log(
    `| ${steps} steps | steps/s | p50 | p99 | trivial: steps/s | p50 | p99 | p50 ratio ≤ ${MOST_RATIO} |`,
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const each of CASES) console.log(await measure(each));
} finally {
  await trivial.end();
  rmSync(folder, { recursive: true, force: true });
}
if (!isMet) process.exitCode = 1;
