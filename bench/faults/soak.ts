import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { runCli } from "../../src/cli/run.js";
import { TASK } from "./kills.js";

export interface SoakFigures {
  readonly runs: number;
  /** MiB without garbage, and open files: medians of the second and of the last quarter. */
  readonly memoryMib: readonly [number, number];
  readonly handles: readonly [number, number];
  readonly defects: readonly string[];
}

/** Memory may be so much more at the end. */
const MOST_GROWTH = 1.1;

/** Annotates again and again in one process: neither memory nor open files may grow. */
export async function soak(recording: string, folder: string, hours: number): Promise<SoakFigures> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  const [memory, handles, defects] = [[] as number[], [] as number[], [] as string[]];
  const { log } = console;
  console.log = () => undefined;
  const untilMs = performance.now() + hours * 3_600_000;
  try {
    // Eight at least: a quarter needs two.
    for (let i = 0; i < 8 || performance.now() < untilMs; i++) {
      const output = join(folder, "soak");
      await runCli([
        ...["annotate", recording, "-t", TASK, "--vlm", "rgbd", "--rate", "2", "-o", output],
        ...["--format", "jsonl", "csv", "html", "parquet"],
      ]);
      if (process.exitCode) defects.push(`soak: run ${i} ended with ${process.exitCode}`);
      process.exitCode = 0;
      if (typeof collect === "function") collect();
      const { heapUsed, external } = process.memoryUsage();
      memory.push((heapUsed + external) / 2 ** 20);
      handles.push((await readdir("/proc/self/fd").catch(() => [])).length);
    }
  } finally {
    console.log = log;
  }
  const memoryMib = quarters(memory);
  const open = quarters(handles);
  if (memoryMib[1] > MOST_GROWTH * memoryMib[0]) {
    defects.push(
      `soak: memory grew from ${memoryMib[0].toFixed(1)} to ${memoryMib[1].toFixed(1)} MiB`,
    );
  }
  if (open[1] > open[0] + 2) defects.push(`soak: open files grew from ${open[0]} to ${open[1]}`);
  return { runs: memory.length, memoryMib, handles: open, defects };
}

function quarters(values: readonly number[]): readonly [number, number] {
  const quarter = Math.floor(values.length / 4);
  return [middle(values.slice(quarter, 2 * quarter)), middle(values.slice(3 * quarter))];
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
