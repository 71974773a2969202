import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../src/base/index.js";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");
const TASK = resolve(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml");

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

/** The exit code; null if it was killed. */
export async function cli(args: readonly string[], killAfterMs?: number): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: "ignore" });
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearTimeout(timer);
  return code;
}

/** Kills `annotate` at random moments, resumes it, and compares with a run that was left alone. */
export async function kill(
  recording: string,
  folder: string,
  count: number,
  random: Random,
): Promise<KillFigures> {
  const server = await answering(4);
  const defects: string[] = [];
  let interrupted = 0;
  try {
    const args = (output: string) => [
      ...["annotate", recording, "-t", TASK, "--vlm", server.spec, "--rate", "2"],
      ...["-o", join(folder, output)],
    ];
    const startMs = performance.now();
    if ((await cli(args("whole.jsonl"))) !== 0)
      return { ...none, defects: ["the whole run failed"] };
    const wholeMs = performance.now() - startMs;
    const askedWhole = server.requests;
    const whole = await rows(join(folder, "whole.jsonl"));
    for (let i = 0; i < count; i++) {
      const output = `killed${i}.jsonl`;
      const code = await cli(args(output), (0.1 + 0.9 * random.next()) * wholeMs);
      if (code === null) interrupted += 1;
      const resumed = await cli([...args(output), "--resume"]);
      if (resumed !== 0) defects.push(`kill ${i}: resuming ended with ${resumed}`);
      else if ((await rows(join(folder, output))) !== whole) defects.push(`kill ${i}: other rows`);
      const left = (await readdir(folder)).filter((name) => name.startsWith(`${output}.`));
      if (left.length > 0) defects.push(`kill ${i}: left ${left.join(", ")}`);
    }
    return {
      ...{ kills: count, interrupted, defects },
      ...{ asked: server.requests - askedWhole, askedWhole: askedWhole * count },
    };
  } finally {
    server.close();
  }
}

const none = { kills: 0, interrupted: 0, asked: 0, askedWhole: 0 };

/** Latency is measured anew in each run; all else is the same. */
async function rows(path: string): Promise<string> {
  return (await readFile(path, "utf8")).replaceAll(/"latency_ms":[\d.]+/g, "");
}

/** Several runs to one output at once: one has it, the others are refused, and its rows are whole. */
export async function race(recording: string, folder: string, runs: number): Promise<string[]> {
  const server = await answering(20);
  try {
    const output = join(folder, "raced.jsonl");
    const args = [
      "annotate",
      recording,
      "-t",
      TASK,
      "--vlm",
      server.spec,
      "--rate",
      "2",
      "-o",
      output,
    ];
    const codes = await Promise.all(Array.from({ length: runs }, () => cli(args)));
    const done = codes.filter((code) => code === 0).length;
    if (done !== 1 || codes.some((code) => code !== 0 && code !== 1)) {
      return [`${runs} runs to one output ended with ${codes.join(", ")}`];
    }
    const whole = await rows(join(folder, "whole.jsonl"));
    const same = (await rows(output)).replaceAll(/127\.0\.0\.1:\d+/g, "");
    return same === whole.replaceAll(/127\.0\.0\.1:\d+/g, "")
      ? []
      : ["the output of a race has other rows"];
  } finally {
    server.close();
  }
}
