import { spawn } from "node:child_process";
import { Console } from "node:console";
import { resolve } from "node:path";
import type { Command } from "commander";
import { runCli as runHere } from "../../src/cli/run.js";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly done: Promise<CliResult>;
  interrupt(): void;
}

/**
 * Starts the built command line in a process of its own, with pipes: for signals, exit codes of
 * a process, and what ships. It costs a second of CPU more than `runCli`.
 */
export function startCli(args: readonly string[]): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const done = new Promise<CliResult>((resolveDone) => {
    child.on("close", (code) => resolveDone({ code, stdout, stderr }));
  });
  return { done, interrupt: () => void child.kill("SIGINT") };
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the command line in this process, to its end, one run after the other: what is printed
 * meanwhile, by whom ever, counts as its output.
 *
 * @throws what the command line does not take for a user's error; a process would print its stack
 */
export function runCli(...args: readonly string[]): Promise<CliResult> {
  const result = last.then(() => runAlone(args));
  last = result.catch(() => undefined);
  return result;
}

async function runAlone(args: readonly string[]): Promise<CliResult> {
  const { console: consoleBefore } = globalThis;
  const { exitCode: exitCodeBefore } = process;
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  globalThis.console = new Console(process.stdout, process.stderr);
  process.exitCode = undefined;
  try {
    await runHere(args);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text, stderr: stderr.text };
  } finally {
    process.exitCode = exitCodeBefore;
    globalThis.console = consoleBefore;
    stderr.release();
    stdout.release();
  }
}

/** What a command by itself writes to stdout. @throws what the command throws */
export async function printedBy(command: Command, ...args: readonly string[]): Promise<string> {
  const stdout = capture(process.stdout);
  try {
    await command.parseAsync(args, { from: "user" });
    return stdout.text;
  } finally {
    stdout.release();
  }
}

/** Takes what is written to a stream of this process, until it is released. */
function capture(stream: NodeJS.WriteStream): { readonly text: string; release(): void } {
  const { write } = stream;
  let text = "";
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const callback = rest.at(-1);
    if (typeof callback === "function") callback();
    return true;
  };
  return {
    get text() {
      return text;
    },
    release() {
      stream.write = write;
    },
  };
}
