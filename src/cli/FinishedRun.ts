import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import * as z from "zod";
import type { FrameCounters } from "../annotate/index.js";
import {
  contentDigest,
  OutputBusyError,
  OutputLock,
  OutputPlace,
  RECORDS,
  writeWhole,
} from "../base/index.js";
import type { PlannedOutput } from "./outputs.js";

const count = z.int().nonnegative();
const recordSchema = z.object({
  recording: z.string(),
  /** What the outputs follow from; compared field by field. */
  key: z.record(z.string(), z.string()),
  outputs: z.array(z.object({ format: z.string(), name: z.string(), digest: z.string() })),
  frames: z.object({ in: count, annotated: count, dropped: count, failed: count }),
  /** What the run said of itself. */
  summary: z.array(z.string()),
});

/** A finished run of `annotate` over one recording. */
export type RunRecord = z.output<typeof recordSchema>;

export type RunKey = RunRecord["key"];

/** An output that is complete, and where it lies until it has its name. */
interface CompleteOutput extends PlannedOutput {
  readonly temporary?: string;
}

/** Writes down that a recording is done, for `--resume` and `merge`. */
export async function recordRun(
  recording: string,
  key: RunKey,
  outputs: readonly CompleteOutput[],
  frames: Omit<FrameCounters, "pending">,
  summary: readonly string[],
): Promise<void> {
  const path = recordPath(outputs);
  if (path === undefined) return;
  const record: RunRecord = {
    recording,
    key,
    outputs: await Promise.all(outputs.map((output) => fingerprintOf(output))),
    frames: { ...frames },
    summary: [...summary],
  };
  await writeWhole(path, `${JSON.stringify(record, undefined, 2)}\n`);
}

/**
 * The record of the run with this key into these outputs, if it is finished and they are as it left
 * them.
 */
export async function finishedRun(
  key: RunKey,
  outputs: readonly PlannedOutput[],
): Promise<RunRecord | undefined> {
  const path = recordPath(outputs);
  const record = path === undefined ? undefined : await readRecord(path);
  if (!record || JSON.stringify(sorted(record.key)) !== JSON.stringify(sorted(key)))
    return undefined;
  return await asItWas(record, outputs);
}

/** Removes what a run left of its outputs that was killed after they were done. */
export async function clearAfter(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (!(await OutputLock.isThere(path))) continue;
    try {
      await (await OutputPlace.take(path)).discard();
    } catch (error) {
      // It is at its end; what is left is its own.
      if (!(error instanceof OutputBusyError)) throw error;
    }
  }
}

/** The record of the finished run that made these outputs, if they are as it left them. */
export async function recordOf(paths: readonly string[]): Promise<RunRecord | undefined> {
  const outputs = paths.map((path) => ({ format: "", path }));
  const path = recordPath(outputs);
  const record = path === undefined ? undefined : await readRecord(path);
  if (record?.outputs.length !== paths.length) return undefined;
  const formats = record.outputs.map(({ format }) => format);
  return await asItWas(
    record,
    paths.map((each, i) => ({ format: formats[i] ?? "", path: each })),
  );
}

/** The record, where the outputs are as it says. */
async function asItWas(
  record: RunRecord,
  outputs: readonly PlannedOutput[],
): Promise<RunRecord | undefined> {
  try {
    const found = await Promise.all(outputs.map((output) => fingerprintOf(output)));
    return JSON.stringify(found) === JSON.stringify(record.outputs) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The record in a file; undefined if it is none. */
async function readRecord(path: string): Promise<RunRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

function recordPath([first]: readonly PlannedOutput[]): string | undefined {
  if (first === undefined) return undefined;
  const path = resolve(first.path);
  return join(dirname(path), RECORDS, `${basename(path)}.json`);
}

function sorted(key: RunKey): [string, string][] {
  return Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function fingerprintOf({
  format,
  path,
  temporary,
}: CompleteOutput): Promise<RunRecord["outputs"][number]> {
  return { format, name: basename(resolve(path)), digest: await contentDigest(temporary ?? path) };
}
