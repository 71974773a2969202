import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../src/base/index.js";
import { HAS_REDIS, RedisServer } from "../../test/support/redisServer.js";
import { answering, cli, MAIN, rows, TASK } from "./kills.js";

export interface FleetFigures {
  readonly recordings: number;
  readonly kills: number;
  readonly redisKills: number;
  readonly asked: number;
  readonly askedWhole: number;
  readonly defects: readonly string[];
}

/** Two workers annotate a queue while they and Redis are killed; undefined where there is no Redis. */
export async function killFleet(
  recording: string,
  folder: string,
  count: number,
  random: Random,
): Promise<FleetFigures | undefined> {
  if (!HAS_REDIS) return undefined;
  const [server, redis] = [await answering(2), await RedisServer.start()];
  const runs = join(folder, "fleet-runs");
  await mkdir(runs);
  for (let i = 0; i < count; i++) await cp(recording, join(runs, `r${i}.mcap`));
  const queue = ["--redis", redis.url, "--queue", "faults"];
  const annotation = ["-t", TASK, "--vlm", server.spec, "--rate", "1", "--format", "jsonl"];
  const workers = new Set<ChildProcess>();
  const start = () => {
    const args = [MAIN, "fleet", "work", "--stall-after", "5", ...queue];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    workers.add(child);
    child.on("exit", () => workers.delete(child));
  };
  let [kills, redisKills] = [0, 0];
  const defects: string[] = [];
  try {
    const whole = join(folder, "fleet-whole");
    await cli(["annotate", recording, ...annotation, "-o", whole]);
    const askedWhole = server.requests * count;
    const before = server.requests;
    const out = join(folder, "fleet-out");
    const submitted = await cli(["fleet", "submit", runs, ...annotation, "-o", out, ...queue]);
    if (submitted.code !== 0) defects.push(`fleet: submit: ${submitted.stderr}`);
    start();
    start();
    let isDone = false;
    const drained = cli(["fleet", "work", "--until-empty", "--stall-after", "5", ...queue]).then(
      (ended) => {
        isDone = true;
        return ended;
      },
    );
    while (!isDone) {
      await sleep(1000 + 3000 * random.next());
      if (isDone) break;
      if (random.next() < 0.2) {
        redisKills += 1;
        await redis.kill();
        await sleep(1000 * random.next());
        await redis.begin();
      } else {
        kills += 1;
        const [first, second] = workers;
        (random.next() < 0.5 ? first : (second ?? first))?.kill("SIGKILL");
        start();
      }
    }
    const { code, stderr } = await drained;
    if (code !== 0) defects.push(`fleet: the last worker ended with ${code}: ${stderr}`);
    const expected = await rows(join(whole, "run1.jsonl"));
    const status = await cli(["fleet", "status", ...queue]);
    if (status.code !== 0) defects.push(`fleet: status: ${status.stderr}`);
    for (let i = 0; i < count; i++) {
      const text = await rows(join(out, `r${i}.jsonl`)).catch(() => undefined);
      // The episode is named after the recording.
      if (text?.replaceAll(`"r${i}"`, '"run1"') !== expected) {
        defects.push(`fleet: r${i} ${text === undefined ? "is missing" : "has other rows"}`);
      }
    }
    return {
      recordings: count,
      kills,
      redisKills,
      asked: server.requests - before,
      askedWhole,
      defects,
    };
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
    server.close();
    await redis.stop();
  }
}
