import { spawn } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../src/base/index.js";

export const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");
export const TASK = resolve(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml");

export interface KillFigures {
  readonly kills: number;
  /** Of them, those that came before the run was done. */
  readonly interrupted: number;
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

/** The long commands, asking a model or not. */
export function victims(recording: string, several: string, vqa: string, spec: string): Victim[] {
  const annotate = ["-t", TASK, "--vlm", spec, "--rate", "2"];
  const resume = ["--resume"];
  const jsonl = async (output: string) => await rows(join(output, "run1.jsonl"));
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
        ...["--format", "jsonl", "mcap"],
      ],
      resume,
      read: async (output) => {
        const files = await filesIn(output);
        const lines = files.filter((path) => path.endsWith(".jsonl")).sort();
        const texts = await Promise.all(lines.map((path) => rows(path)));
        return `${files.filter((path) => path.endsWith(".mcap")).length} ${texts.join("")}`;
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
      resume: [],
      read: async (output) => {
        const files = (await filesIn(output)).sort();
        const texts = await Promise.all(files.map((path) => readFile(path, "latin1")));
        return files.map((path, i) => `${path.slice(output.length)}\n${texts[i]}`).join("\n");
      },
    },
  ];
}

export function synthesize(output: string): string[] {
  const size = ["--width", "96", "--height", "72", "--workers", "1", "--per-image", "4"];
  return ["dataset", "synthesize", "--scenes", "12", "--seed", "3", ...size, "-o", output];
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".spatial-reward"))
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Kills commands at random moments, resumes them, and compares with runs that were left alone. */
export async function kill(
  all: readonly Victim[],
  requests: () => number,
  folder: string,
  count: number,
  random: Random,
): Promise<KillFigures> {
  const defects: string[] = [];
  let [interrupted, asked, askedWhole] = [0, 0, 0];
  const wholes: {
    readonly victim: Victim;
    readonly text: string;
    readonly ms: number;
    readonly asked: number;
  }[] = [];
  for (const victim of all.slice(0, count)) {
    const output = join(folder, `whole-${wholes.length}`);
    const [startMs, before] = [performance.now(), requests()];
    const { code, stderr } = await cli(victim.args(output));
    if (code !== 0) defects.push(`${victim.name}: the whole run ended with ${code}: ${stderr}`);
    else {
      const text = await victim.read(output);
      wholes.push({ victim, text, ms: performance.now() - startMs, asked: requests() - before });
    }
  }
  for (let i = 0; i < count && wholes.length > 0; i++) {
    const whole = wholes[i % wholes.length];
    if (!whole) continue;
    const { victim } = whole;
    const name = `kill ${i} (${victim.name})`;
    const output = join(folder, "killed");
    await rm(output, { recursive: true, force: true });
    const before = requests();
    const killAfterMs = (0.1 + 0.9 * random.next()) * whole.ms;
    if ((await cli(victim.args(output), { killAfterMs })).code === null) interrupted += 1;
    const resumed = await cli([...victim.args(output), ...victim.resume]);
    // A data set that was finished is not made again.
    const isDone = resumed.stderr.includes("holds a finished data set");
    if (resumed.code !== 0 && !isDone) {
      defects.push(`${name}: resuming ended with ${resumed.code}: ${resumed.stderr}`);
    } else if ((await victim.read(output)) !== whole.text) defects.push(`${name}: other rows`);
    asked += requests() - before;
    askedWhole += whole.asked;
    const left = (await filesIn(output)).filter((path) => /\.(lock|partial)$/.test(path));
    if (left.length > 0) defects.push(`${name}: left ${left.join(", ")}`);
  }
  return { kills: count, interrupted, asked, askedWhole, defects };
}

/** Latency is measured anew in each run; all else is the same. */
export async function rows(path: string): Promise<string> {
  return (await readFile(path, "utf8"))
    .replaceAll(/"latency_ms":[\d.]+/g, "")
    .replaceAll(/,[\d.]+,rgbd,/g, ",");
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
