import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DatasetSettings } from "./DatasetPlan.js";
import { dataCard } from "./dataCard.js";
import { SHARDS, type ShardCounts, shardPath } from "./ShardWriter.js";
import type { DatasetSummary } from "./synthesize.js";
import { SPLITS } from "./VqaScene.js";
import { writeParquet } from "./writeParquet.js";

/** Joins finished shards, in their order, to the files of a data set; `dataset.json` comes last. */
export async function joinShards(
  folder: string,
  settings: DatasetSettings,
  shards: readonly (readonly [name: string, counts: ShardCounts])[],
  signal: AbortSignal,
): Promise<DatasetSummary> {
  for (const part of ["frames", ...SPLITS]) {
    const path = join(folder, `${part}.jsonl`);
    // Truncates what an interrupted call has left.
    await writeFile(`${path}.partial`, "");
    for (const [name] of shards) {
      signal.throwIfAborted();
      await pipeline(
        createReadStream(shardPath(folder, name, `${part}.jsonl`)),
        createWriteStream(`${path}.partial`, { flags: "a" }),
      );
    }
    await rename(`${path}.partial`, path);
  }
  const counts = shards.map(([, each]) => each);
  const summary: DatasetSummary = { settings, ...total(counts) };
  for (const split of SPLITS) await writeParquet(folder, split, summary.frames[split], signal);
  await writeFile(join(folder, "README.md"), await dataCard(folder, summary));
  const about = join(folder, "dataset.json");
  await writeFile(`${about}.partial`, `${JSON.stringify(summary, null, 2)}\n`);
  await rename(`${about}.partial`, about);
  await rm(join(folder, SHARDS), { recursive: true });
  return summary;
}

function total(all: readonly ShardCounts[]): ShardCounts {
  const frames = { train: 0, val: 0, test: 0 };
  const rows = { train: 0, val: 0, test: 0 };
  const skipped: Record<string, number> = {};
  for (const counts of all) {
    for (const split of SPLITS) {
      frames[split] += counts.frames[split];
      rows[split] += counts.rows[split];
    }
    for (const [reason, count] of Object.entries(counts.skipped))
      skipped[reason] = (skipped[reason] ?? 0) + count;
  }
  return { frames, rows, skipped };
}
