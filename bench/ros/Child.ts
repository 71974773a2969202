import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";

/** Ticks of /proc/<pid>/stat a second; 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** A process of the benchmark. */
export class Child {
  readonly #child: ChildProcess;
  /** From the start: one that has ended by itself closes no second time. */
  readonly #closed: Promise<unknown>;
  #stdout = "";
  /** Log lines of ROS: read only when something goes wrong. */
  #stderr = "";

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    program: string = process.execPath,
  ) {
    this.#child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#closed = once(this.#child, "close");
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
  }

  /** CPU seconds of all its threads so far. */
  get cpuS(): number {
    // The name in brackets may hold spaces; utime and stime are fields 14 and 15.
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  }

  /** Resident memory, MiB. */
  get memoryMib(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** Calls back with each line that it prints from now on. */
  onLine(take: (line: string) => void): void {
    let rest = "";
    this.#child.stdout?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(take);
    });
  }

  async prints(text: string): Promise<void> {
    await this.#until(() => this.#stdout.includes(text), this.#child.stdout!);
  }

  /** Waits for a line of its log. */
  async logs(text: string): Promise<void> {
    await this.#until(() => this.#stderr.includes(text), this.#child.stderr!);
  }

  async #until(holds: () => boolean, stream: Readable): Promise<void> {
    while (!holds()) {
      if (this.#child.exitCode !== null) throw new Error(`a child ended: ${this.#stderr}`);
      await Promise.race([once(stream, "data"), this.#closed]);
    }
  }

  /** The JSON line that it prints last. */
  async result<T>(signal?: NodeJS.Signals): Promise<T> {
    if (signal) this.#child.kill(signal);
    await this.#closed;
    if (this.#stdout === "") throw new Error(`a child had no result: ${this.#stderr}`);
    return JSON.parse(this.#stdout.trim().split("\n").at(-1)!) as T;
  }

  /** Ends one that has nothing to say. */
  kill(): void {
    this.#child.kill();
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#child.kill("SIGINT");
    await this.#closed;
  }
}
