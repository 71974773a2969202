import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../src/base/index.js";
import { S3Store } from "../../src/s3/index.js";
import { HAS_REDIS, RedisServer } from "../../test/support/redisServer.js";
import { S3Server } from "../../test/support/s3Server.js";
import { answering, cli, MAIN, rows, TASK, withoutLatency } from "./kills.js";

export interface FleetFigures {
  readonly recordings: number;
  readonly kills: number;
  readonly redisKills: number;
  /** How often S3 was away for up to 8 s. */
  readonly outages: number;
  readonly asked: number;
  readonly askedWhole: number;
  readonly defects: readonly string[];
}

/**
 * Two workers annotate a queue while they and Redis are killed; undefined where there is no Redis.
 *
 * @param place on this disk, or in S3, whose network is away at times as well
 */
export async function killFleet(
  recording: string,
  folder: string,
  count: number,
  place: "disk" | "S3",
  random: Random,
  ending: AbortSignal,
): Promise<FleetFigures | undefined> {
  if (!HAS_REDIS) return undefined;
  const [server, redis] = [await answering(2), await RedisServer.start()];
  const s3 = place === "S3" ? await S3Server.start("fleet") : undefined;
  Object.assign(process.env, s3?.environment);
  const store = s3 && (await S3Store.open("s3://fleet/"));
  const runs = s3 ? "s3://fleet/runs/" : join(folder, "fleet-runs");
  if (!store) await mkdir(runs);
  for (let i = 0; i < count; i++) {
    if (store) await store.upload({ bucket: "fleet", key: `runs/r${i}.mcap` }, recording);
    else await cp(recording, join(runs, `r${i}.mcap`));
  }
  const queue = ["--redis", redis.url, "--queue", "faults"];
  const annotation = ["-t", TASK, "--vlm", server.spec, "--rate", "1", "--format", "jsonl"];
  const workers = new Set<ChildProcess>();
  const start = () => {
    const args = [MAIN, "fleet", "work", "--stall-after", "5", ...queue];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    workers.add(child);
    child.on("exit", () => workers.delete(child));
  };
  let [kills, redisKills, outages] = [0, 0, 0];
  const defects: string[] = [];
  try {
    const whole = join(folder, "fleet-whole");
    await cli(["annotate", recording, ...annotation, "-o", whole]);
    const askedWhole = server.requests * count;
    const before = server.requests;
    const out = s3 ? "s3://fleet/out/" : join(folder, "fleet-out");
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
    // When the campaign is to end, the queue is left in peace, and comes to its end.
    while (!isDone && !ending.aborted) {
      await sleep(1000 + 3000 * random.next());
      if (isDone || ending.aborted) break;
      const fate = random.next();
      if (s3 && fate > 0.8) {
        outages += 1;
        s3.cut();
        await sleep(8000 * random.next());
        s3.mend();
      } else if (fate < 0.2) {
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
      const name = `r${i}.jsonl`;
      const text = store
        ? await store.readText({ bucket: "fleet", key: `out/${name}` }).then(withoutLatency)
        : await rows(join(out, name)).catch(() => undefined);
      // The episode is named after the recording.
      if (text?.replaceAll(`"r${i}"`, '"run1"') !== expected) {
        defects.push(`fleet: r${i} ${text === undefined ? "is missing" : "has other rows"}`);
      }
    }
    const left = (await store?.list({ bucket: "fleet", key: "out/" }))?.filter(({ key }) =>
      /answers/.test(key),
    );
    if (left?.length) defects.push(`fleet: ${left.length} pieces of journals are left`);
    return {
      recordings: count,
      kills,
      redisKills,
      outages,
      asked: server.requests - before,
      askedWhole,
      defects,
    };
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
    server.close();
    await redis.stop();
    store?.close();
    await s3?.stop();
  }
}
