import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { OutputFile, writeWhole } from "../base/index.js";
import { KINDS } from "../language/index.js";
import type { DatasetSettings } from "./DatasetPlan.js";
import { SHARDS, type ShardCounts, shardPath } from "./ShardWriter.js";
import { readJsonLines, vqaRowSchema } from "./VqaRow.js";
import { SPLITS } from "./VqaScene.js";
import { writeParquet } from "./writeParquet.js";

/** What a data set holds. */
export interface DatasetSummary extends ShardCounts {
  readonly settings: DatasetSettings;
}

/** Joins finished shards, in their order, to the files of a data set; `dataset.json` comes last. */
export async function joinShards(
  folder: string,
  settings: DatasetSettings,
  shards: readonly (readonly [name: string, counts: ShardCounts])[],
  signal: AbortSignal,
): Promise<DatasetSummary> {
  for (const part of ["frames", ...SPLITS]) {
    const path = join(folder, `${part}.jsonl`);
    const joined = await OutputFile.create(path);
    try {
      for (const [name] of shards) {
        signal.throwIfAborted();
        const lines = createReadStream(shardPath(folder, name, `${part}.jsonl`));
        for await (const bytes of lines) await joined.write(bytes);
      }
      await joined.finish();
    } catch (error) {
      await joined.discard();
      throw error;
    }
  }
  const counts = shards.map(([, each]) => each);
  const summary: DatasetSummary = { settings, ...total(counts) };
  for (const split of SPLITS) await writeParquet(folder, split, summary.frames[split], signal);
  await writeWhole(join(folder, "README.md"), await dataCard(folder, summary));
  await writeWhole(join(folder, "dataset.json"), `${JSON.stringify(summary, null, 2)}\n`);
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

/** The data set's README.md, which Hugging Face reads as its card. */
async function dataCard(folder: string, summary: DatasetSummary): Promise<string> {
  const { settings, frames, rows, skipped } = summary;
  const kinds = await countKinds(folder);
  const filled = SPLITS.filter((split) => frames[split] > 0);
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((a, b) => a + b, 0);
  const left = Object.entries(skipped).map(([reason, count]) => `- ${count} × ${reason}`);
  return `---
license: ${settings.license}
task_categories:
- visual-question-answering
tags:
- spatial-reasoning
- robotics
size_categories:
- ${sizeCategory(sum(frames))}
configs:
- config_name: default
  data_files:
${filled.map((split) => `  - split: ${split}\n    path: data/${split}-*.parquet`).join("\n")}
---

# Spatial questions and answers

${sum(rows)} questions of ${kinds.size} kinds about ${sum(frames)} pictures, made with \`spatial-reward dataset synthesize\`
${originOf(settings)}

| split | pictures | questions |
|---|---|---|
${SPLITS.map((split) => `| ${split} | ${frames[split]} | ${rows[split]} |`).join("\n")}

${settings.source.kind === "scenes" ? "The test split has colours (purple, lime, brown), shapes (egg, capsule) and points of view that no other split has." : "Splits follow recordings, or time where there are few: neighbouring pictures are never in two splits."}
A fifth of the question phrasings occurs in the test split only.

## Files
- \`train.jsonl\`, \`val.jsonl\`, \`test.jsonl\`: a question a line, as \`image\` and \`messages\`; \`truth\` has the exact value (SI).
- \`data/*.parquet\`: a picture a row, with all its questions as one conversation: \`load_dataset("path/of/this/folder")\`.
- \`frames.jsonl\`: for each picture its size, intrinsics, objects with centres (optical frame, metres).
- \`images/\`: JPEG.${settings.images3d ? " `depth/`: 16-bit PNG, millimetres. `labels/`: instance ids." : ""}

## How it was made
\`\`\`json
${JSON.stringify(settings, null, 2)}
\`\`\`
${left.length ? `\nPictures without questions:\n${left.join("\n")}\n` : ""}
## Kinds
| kind | questions |
|---|---|
${[...KINDS.keys()].map((kind) => `| ${kind} | ${kinds.get(kind) ?? 0} |`).join("\n")}
`;
}

function originOf({ source }: DatasetSettings): string {
  if (source.kind === "scenes") {
    return "from simulated table tops; the answers are the simulator's exact geometry.";
  }
  return source.truth === "kinematics"
    ? "from a robot's recordings; the answers are what the motion of its gripper proves of what it grasped."
    : "from recordings with depth and masks; the answers are what the `rgbd` geometry measures in them.";
}

async function countKinds(folder: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const split of SPLITS) {
    for await (const { kind } of readJsonLines(join(folder, `${split}.jsonl`), vqaRowSchema))
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** In Hugging Face's words. */
function sizeCategory(count: number): string {
  if (count < 1000) return "n<1K";
  if (count < 10_000) return "1K<n<10K";
  if (count < 100_000) return "10K<n<100K";
  return "100K<n<1M";
}
