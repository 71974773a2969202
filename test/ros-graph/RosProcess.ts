import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { parse } from "yaml";

/** Whether tests on a graph can run; `describe.skipIf(!hasRos)`. */
export const hasRos = inject("rosEnv") !== undefined;

/** Whether the package of a type is sourced: drivers bring their own. */
export function isInstalled(type: string): boolean {
  const [packageName = ""] = type.split("/");
  const prefixes = (inject("rosEnv")?.AMENT_PREFIX_PATH ?? "").split(":");
  return prefixes.some((prefix) => existsSync(join(prefix, "share", packageName)));
}

/** How long a process of ROS may take to say what is waited for, on a busy machine. */
const PATIENCE_MS = 120_000;

const running = new Set<RosProcess>();

/** A process on the tests' graph, with all that it has written so far. */
export class RosProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stdout = "";
  #output = "";

  constructor(command: string, args: readonly string[]) {
    const env = inject("rosEnv")!;
    // A group of its own: what `ros2` starts is ended with it.
    this.#child = spawn(command, args, { env: { ...env }, detached: true });
    this.#exited = once(this.#child, "exit");
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#output += text;
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
    running.add(this);
  }

  /** Standard output. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Standard output and error. */
  get output(): string {
    return this.#output;
  }

  /** Messages of a `ros2 topic echo`, whole ones only. */
  get messages(): unknown[] {
    return this.#echoed().map((text) => parse(text) as unknown);
  }

  get messageCount(): number {
    return this.#echoed().length;
  }

  #echoed(): string[] {
    return this.#stdout.split(/^---\n/m).slice(0, -1);
  }

  /** Waits until the output matches. */
  async says(pattern: RegExp): Promise<void> {
    await this.until(() => pattern.test(this.#output), String(pattern));
  }

  /** Waits until something holds of the process. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > endMs || this.#child.exitCode !== null) {
        if (condition()) return;
        throw new Error(`waited in vain for ${what}; the process wrote:\n${this.#output}`);
      }
      await sleep(50);
    }
  }

  /** Sends a signal to the group, as Ctrl-C in a terminal does; resolves with the exit code. */
  async end(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(-this.#child.pid!, signal);
    }
    return this.exit();
  }

  async exit(): Promise<number | null> {
    await this.#exited;
    running.delete(this);
    return this.#child.exitCode;
  }

  /** For clean-up: whatever is left of the group. */
  kill(): void {
    try {
      process.kill(-this.#child.pid!, "SIGKILL");
    } catch {
      // None is left.
    }
    running.delete(this);
  }
}

/** Starts `ros2 …` and does not wait for it. */
export function ros2(...args: string[]): RosProcess {
  return new RosProcess("ros2", args);
}

/** Starts a launch file of the package. */
export function launch(file: string, ...args: string[]): RosProcess {
  return ros2("launch", "spatial_reward_bridge", file, ...args);
}

/** Runs `ros2 …` to its end and returns what it wrote; fails where it fails. */
export async function ros2Output(...args: string[]): Promise<string> {
  const child = ros2(...args);
  const timer = setTimeout(() => child.kill(), PATIENCE_MS);
  const code = await child.exit();
  clearTimeout(timer);
  if (code !== 0) throw new Error(`ros2 ${args.join(" ")} failed:\n${child.output}`);
  return child.output;
}

/** Ends all that a test has left running. */
export async function endAll(): Promise<void> {
  for (const child of running) {
    await Promise.race([child.end(), sleep(12_000)]);
    child.kill();
  }
}
