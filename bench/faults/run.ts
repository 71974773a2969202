import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import zstd from "@foxglove/wasm-zstd";
import { Random } from "../../src/base/index.js";
import { BagWriter, openBag } from "../../src/sources/index.js";
import { mutateAnswers } from "./answers.js";
import { failEach, fillDisk } from "./disk.js";
import { mutateFiles } from "./files.js";
import { killFleet } from "./fleet.js";
import {
  answering,
  cli,
  kill,
  type Material,
  race,
  simulate,
  synthesize,
  TASK,
  victims,
} from "./kills.js";
import { mutate } from "./mutations.js";
import { misbehave } from "./servers.js";
import { attackServe } from "./serving.js";
import { soak } from "./soak.js";

/** `npm run faults -- --kills 20 --bags 5000 --seed 7`: see docs/reliability.md. */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "3" },
    bags: { type: "string", default: "300" },
    files: { type: "string", default: "1000" },
    answers: { type: "string", default: "5000" },
    disk: { type: "string", default: "2" },
    servers: { type: "string", default: "3" },
    requests: { type: "string", default: "200" },
    fleet: { type: "string", default: "0" },
    s3: { type: "string", default: "0" },
    hours: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
const FIXTURES = resolve(import.meta.dirname, "../../test/sources/rosbag/fixtures");

/** Of this process: the data of 1 GiB that are allowed, and the programs. */
const MOST_MEMORY_MIB = 1024 + 256;
const SMALL_NS = 1_500_000_000n;

/** The beginning of a recording without its images: small, so that most mutations meet what matters. */
async function smallOf(path: string, to: string): Promise<string> {
  await using source = await openBag(path);
  const writer = await BagWriter.create(to);
  const topics = source.info.topics.filter(({ type }) => !type.includes("Image"));
  for (const { name, type } of topics) await writer.addTopic({ name, type });
  for await (const { topic, logNs, data } of source.messages({
    topics: topics.map(({ name }) => name),
    endNs: source.info.startNs + SMALL_NS,
  })) {
    await writer.writeRaw(topic, logNs, data);
  }
  await writer.close();
  return to;
}

/** MCAP with zstd, lz4 and bz2, compressed files, databases with what a killed recorder left, ROS 1. */
async function originals(recording: string, folder: string): Promise<string[]> {
  const small = await smallOf(recording, join(folder, "small.mcap"));
  await zstd.isLoaded;
  await writeFile(`${small}.zstd`, zstd.compress(await readFile(small)));
  const kept = ["lz4.mcap", "bz2.mcap", "mcap_message_v9", "killed_wal", "killed_journal"];
  const old = ["db3_file_v9", "ros1_lz4.bag", "ros1_bz2.bag"];
  return [small, `${small}.zstd`, ...[...kept, ...old].map((name) => join(FIXTURES, name))];
}

/** Recordings and data sets that are as small as they can be, and what was made of them. */
async function material(folder: string): Promise<Material> {
  const place = join(folder, "material");
  const several = join(place, "several");
  const recording = join(place, "run1.mcap");
  const shards = join(place, "shards");
  const vqa = join(place, "vqa");
  const annotate = ["-t", TASK, "--vlm", "rgbd", "--rate", "1"];
  const steps = [
    simulate(recording, 7),
    ...["a", "b"].map((name, i) => simulate(join(several, `${name}.mcap`), 7 + i)),
    synthesize(vqa),
    ["annotate", recording, ...annotate, "-o", join(place, "rows.jsonl")],
    ["annotate", several, ...annotate, "-o", shards, "--shard", "1/1", "--format", "jsonl", "csv"],
  ];
  for (const args of steps) {
    const { code, stderr } = await cli(args);
    if (code !== 0) throw new Error(`${args.slice(0, 2).join(" ")}: ${stderr}`);
  }
  return { recording, several, vqa, rows: join(place, "rows.jsonl"), shards };
}

const folder = await mkdtemp(join(tmpdir(), "faults-run-"));
const defects: string[] = [];
const startMs = performance.now();
const stopping = new AbortController();
const ending = stopping.signal;
/** The first SIGINT or SIGTERM ends the campaign with the figures so far, the second at once. */
function stop(): void {
  if (ending.aborted) process.exit(130);
  console.error("ending: the figures so far follow");
  stopping.abort();
}
process.on("SIGINT", stop).on("SIGTERM", stop);

/** A line of the report, at once: a long campaign may be ended early. */
function report(name: string, line: string, found: readonly string[]): void {
  console.log(`${name.padEnd(10)} ${line}`);
  for (const defect of found) console.error(`defect     ${defect}`);
  defects.push(...found);
}

try {
  const recording = join(folder, "run1.mcap");
  const size = ["--size", "160x120", "--rate", "4", "--workers", "0"];
  const recorded = await cli(["sim", "record", "--seed", "7", ...size, "-o", recording]);
  if (recorded.code !== 0) throw new Error(`no recording could be made: ${recorded.stderr}`);

  const kills = Number(values.kills);
  if (kills > 0) {
    const server = await answering(4);
    const all = victims(await material(folder), server.spec);
    const killed = await kill(
      all,
      () => server.requests,
      folder,
      kills,
      new Random(seed, "kills"),
      ending,
    );
    report(
      "kills",
      `${killed.kills} in ${killed.runs} runs of ${killed.commands} commands (${killed.atDisk} at a ` +
        `write, sync, rename or removal), which all came to the same; ${killed.asked} requests, ` +
        `${killed.askedWhole} for as many whole runs`,
      killed.defects,
    );
    server.close();
    if (!ending.aborted)
      report("race", "2 runs to one output: one has it", await race(recording, folder, 2));
  }

  const disk = Number(values.disk);
  for (const code of disk > 0 && !ending.aborted ? (["EIO", "ENOSPC"] as const) : []) {
    const failed = await failEach(recording, folder, code, disk, seed);
    report(
      code,
      `at ${failed.tried} of ${failed.operations} writes, syncs and renames, each resumed to the same`,
      failed.defects,
    );
  }
  if (disk > 0 && !ending.aborted) {
    const filled = await fillDisk(recording, folder);
    const line = filled ? "a small file system fills up" : "skipped: none can be mounted here";
    report("full disk", line, filled ?? []);
  }

  const served = await misbehave(recording, folder, ending.aborted ? 0 : Number(values.servers));
  report(
    "servers",
    `${served.servers} that misbehave; slowest run ${Math.round(served.slowestMs)} ms`,
    served.defects,
  );

  const requests = Number(values.requests);
  if (requests > 0 && !ending.aborted) {
    const attacked = await attackServe(folder, requests, seed, ending);
    const statuses = Object.entries(attacked.byStatus).map(([status, n]) => `${n} x ${status}`);
    report(
      "serve",
      `${attacked.requests} requests (${statuses.join(", ")}), ${attacked.messages} messages, ` +
        `${attacked.connections} broken connections, ${attacked.sessions} sessions; slowest ` +
        `${Math.round(attacked.slowestMs)} ms, ${Math.round(attacked.memoryMib)} MiB at most`,
      attacked.defects,
    );
  }

  const mutated = await mutate(
    await originals(recording, folder),
    Number(values.bags),
    seed,
    ending,
  );
  report(
    "mutations",
    `${mutated.bags} bags: ${mutated.refused} refused, ${mutated.damaged} with damage told; ` +
      `slowest ${Math.round(mutated.slowestMs)} ms`,
    mutated.defects,
  );

  const files = Number(values.files);
  if (files > 0 && !ending.aborted) {
    const shards = join(folder, "shards");
    const annotate = ["annotate", recording, "-t", TASK, "--vlm", "rgbd", "--rate", "1"];
    const annotated = await cli([...annotate, "--shard", "1/1", "--format", "jsonl", "-o", shards]);
    if (annotated.code !== 0) throw new Error(`no rows to damage: ${annotated.stderr}`);
    const found = await mutateFiles(shards, "run1.jsonl", files, seed, ending);
    report(
      "files",
      `${found.files} of ${found.kinds} kinds: ${found.refused} refused; ` +
        `slowest ${Math.round(found.slowestMs)} ms`,
      found.defects,
    );
  }

  const answers = Number(values.answers);
  if (answers > 0 && !ending.aborted) {
    const read = await mutateAnswers(answers, seed, ending);
    report(
      "answers",
      `${read.answers}, ${read.bodies} in damaged replies: a value in ${read.values}; ` +
        `slowest ${Math.round(read.slowestMs)} ms`,
      read.defects,
    );
  }

  for (const place of ["disk", "S3"] as const) {
    const count = Number(place === "disk" ? values.fleet : values.s3);
    if (count === 0 || ending.aborted) continue;
    const figures = await killFleet(
      recording,
      folder,
      count,
      place,
      new Random(seed, place),
      ending,
    );
    report(
      place === "disk" ? "fleet" : "fleet, S3",
      figures
        ? `${figures.recordings} recordings, ${figures.kills} workers and Redis ${figures.redisKills} times killed; ` +
            (place === "S3" ? `S3 away ${figures.outages} times; ` : "") +
            `${figures.asked} requests, ${figures.askedWhole} for whole runs`
        : "skipped: redis-server is not installed",
      figures?.defects ?? [],
    );
  }
  const hours = Number(values.hours);
  if (hours > 0 && !ending.aborted) {
    const soaked = await soak(recording, folder, hours, ending);
    report(
      "soak",
      `${soaked.runs} runs in one process; memory ${soaked.memoryMib.map((mib) => mib.toFixed(1)).join(" to ")} MiB, ` +
        `open files ${soaked.handles.join(" to ")}`,
      soaked.defects,
    );
  }
  const mostMib = process.resourceUsage().maxRSS / 1024;
  report(
    "memory",
    `${Math.round(mostMib)} MiB at most in this process`,
    mostMib > MOST_MEMORY_MIB ? [`memory: more than ${MOST_MEMORY_MIB} MiB`] : [],
  );
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
  console.log(
    `${defects.length === 0 ? "no defect" : `${defects.length} defects`}, ${minutes} min`,
  );
  if (defects.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
