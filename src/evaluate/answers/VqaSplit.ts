import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { valueAt } from "../../base/index.js";
import { type VqaFrame, type VqaRow, vqaFrameSchema, vqaRowSchema } from "../../dataset/index.js";
import { isQuestionKind, kindInfo } from "../../language/index.js";
import { AnswersInputError, LineFaults, parseLine, readRows } from "./jsonLines.js";

export const VQA_SPLITS = ["train", "val", "test"] as const;
export type VqaSplitName = (typeof VQA_SPLITS)[number];

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** An image of a data set and what is asked about it. */
export interface AskedScene {
  readonly frame: VqaFrame;
  readonly rows: readonly VqaRow[];
}

/**
 * One split of a VQA data set. Opening it reads and checks every row, so that no model is asked
 * for hours before a bad line is found; after that only places in the files are kept, and images'
 * rows are read as they are wanted, in the order of the images' first rows.
 */
export class VqaSplit {
  readonly folder: string;
  readonly split: VqaSplitName;
  readonly rowCount: number;
  /** Of the split's train.jsonl, say: for messages. */
  readonly path: string;
  readonly #rows: ReadonlyMap<string, readonly Place[]>;
  readonly #frames: ReadonlyMap<string, Place>;

  private constructor(
    folder: string,
    split: VqaSplitName,
    rows: ReadonlyMap<string, readonly Place[]>,
    frames: ReadonlyMap<string, Place>,
  ) {
    this.folder = folder;
    this.split = split;
    this.path = join(folder, `${split}.jsonl`);
    this.#rows = rows;
    this.#frames = frames;
    this.rowCount = [...rows.values()].reduce((sum, places) => sum + places.length, 0);
  }

  /** @throws AnswersInputError if the split is missing, empty, or has bad lines. */
  static async open(folder: string, split: VqaSplitName): Promise<VqaSplit> {
    await checkHas(folder, split);
    const frames = await placesOfFrames(join(folder, "frames.jsonl"));
    const path = join(folder, `${split}.jsonl`);
    const faults = new LineFaults(path);
    const rows = new Map<string, Place[]>();
    let lines = 0;
    for await (const { number, text, offset, length } of readRows(path)) {
      lines += 1;
      const { value: row, fault = row && faultOf(row, frames) } = parseLine(text, vqaRowSchema);
      if (row === undefined || fault !== undefined) {
        faults.add(number, fault ?? "");
        continue;
      }
      const places = rows.get(row.frame);
      if (places) places.push({ offset, length });
      else rows.set(row.frame, [{ offset, length }]);
    }
    faults.check(lines);
    if (lines === 0) {
      throw new AnswersInputError(
        `${path} has no rows; choose another --split or a larger data set`,
      );
    }
    return new VqaSplit(folder, split, rows, frames);
  }

  get imageCount(): number {
    return this.#rows.size;
  }

  /** All images, or as many, evenly spread over the split. */
  async *scenes(most = this.imageCount): AsyncGenerator<AskedScene> {
    const rowsFile = await open(this.path, "r");
    const framesFile = await open(join(this.folder, "frames.jsonl"), "r");
    try {
      let index = 0;
      for (const [id, places] of this.#rows) {
        const isWanted = isEvenlyChosen(index, this.imageCount, most);
        index += 1;
        if (!isWanted) continue;
        const frame = vqaFrameSchema.parse(await readJson(framesFile, valueAt(this.#frames, id)));
        const rows: VqaRow[] = [];
        for (const place of places) rows.push(vqaRowSchema.parse(await readJson(rowsFile, place)));
        yield { frame, rows };
      }
    } finally {
      await rowsFile.close();
      await framesFile.close();
    }
  }
}

/** Whether the `index`-th of `all` is among `wanted` that are spread evenly. */
export function isEvenlyChosen(index: number, all: number, wanted: number): boolean {
  if (wanted >= all) return true;
  return Math.floor((index * wanted) / all) !== Math.floor(((index + 1) * wanted) / all);
}

async function checkHas(folder: string, split: VqaSplitName): Promise<void> {
  const files = await readdir(folder).catch(() => {
    throw new AnswersInputError(`${folder}: no such folder`);
  });
  const splits = VQA_SPLITS.filter((name) => files.includes(`${name}.jsonl`));
  if (splits.length === 0 || !files.includes("frames.jsonl")) {
    throw new AnswersInputError(
      `${folder} is not a VQA data set: it needs frames.jsonl and train.jsonl, val.jsonl or ` +
        "test.jsonl, as `dataset synthesize` writes them",
    );
  }
  if (splits.includes(split)) return;
  throw new AnswersInputError(
    `${folder} has no ${split}.jsonl; choose --split ${splits.join(" or --split ")}`,
  );
}

async function placesOfFrames(path: string): Promise<Map<string, Place>> {
  const faults = new LineFaults(path);
  const places = new Map<string, Place>();
  let lines = 0;
  for await (const { number, text, offset, length } of readRows(path)) {
    lines += 1;
    const { value, fault } = parseLine(text, vqaFrameSchema);
    if (fault === undefined) places.set(value.id, { offset, length });
    else faults.add(number, fault);
  }
  faults.check(lines);
  return places;
}

function faultOf(
  { kind, truth, frame, object }: VqaRow,
  frames: ReadonlyMap<string, Place>,
): string | undefined {
  if (!isQuestionKind(kind)) return `kind: "${kind}" is not one of the 43 kinds`;
  const { shape, arity } = kindInfo(kind);
  if (truth.shape !== shape && truth.shape !== "refusal") {
    return `truth.shape: the truth of a ${kind} is a ${shape}, not a ${truth.shape}`;
  }
  if ((arity === 2) !== (object !== null)) {
    return `object: a ${kind} is about ${arity === 2 ? "two objects" : "one object"}`;
  }
  return frames.has(frame) ? undefined : `frame: frames.jsonl has no frame "${frame}"`;
}

async function readJson(file: FileHandle, { offset, length }: Place): Promise<unknown> {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, offset);
  return JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
}
