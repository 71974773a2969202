/**
 * Two workers of a fleet against one, each on a core of its own: how much of twice the work is done.
 * Helper threads (decoding, garbage) of a worker that may use both cores would count for the one.
 *
 *   npm run bench:fleet -- --recordings 16 --rounds 3          # needs redis-server and taskset
 *
 * Beside the queue the same recordings are annotated by one and by two pinned processes that know of no
 * queue: what the machine itself gives (memory, caches, shared execution units), which no queue can
 * better. Both numbers are of one run, in turns. Starting is left out: the time is that from the
 * beginning of the first recording to the end of the last one.
 */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Fleet } from "../../src/cli/fleet/Fleet.js";
import { HAS_REDIS, RedisServer } from "../../test/support/redisServer.js";
import { median } from "../median.js";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");
const TASK = resolve(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml");
/** Of twice the work of one. */
const BAR = 0.9;

const { values } = parseArgs({
  options: {
    recordings: { type: "string", default: "16" },
    rounds: { type: "string", default: "3" },
    vlm: { type: "string", default: "rgbd" },
  },
});
const count = Number(values.recordings);
const rounds = Number(values.rounds);

/** Runs the command line on one core. @throws Error if it fails */
async function onCore(core: number, ...args: readonly string[]): Promise<void> {
  const child = spawn("taskset", ["-c", String(core), process.execPath, MAIN, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  if (code !== 0) throw new Error(`${args.slice(0, 2).join(" ")}: ${code}: ${stderr}`);
}

const annotation = ["-t", TASK, "--vlm", values.vlm, "--format", "jsonl"];

/** Seconds that a queue of all recordings takes, from the first one's beginning to the last one's end. */
async function queued(runs: string, out: string, redis: string, workers: number): Promise<number> {
  const queue = ["--redis", redis, "--queue", out.replaceAll("/", "-")];
  await onCore(0, "fleet", "submit", runs, ...annotation, "-o", out, ...queue);
  await Promise.all(
    Array.from({ length: workers }, (_, core) =>
      onCore(core, "fleet", "work", "--until-empty", ...queue),
    ),
  );
  const fleet = await Fleet.open({ redis, queue: out.replaceAll("/", "-") });
  try {
    const jobs = await fleet.queue.getJobs(["completed"]);
    if (jobs.length !== count) throw new Error(`${jobs.length} of ${count} recordings are done`);
    const began = Math.min(...jobs.map(({ processedOn = 0 }) => processedOn));
    const ended = Math.max(...jobs.map(({ finishedOn = 0 }) => finishedOn));
    return (ended - began) / 1000;
  } finally {
    await fleet.close();
  }
}

/** Seconds that as many processes take which share the recordings beforehand, starting included. */
async function shared(runs: string, out: string, processes: number): Promise<number> {
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: processes }, (_, core) =>
      onCore(
        ...([core, "annotate", runs, ...annotation, "-o", out] as const),
        ...["--shard", `${core + 1}/${processes}`],
      ),
    ),
  );
  return (performance.now() - startMs) / 1000;
}

if (!HAS_REDIS) throw new Error("redis-server is not installed (Debian: apt install redis-server)");
const folder = await mkdtemp(join(tmpdir(), "bench-fleet-"));
const redis = await RedisServer.start();
try {
  const runs = join(folder, "runs");
  await mkdir(runs);
  const first = join(folder, "r.mcap");
  await onCore(0, "sim", "record", "--seed", "7", "--workers", "0", "-o", first);
  for (let i = 0; i < count; i++) await cp(first, join(runs, `r${i}.mcap`));
  const seconds: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const workers of round % 2 === 0 ? [1, 2] : [2, 1]) {
      const out = (name: string) => join(folder, `${name}-${round}-${workers}`);
      const kinds = {
        "fleet work": () => queued(runs, out("queue"), redis.url, workers),
        annotate: () => shared(runs, out("shards"), workers),
      };
      for (const [name, run] of Object.entries(kinds)) {
        const took = await run();
        seconds[`${name} ${workers}`] = [...(seconds[`${name} ${workers}`] ?? []), took];
        console.log(`${name.padEnd(12)} ${workers} on as many cores   ${took.toFixed(1)} s`);
      }
    }
  }
  for (const name of ["fleet work", "annotate"]) {
    const [one, two] = [1, 2].map((workers) => median(seconds[`${name} ${workers}`] ?? []));
    const share = (one ?? 0) / (2 * (two ?? 1));
    const goal = name === "annotate" ? "the machine's own" : `goal ${BAR}`;
    console.log(`${name.padEnd(12)} ${share.toFixed(2)} of linear (${goal}), ${count} recordings`);
  }
} finally {
  await redis.stop();
  await rm(folder, { recursive: true });
}
