import { basename, join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { claimOutputs, keepInputs, mulberry32, writeWhole } from "../base/index.js";
import { encodeJpeg, readImageFile } from "../camera/index.js";
import { DatasetError, readJsonLines, type VqaRow, vqaRowSchema } from "../dataset/index.js";
import { KINDS } from "../language/index.js";
import {
  type BarList,
  dataSetPageHtml,
  type ExamplePicture,
  type ValueHistogram,
} from "../report/index.js";
import { overwriteOption } from "./options.js";
import { entriesOf } from "./outputs.js";

interface Options {
  readonly output: string;
  readonly overwrite: boolean;
  readonly examples: number;
  readonly seed: number;
}

const SPLITS = ["train", "val", "test"] as const;
const BINS = 24;
/** Values kept of each kind for its histogram; of more, evenly drawn ones. */
const KEPT_VALUES = 5000;
const TURNS_SHOWN = 6;
const PICTURE_PX = 640;

/** `spatial-reward dataset inspect` */
export function datasetInspectCommand(): Command {
  return new Command("inspect")
    .argument("<folder>", "folder written by `dataset synthesize`")
    .requiredOption("-o, --output <file>", "HTML file")
    .option(
      "--examples <count>",
      "number of example pictures, with some of their questions",
      pictures,
      24,
    )
    .option("--seed <number>", "seed for the choice of pictures", Number, 1)
    .addOption(overwriteOption())
    .action(async (folder: string, { output, examples, seed, overwrite }: Options) => {
      await keepInputs(await entriesOf(folder), [output]);
      await claimOutputs([output], { by: "dataset inspect", overwrite });
      await writeWhole(output, await pageOf(folder, examples, seed));
      console.log(`  written  ${output}`);
    });
}

interface Kept {
  readonly values: number[];
  seen: number;
}

async function pageOf(folder: string, examples: number, seed: number): Promise<string> {
  const kinds = new Map([...KINDS.keys()].map((kind) => [kind as string, 0]));
  const answers = new Map<string, number>();
  const splits = new Map<string, number>();
  const lengths = new Map<string, Kept>();
  const frames = new Set<string>();
  const draw = mulberry32(seed);
  // The rows of the pictures with the smallest drawn numbers so far.
  let chosen: { key: number; rows: VqaRow[] }[] = [];
  let current: { key: number; rows: VqaRow[] } | undefined;
  for (const split of SPLITS) {
    for await (const row of readJsonLines(join(folder, `${split}.jsonl`), vqaRowSchema)) {
      if (current === undefined || row.frame !== current.rows[0]!.frame) {
        current = { key: draw(), rows: [] };
        chosen = [...chosen, current].sort((a, b) => a.key - b.key).slice(0, examples);
      }
      current.rows.push(row);
      frames.add(row.frame);
      add(kinds, row.kind);
      add(splits, split);
      if (row.truth.shape !== "quantity") add(answers, answerOf(row));
      else keep(lengths, row.kind, row.truth.value_m, draw());
    }
  }
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new DatasetError(`${folder}: the data set has no rows`);
  const bars: BarList[] = [
    { title: "Questions by kind", bars: entries(kinds) },
    { title: "Answers to qualitative questions", bars: entries(answers).sort(byLabel) },
  ];
  return dataSetPageHtml({
    title: `Data set ${basename(resolve(folder))}`,
    about: `${total} questions about ${frames.size} pictures`,
    cards: SPLITS.map((split) => ({
      label: `questions in ${split}`,
      value: String(splits.get(split) ?? 0),
    })),
    bars,
    histograms: [...lengths].map(([kind, { values }]) => histogramOf(kind, values)),
    examples: await Promise.all(chosen.map(({ rows }) => exampleOf(folder, rows))),
  });
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function entries(counts: ReadonlyMap<string, number>) {
  return [...counts].map(([label, count]) => ({ label, count }));
}

function byLabel(a: { readonly label: string }, b: { readonly label: string }): number {
  return a.label.localeCompare(b.label, "en");
}

function answerOf({ truth }: VqaRow): string {
  switch (truth.shape) {
    case "yes_no":
      return truth.yes ? "yes" : "no";
    case "choice":
      return `choice: ${truth.choice}`;
    case "class":
      return `class: ${truth.relation}`;
    default:
      return truth.shape;
  }
}

/** Reservoir sampling: every value is as likely to be kept. */
function keep(kept: Map<string, Kept>, kind: string, value: number, draw: number): void {
  let of = kept.get(kind);
  if (!of) {
    of = { values: [], seen: 0 };
    kept.set(kind, of);
  }
  of.seen += 1;
  if (of.values.length < KEPT_VALUES) of.values.push(value);
  else {
    const place = Math.floor(draw * of.seen);
    if (place < KEPT_VALUES) of.values[place] = value;
  }
}

function histogramOf(title: string, values: readonly number[]): ValueHistogram {
  const low = Math.min(0, ...values);
  const high = Math.max(low + 0.01, ...values);
  const bins = Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS));
    bins[bin] = bins[bin]! + 1;
  }
  return { title, low, high, unit: "m", bins };
}

async function exampleOf(folder: string, rows: readonly VqaRow[]): Promise<ExamplePicture> {
  const [first] = rows;
  const { image } = await readImageFile(join(folder, first!.image));
  const jpeg = await encodeJpeg(image, { maxSidePx: PICTURE_PX, quality: 80 });
  return {
    image: `data:image/jpeg;base64,${jpeg.toString("base64")}`,
    caption: first!.image,
    turns: rows.slice(0, TURNS_SHOWN).map(({ kind, messages, truth }) => ({
      question: messages[0].content[1].text,
      answer: messages[1].content[0].text,
      note: truth.shape === "quantity" ? `${kind}: ${truth.value_m.toFixed(4)} m` : kind,
    })),
  };
}

function pictures(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= 500) return count;
  throw new InvalidArgumentError("a whole number from 0 to 500 is needed.");
}
