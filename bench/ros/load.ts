/**
 * The live node under load: three cameras at 30 Hz and /tf at 500 Hz × 10 transforms, a question by
 * service ten times a second. Tells what became of every image, how long services took, and whether
 * memory grows. Exits with 1 where a goal is missed. Needs a sourced ROS 2. The series of memory and
 * CPU is in out/ros-load.csv.
 *
 *   npm run bench:ros:load [-- <minutes, default 60> <raw|compressed>]
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRosWorkspace, hasSourcedRos } from "../../test/support/rosWorkspace.js";
import { Child } from "./Child.js";

const CAMERAS = ["/front", "/left", "/right"];
const SIZE = "640x480";
const HZ = 30;
const WARM_S = 60;
const SERIES = "out/ros-load.csv";
const TASK = `name: load
objects:
  a: { phrase: the gripper, frame: robot_link_3 }
  b: { phrase: the red mug, frame: red_mug }
measurements:
  reach: { kind: distance, subject: a, object: b }
reward:
  terms: { near: "-reach" }
`;

interface Counts {
  readonly in: number;
  readonly annotated: number;
  readonly dropped: number;
  readonly failed: number;
  readonly pending: number;
  readonly lost: number;
}

if (!hasSourcedRos) {
  console.error("no ROS 2 is sourced: source /opt/ros/<distro>/setup.bash");
  process.exit(2);
}
const minutes = Number(process.argv[2] ?? 60);
const transport = process.argv[3] ?? "raw";
const { env, app, bridge: program } = buildRosWorkspace();
const folder = mkdtempSync(join(tmpdir(), "load-ros-"));
const taskFile = join(folder, "load.yaml");
writeFileSync(taskFile, TASK);
const script = (name: string): string[] => [
  "--import",
  "tsx",
  new URL(`${name}.ts`, import.meta.url).pathname,
  app,
];

const robot = new Child([...script("../../test/support/tfTraffic"), "500", "10"], env);
await robot.prints("ready");
const listener = new Child(script("statusListener"), env);
await listener.prints("ready");
const parameters = {
  task: taskFile,
  cameras: `[${CAMERAS.map((camera) => `${camera}/image_raw`).join(", ")}]`,
  image_transport: transport,
  vlm: "rgbd",
};
const assignments = Object.entries(parameters).flatMap(([name, value]) => [
  "-p",
  `${name}:=${value}`,
]);
const bridge = new Child(["--ros-args", ...assignments], env, program);
await sleep(10_000);
const seconds = minutes * 60 + WARM_S;
const sources = CAMERAS.map((camera) => {
  const topic = `${camera}/image_raw${transport === "raw" ? "" : "/compressed"}`;
  return new Child(
    [...script("imagePublisher"), SIZE, transport, String(HZ), String(seconds), "1", topic],
    env,
  );
});
const caller = new Child(script("serviceCaller"), env);
await sleep(WARM_S * 1000);
const memory: number[] = [];
writeFileSync(SERIES, "s,memory_mib,cpu_s\n");
const cpuBefore = bridge.cpuS;
const startMs = performance.now();
for (let second = 0; second < minutes * 60 - 5; second++) {
  await sleep(1000);
  memory.push(bridge.memoryMib);
  const row = [second + 1, bridge.memoryMib.toFixed(1), (bridge.cpuS - cpuBefore).toFixed(2)];
  appendFileSync(SERIES, `${row.join()}\n`);
}
const cpu = ((bridge.cpuS - cpuBefore) * 1000) / (performance.now() - startMs);
const { tookMs, refused } = await caller.result<{ tookMs: number[]; refused: number }>("SIGTERM");
let published = 0;
for (const source of sources) {
  const of = (await source.result<{ published: Record<string, number> }>()).published;
  published += Object.values(of).reduce((total, count) => total + count, 0);
}
await sleep(3000);
const { cameras } = await listener.result<{ cameras: Counts[] }>("SIGTERM");
await bridge.end();
robot.kill();
rmSync(folder, { recursive: true, force: true });

const sum = (of: (counts: Counts) => number): number =>
  cameras.reduce((total, counts) => total + of(counts), 0);
const received = sum((counts) => counts.in);
const unbalanced = received - sum((c) => c.annotated + c.dropped + c.failed + c.pending);
const unaccounted = (published - received - sum((counts) => counts.lost)) / published;
const sorted = tookMs.sort((a, b) => a - b);
const p99 = sorted[Math.floor(0.99 * sorted.length)] ?? Number.NaN;
const quarter = Math.ceil(memory.length / 4);
const growth = Math.max(...memory.slice(-quarter)) / Math.max(...memory.slice(0, quarter));
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
let isMet = true;
const goal = (met: boolean): string => {
  isMet &&= met;
  return met ? "met" : "MISSED";
};
console.log(`${minutes} min, 3 cameras ${SIZE} ${transport} at ${HZ} Hz, /tf 500 Hz x 10
images published ${published}, received ${received} (${percent(received / published)}), lost before the node by its own estimate ${sum((c) => c.lost)}
in = annotated ${sum((c) => c.annotated)} + dropped ${sum((c) => c.dropped)} + failed ${sum((c) => c.failed)} + pending: off by ${unbalanced} ${goal(unbalanced === 0)}
neither received nor estimated as lost: ${percent(unaccounted)} ${goal(Math.abs(unaccounted) < 0.01)}
CPU ${percent(cpu)} of a core
services: ${sorted.length} calls, ${refused} refused, median ${sorted[sorted.length >> 1]?.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms ${goal(p99 < 50)}
memory: peak of the first quarter ${Math.max(...memory.slice(0, quarter)).toFixed(0)} MiB, of the last ${Math.max(...memory.slice(-quarter)).toFixed(0)} MiB, ratio ${growth.toFixed(3)} ${goal(growth <= 1.1)}`);
process.exit(isMet ? 0 : 1);
