import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import * as z from "zod";
import { jsonOrUndefined, RECORDS, writeWhole } from "../base/index.js";
import type { PlannedOutput } from "./outputs.js";
import type { Shard } from "./shard.js";

/** A path in the folder of the outputs: a report that leads out of it is not one of ours. */
const output = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !path.split(/[/\\]/).includes(".."));

/** No run has more shards: as many as a scheduler's array can have tasks, and more. */
const MOST_SHARDS = 1_000_000;
const place = z.int().min(1).max(MOST_SHARDS);

const reportSchema = z.object({
  index: place,
  count: place,
  /** Of the whole list of recordings and outputs; the same in all shards of a run. */
  list: z.string(),
  /** All recordings of the run, of all shards, with their outputs as paths in the folder. */
  recordings: z.array(z.object({ path: z.string(), outputs: z.array(output).min(1) })),
  /** Of this shard: recordings that could not be annotated, and why. */
  failed: z.array(z.object({ path: z.string(), reason: z.string() })),
});

/** What a shard says of itself at its end, beside the outputs: for `merge`. */
export type ShardReport = z.output<typeof reportSchema>;

/** @returns the path of the report */
export async function writeShardReport(
  folder: string,
  shard: Shard,
  plan: ReadonlyMap<string, readonly PlannedOutput[]>,
  failed: ShardReport["failed"],
): Promise<string> {
  const recordings = [...plan].map(([path, outputs]) => ({
    path,
    outputs: outputs.map((output) => relative(folder, output.path)),
  }));
  const list = createHash("sha256").update(JSON.stringify(recordings)).digest("hex");
  const report: ShardReport = { ...shard, list, recordings, failed };
  const name = `shard-${shard.index}-of-${shard.count}.json`;
  const path = join(folder, RECORDS, name);
  await writeWhole(path, `${JSON.stringify(report)}\n`);
  return path;
}

/** By name; what is no report of a shard is passed over. @throws what reading the folder throws */
export async function readShardReports(folder: string): Promise<ShardReport[]> {
  const names = await readdir(join(folder, RECORDS)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  const found: ShardReport[] = [];
  for (const name of names.sort()) {
    if (!/^shard-\d+-of-\d+\.json$/.test(name)) continue;
    const report = reportSchema.safeParse(
      jsonOrUndefined(await readFile(join(folder, RECORDS, name), "utf8")),
    );
    if (report.success) found.push(report.data);
  }
  return found;
}
