import { spawn } from "node:child_process";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { itemAt, type Random } from "../../src/base/index.js";
import { hdf5Content } from "./hdf5Content.js";

export const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");
export const FAILING_DISK = resolve(import.meta.dirname, "failingDisk.cjs");
export const TASK = resolve(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml");

export interface KillFigures {
  readonly kills: number;
  /** Of them, those at a write, sync, rename or removal; the others came by the clock. */
  readonly atDisk: number;
  /** Runs that were killed, once or several times, and came to their end. */
  readonly runs: number;
  readonly commands: number;
  /** Requests of all resumed runs, and of as many whole ones. */
  readonly asked: number;
  readonly askedWhole: number;
  readonly defects: readonly string[];
}

/** A model on loopback that says the same to the same question, after a while. */
export async function answering(delayMs: number) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    requests += 1;
    await sleep(delayMs);
    const content = `It is about ${20 + (bytes % 30)} cm.`;
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    response.setHeader("content-type", "application/json").end(JSON.stringify({ choices }));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    spec: `http://127.0.0.1:${port}/v1?cache=off&concurrency=2#m`,
    get requests() {
      return requests;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Ended {
  /** Null if it was killed. */
  readonly code: number | null;
  readonly stderr: string;
}

interface CliOptions {
  readonly killAfterMs?: number;
  /** A module that is loaded before the program. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command line to its end, or until it is killed. */
export async function cli(
  args: readonly string[],
  { killAfterMs, preload, env }: CliOptions = {},
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [...(preload === undefined ? [] : ["--require", preload]), MAIN, ...args],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } },
  );
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearTimeout(timer);
  return { code, stderr };
}

/** A command that is killed. */
export interface Victim {
  readonly name: string;
  readonly args: (output: string) => readonly string[];
  /** What the same command is given to go on. */
  readonly resume: readonly string[];
  /** What must be the same in the end. */
  readonly read: (output: string) => Promise<string>;
}

/** What the long commands work on. */
export interface Material {
  readonly recording: string;
  /** A folder of recordings. */
  readonly several: string;
  readonly vqa: string;
  /** What `annotate` made of the recording. */
  readonly rows: string;
  /** The outputs of all shards of a run. */
  readonly shards: string;
}

/** The long commands, asking a model or not. */
export function victims(
  { recording, several, vqa, rows: annotated, shards }: Material,
  spec: string,
): Victim[] {
  const annotate = ["-t", TASK, "--vlm", spec, "--rate", "1"];
  const resume = ["--resume"];
  const jsonl = async (output: string) => await rows(join(output, "run1.jsonl"));
  const exporting = (name: string, more: readonly string[], end = ""): Victim => ({
    ...{ name: `export ${name}`, resume },
    read: async (output) =>
      end === "" ? await everything(output) : await hdf5Content(`${output}${end}`),
    args: (output) => [
      ...["export", recording, "-t", TASK, "--vlm", spec, "--fps", "1", "--action", "next-state"],
      ...[...more, "-o", `${output}${end}`],
    ],
  });
  return [
    {
      name: "annotate jsonl",
      args: (output) => ["annotate", recording, ...annotate, "-o", output, "--format", "jsonl"],
      ...{ resume, read: jsonl },
    },
    {
      name: "annotate jsonl csv html",
      args: (output) => [
        ...["annotate", recording, ...annotate, "-o", output],
        ...["--format", "jsonl", "csv", "html"],
      ],
      resume,
      read: async (output) => {
        const page = await readFile(join(output, "run1.html"), "utf8");
        const isWhole = page.trimEnd().endsWith("</html>");
        return `${await jsonl(output)}${(await readFile(join(output, "run1.csv"), "utf8")).split("\n").length} ${isWhole}`;
      },
    },
    {
      name: "annotate of several recordings, mcap",
      args: (output) => [
        ...["annotate", several, ...annotate, "-o", output],
        ...["--format", "jsonl", "mcap", "parquet"],
      ],
      resume,
      read: async (output) => {
        const files = await filesIn(output);
        const lines = files.filter((path) => path.endsWith(".jsonl")).sort();
        const texts = await Promise.all(lines.map((path) => rows(path)));
        const others = files.filter((path) => /\.(mcap|parquet)$/.test(path));
        return `${others.length} ${texts.join("")}`;
      },
    },
    {
      name: "evaluate answers",
      args: (output) => [
        ...["evaluate", "answers", vqa, "--split", "train", "--vlm", spec, "--probes", "0"],
        ...["-o", output],
      ],
      resume,
      read: async (output) => await rows(join(output, "predictions.jsonl")),
    },
    {
      name: "dataset synthesize",
      args: (output) => synthesize(output),
      ...{ resume: [], read: everything },
    },
    exporting("lerobot", ["--to", "lerobot", "--images", "png"]),
    exporting("lerobot video", ["--to", "lerobot", "--codec", "h264"]),
    exporting("robomimic", ["--to", "robomimic", "--image-size", "48x36"], ".hdf5"),
    exporting("parquet", ["--to", "parquet"]),
    {
      name: "calibrate",
      args: (output) => [
        ...["calibrate", several, "-t", TASK, "--vlm", spec, "--rate", "1"],
        ...["-o", join(output, "c.yaml"), "--report", join(output, "c.html")],
      ],
      resume,
      read: async (output) => {
        const page = await readFile(join(output, "c.html"), "utf8");
        return `${await readFile(join(output, "c.yaml"), "utf8")}${page.trimEnd().endsWith("</html>")}`;
      },
    },
    {
      name: "overlay",
      args: (output) => ["overlay", recording, annotated, "-o", join(output, "o.mp4")],
      ...{ resume: [], read: everything },
    },
    {
      name: "merge",
      args: (output) => [
        ...["merge", shards, "-o", join(output, "all.jsonl"), join(output, "all.csv")],
      ],
      ...{ resume: [], read: everything },
    },
    {
      name: "sim record",
      args: (output) => simulate(join(output, "r.mcap"), 9),
      ...{ resume: [], read: everything },
    },
  ];
}

export function synthesize(output: string): string[] {
  const size = ["--width", "96", "--height", "72", "--workers", "1", "--per-image", "4"];
  return ["dataset", "synthesize", "--scenes", "12", "--seed", "3", ...size, "-o", output];
}

/** A small recording. */
export function simulate(output: string, seed: number): string[] {
  const size = ["--size", "96x72", "--rate", "2", "--workers", "0"];
  return ["sim", "record", "--seed", String(seed), ...size, "-o", output];
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".spatial-reward"))
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** The names and contents of all files of a folder, or of one file. */
async function everything(output: string): Promise<string> {
  const files = (await stat(output)).isFile() ? [output] : (await filesIn(output)).sort();
  const texts = await Promise.all(files.map((path) => readFile(path, "latin1")));
  return files.map((path, i) => `${path.slice(output.length)}\n${texts[i]}`).join("\n");
}

interface WholeRun {
  readonly victim: Victim;
  readonly text: string;
  readonly ms: number;
  readonly asked: number;
  /** Writes, syncs, renames and removals. */
  readonly operations: number;
}

/** A run is killed so many times at most before it is left to come to its end. */
const MOST_IN_A_ROW = 8;

/**
 * Kills commands, at random operations on the disk or at random moments, goes on with them, kills
 * them again, and compares with runs that were left alone.
 */
export async function kill(
  all: readonly Victim[],
  requests: () => number,
  folder: string,
  count: number,
  random: Random,
  ending: AbortSignal,
): Promise<KillFigures> {
  const defects: string[] = [];
  const wholes: WholeRun[] = [];
  for (const victim of random.shuffle(all).slice(0, count)) {
    const output = join(folder, `whole-${wholes.length}`, "out");
    const counted = join(folder, "operations");
    const [startMs, before] = [performance.now(), requests()];
    const options = { preload: FAILING_DISK, env: { FAULT_COUNT: counted } };
    const { code, stderr } = await cli(victim.args(output), options);
    if (code !== 0) defects.push(`${victim.name}: the whole run ended with ${code}: ${stderr}`);
    else {
      const operations = Number(await readFile(counted, "utf8"));
      const [ms, asked] = [performance.now() - startMs, requests() - before];
      wholes.push({ victim, text: await victim.read(output), ms, asked, operations });
    }
  }
  let [kills, atDisk, runs, asked, askedWhole] = [0, 0, 0, 0, 0];
  while (kills < count && wholes.length > 0 && !ending.aborted) {
    const whole = itemAt(wholes, runs % wholes.length);
    const { victim } = whole;
    const parent = join(folder, "killed");
    await rm(parent, { recursive: true, force: true });
    const output = join(parent, "out");
    const before = requests();
    const places: string[] = [];
    let last: Ended | undefined;
    while (last === undefined || last.code === null) {
      const args = [...victim.args(output), ...(last ? victim.resume : [])];
      const isLast = places.length >= MOST_IN_A_ROW || kills >= count || ending.aborted;
      const at = isLast ? {} : placeOfKill(whole, random);
      last = await cli(args, at);
      if (last.code !== null) break;
      kills += 1;
      if (at.preload !== undefined) atDisk += 1;
      places.push(
        at.env ? `operation ${at.env.FAULT_AT}` : `${Math.round(at.killAfterMs ?? 0)} ms`,
      );
    }
    runs += 1;
    const name = `${victim.name}, killed at ${places.join(", ")}`;
    // A data set that was finished is not made again.
    const isDone = /holds a finished data set/.test(last.stderr);
    if (last.code !== 0 && !isDone) {
      defects.push(`${name}: going on ended with ${last.code}: ${last.stderr}`);
    } else if ((await victim.read(output).catch(String)) !== whole.text) {
      defects.push(`${name}: other rows`);
    }
    asked += requests() - before;
    askedWhole += whole.asked;
    const left = (await filesIn(parent)).filter((path) => /\.(lock|partial)$/.test(path));
    if (left.length > 0) defects.push(`${name}: left ${left.join(", ")}`);
  }
  return { kills, atDisk, runs, commands: wholes.length, asked, askedWhole, defects };
}

/** Three in four at an operation on the disk: there is something to lose. */
function placeOfKill({ ms, operations }: WholeRun, random: Random): CliOptions {
  if (random.next() < 0.25) return { killAfterMs: (0.1 + 0.9 * random.next()) * ms };
  const at = String(random.integer(1, operations));
  return { preload: FAILING_DISK, env: { FAULT_AT: at, FAULT_CODE: "KILL" } };
}

/** Latency is measured anew in each run; all else is the same. */
export async function rows(path: string): Promise<string> {
  return withoutLatency(await readFile(path, "utf8"));
}

export function withoutLatency<T extends string | undefined>(text: T): T {
  return text?.replaceAll(/"latency_ms":[\d.]+/g, "").replaceAll(/,[\d.]+,rgbd,/g, ",") as T;
}

/** Several runs to one output at once: one has it, the others are refused, and its rows are whole. */
export async function race(recording: string, folder: string, runs: number): Promise<string[]> {
  const server = await answering(20);
  try {
    const args = (output: string) => [
      ...["annotate", recording, "-t", TASK, "--vlm", server.spec, "--rate", "2"],
      ...["-o", join(folder, output)],
    ];
    if ((await cli(args("alone.jsonl"))).code !== 0) return ["the run alone failed"];
    const ended = await Promise.all(Array.from({ length: runs }, () => cli(args("raced.jsonl"))));
    const codes = ended.map(({ code }) => code);
    const done = codes.filter((code) => code === 0).length;
    if (done !== 1 || codes.some((code) => code !== 0 && code !== 1)) {
      return [`${runs} runs to one output ended with ${codes.join(", ")}`];
    }
    const same =
      (await rows(join(folder, "raced.jsonl"))) === (await rows(join(folder, "alone.jsonl")));
    return same ? [] : ["the output of a race has other rows"];
  } finally {
    server.close();
  }
}
