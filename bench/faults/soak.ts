import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
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

/**
 * Annotates, exports, calibrates, draws and inspects again and again in one process: neither memory
 * nor open files may grow.
 */
export async function soak(
  recording: string,
  folder: string,
  hours: number,
  ending: AbortSignal,
): Promise<SoakFigures> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  const [memory, handles, defects] = [[] as number[], [] as number[], [] as string[]];
  const { write } = process.stdout;
  process.stdout.write = () => true;
  const untilMs = performance.now() + hours * 3_600_000;
  try {
    // Eight at least: a quarter needs two.
    for (let i = 0; (i < 8 || performance.now() < untilMs) && !ending.aborted; i++) {
      const output = join(folder, "soak");
      await rm(output, { recursive: true, force: true });
      for (const args of commands(recording, output)) {
        await runCli(args);
        // The signal that ends the campaign has ended the command as well.
        if (ending.aborted) process.exitCode = 0;
        if (process.exitCode) defects.push(`soak: ${args[0]} ${i} ended with ${process.exitCode}`);
        process.exitCode = 0;
      }
      if (typeof collect === "function") collect();
      const { heapUsed, external } = process.memoryUsage();
      memory.push((heapUsed + external) / 2 ** 20);
      handles.push((await readdir("/proc/self/fd").catch(() => [])).length);
    }
  } finally {
    process.stdout.write = write;
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

function commands(recording: string, output: string): string[][] {
  const asking = ["-t", TASK, "--vlm", "rgbd"];
  const rows = join(output, `${basename(recording, ".mcap")}.jsonl`);
  const calibration = join(output, "c.yaml");
  return [
    [
      ...["annotate", recording, ...asking, "--rate", "2", "-o", output],
      ...["--format", "jsonl", "csv", "html", "parquet", "mcap"],
    ],
    ["bag", "info", recording],
    ["evaluate", "rewards", join(output, basename(recording, ".mcap"))],
    ["overlay", recording, rows, "-o", join(output, "o.mp4")],
    ["calibrate", recording, ...asking, "--rate", "1", "-o", calibration],
    [
      ...[
        "export",
        recording,
        ...asking,
        "--to",
        "parquet",
        "--fps",
        "1",
        "--action",
        "next-state",
      ],
      ...["-o", join(output, "table")],
    ],
  ];
}

function quarters(values: readonly number[]): readonly [number, number] {
  const quarter = Math.floor(values.length / 4);
  return [middle(values.slice(quarter, 2 * quarter)), middle(values.slice(3 * quarter))];
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
