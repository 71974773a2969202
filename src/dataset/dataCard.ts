import { join } from "node:path";
import { KINDS } from "../language/index.js";
import { readJsonLines } from "./readRows.js";
import type { DatasetSummary } from "./synthesize.js";
import { vqaRowSchema } from "./VqaRow.js";
import { SPLITS } from "./VqaScene.js";

/** The data set's README.md, which Hugging Face reads as its card. */
export async function dataCard(folder: string, summary: DatasetSummary): Promise<string> {
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
${settings.source.kind === "scenes" ? "from simulated table tops; the answers are the simulator's exact geometry." : "from recordings with depth and masks; the answers are what the `rgbd` geometry measures in them."}

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
