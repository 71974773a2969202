/**
 * The live node on a ROS 2 graph against a bare rclnodejs subscription: images received, CPU where
 * images are dropped anyway and at five rewards a second, lateness of rewards without the model's
 * time, CPU of /tf, memory. Exits with 1 where a goal is missed. Needs a sourced ROS 2.
 *
 *   npm run bench:ros [-- <minutes of the memory row, default 10> <seconds of a run, default 15>]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRosWorkspace, hasSourcedRos } from "../../test/support/rosWorkspace.js";
import { Child } from "./Child.js";

const SECONDS = Number(process.argv[3] ?? 15);
/** Of the parameter rate: hardly an image is let through; five a second. */
const DROPPED_HZ = 0.1;
const REWARDS_HZ = 5;
const TOPIC = "/camera/image_raw";
/** For the graph to be found, after the model is ready. */
const WARM_MS = 3000;
/** rgbd refuses at once where there is no depth: what is left is the bridge itself. */
const TASK = `name: bench
objects:
  a: { phrase: the gripper, frame: robot_link_3 }
  b: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: a, object: b }
reward:
  terms: { near: "-reach" }
`;

interface Heard {
  readonly received: number;
  readonly agesMs: readonly number[];
}
interface Figures extends Heard {
  readonly share: number;
  readonly cpu: number;
}
interface Case {
  readonly size: "640x480" | "1280x720";
  readonly hz: number;
  readonly transport: "raw" | "compressed";
}

if (!hasSourcedRos) {
  console.error("no ROS 2 is sourced: source /opt/ros/<distro>/setup.bash");
  process.exit(2);
}
const minutes = Number(process.argv[2] ?? 10);
const { env, app } = process.env.SRB_APP
  ? { env: process.env as Record<string, string>, app: process.env.SRB_APP }
  : buildRosWorkspace();
const folder = mkdtempSync(join(tmpdir(), "bench-ros-"));
const taskFile = join(folder, "bench.yaml");
writeFileSync(taskFile, TASK);

const script = (name: string): string[] => [
  "--import",
  "tsx",
  new URL(`${name}.ts`, import.meta.url).pathname,
  app,
];
const topicOf = ({ transport }: Case): string =>
  transport === "raw" ? TOPIC : `${TOPIC}/compressed`;

function publisher({ size, hz, transport, ...rest }: Case, seconds: number): Child {
  const topic = topicOf({ size, hz, transport, ...rest });
  return new Child(
    [...script("imagePublisher"), topic, size, transport, String(hz), String(seconds)],
    env,
  );
}

function bridge({ transport }: Case, rateHz: number): Child {
  const parameters = {
    ...{ task: taskFile, camera: TOPIC, image_transport: transport, vlm: "rgbd" },
    rate: rateHz.toFixed(1),
  };
  const assignments = Object.entries(parameters).flatMap(([name, value]) => [
    "-p",
    `${name}:=${value}`,
  ]);
  return new Child([join(app, "dist/cli/main.js"), "node", "--ros-args", ...assignments], env);
}

/** CPU of the subject over the publisher's run, as a share of one core. */
async function during(subject: Child, source: Child): Promise<{ published: number; cpu: number }> {
  const before = subject.cpuS;
  const start = performance.now();
  const { published } = await source.result<{ published: number }>();
  return { published, cpu: ((subject.cpuS - before) * 1000) / (performance.now() - start) };
}

async function measureBare(each: Case): Promise<Figures> {
  const type = `sensor_msgs/msg/${each.transport === "raw" ? "Image" : "CompressedImage"}`;
  const subject = new Child([...script("bareSubscriber"), topicOf(each), type], env);
  await subject.prints("ready");
  const { published, cpu } = await during(subject, publisher(each, SECONDS));
  const heard = await subject.result<Heard>("SIGTERM");
  return { ...heard, share: heard.received / published, cpu };
}

/** `received` counts what the rate lets through. */
async function measureBridge(each: Case, rateHz: number): Promise<Figures> {
  const listener = new Child(script("rewardListener"), env);
  await listener.prints("ready");
  const subject = bridge(each, rateHz);
  await listener.prints("model ready");
  await sleep(WARM_MS);
  const { published, cpu } = await during(subject, publisher(each, SECONDS));
  // One more status, with the last counts.
  await sleep(1500);
  const heard = await listener.result<Heard>("SIGTERM");
  await subject.end();
  return { ...heard, share: heard.received / published, cpu };
}

/** CPU of a node that follows /tf and sees no image, as a share of one core. */
async function measureTf(hz: number, transforms: number): Promise<number> {
  const traffic = new URL("../../test/support/tfTraffic.mjs", import.meta.url).pathname;
  const robot = new Child(
    [traffic, process.env.TF_APP ?? app, String(hz), String(transforms)],
    env,
  );
  await robot.prints("ready");
  const listener = new Child(script("rewardListener"), env);
  await listener.prints("ready");
  const subject = bridge({ size: "640x480", hz: 30, transport: "raw" }, 0);
  await listener.prints("model ready");
  await sleep(WARM_MS);
  const before = subject.cpuS;
  const start = performance.now();
  await sleep(SECONDS * 1000);
  const cpu = ((subject.cpuS - before) * 1000) / (performance.now() - start);
  await subject.end();
  listener.kill();
  robot.kill();
  return cpu;
}

/** Peaks of the first and of the last quarter, after a minute of warming up. */
async function memoryOver(each: Case): Promise<{ first: number; last: number }> {
  const subject = bridge(each, 0);
  await sleep(WARM_MS);
  const source = publisher(each, minutes * 60 + 60);
  await sleep(60_000);
  const samples: number[] = [];
  for (const endMs = performance.now() + minutes * 60_000; performance.now() < endMs; ) {
    await sleep(1000);
    samples.push(subject.memoryMib);
  }
  await source.result();
  await subject.end();
  const quarter = Math.ceil(samples.length / 4);
  return {
    first: Math.max(...samples.slice(0, quarter)),
    last: Math.max(...samples.slice(-quarter)),
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
let isMet = true;
const goal = (met: boolean): string => {
  isMet &&= met;
  return met ? "met" : "MISSED";
};

console.log(
  "| images | CPU: bare | ours, all dropped | ratio ≤ 1.3 | ours, 5 rewards/s | ratio ≤ 1.5 | p50 late: ours ≤ 5 ms | bare |",
);
console.log("|---|---|---|---|---|---|---|---|");
try {
  for (const size of ["640x480", "1280x720"] as const) {
    for (const hz of [30, 60]) {
      for (const transport of ["raw", "compressed"] as const) {
        const each = { size, hz, transport };
        const bare = await measureBare(each);
        const dropped = await measureBridge(each, DROPPED_HZ);
        const rewarded = await measureBridge(each, REWARDS_HZ);
        const late = median(rewarded.agesMs);
        const droppedRatio = dropped.cpu / bare.cpu;
        const ratio = rewarded.cpu / bare.cpu;
        console.log(
          `| ${size} ${hz} Hz ${transport} | ${percent(bare.cpu)} ` +
            `| ${percent(dropped.cpu)} | ${droppedRatio.toFixed(2)} ${goal(droppedRatio <= 1.3)} ` +
            `| ${percent(rewarded.cpu)} | ${ratio.toFixed(2)} ${goal(ratio <= 1.5)} ` +
            `| ${late.toFixed(1)} ms ${goal(late <= 5)} | ${median(bare.agesMs).toFixed(1)} ms |`,
        );
      }
    }
  }
  for (const [hz, transforms] of [
    [50, 20],
    [500, 10],
  ] as const) {
    const cpu = await measureTf(hz, transforms);
    console.log(`/tf at ${hz} Hz x ${transforms}: ${percent(cpu)} < 8 % ${goal(cpu < 0.08)}`);
  }
  if (minutes > 0) {
    const { first, last } = await memoryOver({ size: "640x480", hz: 30, transport: "raw" });
    console.log(
      `\nmemory over ${minutes} min, 640x480 30 Hz raw: first quarter's peak ${first.toFixed(0)} MiB, ` +
        `last quarter's ${last.toFixed(0)} MiB, ratio ${(last / first).toFixed(3)} ≤ 1.1 ${goal(last <= first * 1.1)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (!isMet) process.exitCode = 1;
