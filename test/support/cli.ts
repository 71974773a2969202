import { spawn } from "node:child_process";
import { resolve } from "node:path";

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

/** Starts the built command line, with pipes and an answer cache in `cacheFolder`. */
export function startCli(args: readonly string[], cacheFolder = "/dev/null"): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, XDG_CACHE_HOME: cacheFolder },
  });
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

/** Runs the built command line to its end. */
export function runCli(...args: readonly string[]): Promise<CliResult> {
  return startCli(args).done;
}
