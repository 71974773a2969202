import { join } from "node:path";
import { median } from "simple-statistics";
import { vqaRowSchema } from "../../dataset/index.js";
import {
  formatQuantity,
  isQuestionKind,
  kindInfo,
  type QuestionKind,
  type Relation,
} from "../../language/index.js";
import type { Said, Truth } from "./AnswerRow.js";
import { LineFaults, parseLine, readRows } from "./jsonLines.js";

/** Turns a median absolute deviation into the sigma of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/**
 * Says the same to all questions of a kind, without looking: the median of the kind's training
 * truths, or the more frequent verdict (of equally many the first: yes, the subject, the first
 * relation). What a model gains over it, it has seen.
 */
export class ConstantPredictor {
  readonly #lengths = new Map<string, number[]>();
  readonly #verdicts = new Map<string, { first: number; all: number; shape: Truth["shape"] }>();
  readonly #fitted = new Map<string, Said>();

  add(kind: QuestionKind | "open", truth: Truth): void {
    if (truth.shape === "refusal") return;
    const key = keyOf(kind, truth.shape);
    if (truth.shape === "quantity") {
      const lengths = this.#lengths.get(key);
      if (lengths) lengths.push(truth.value_m);
      else this.#lengths.set(key, [truth.value_m]);
      return;
    }
    const count = this.#verdicts.get(key) ?? { first: 0, all: 0, shape: truth.shape };
    this.#verdicts.set(key, count);
    count.all += 1;
    if (isFirst(truth, kind)) count.first += 1;
  }

  predict(kind: QuestionKind | "open", shape: Truth["shape"]): Said {
    const key = keyOf(kind, shape);
    let said = this.#fitted.get(key);
    if (!said) {
      said = this.#fit(kind, key);
      this.#fitted.set(key, said);
    }
    return said;
  }

  #fit(kind: QuestionKind | "open", key: string): Said {
    const lengths = this.#lengths.get(key);
    if (lengths) {
      const valueM = median(lengths);
      const spread = median(lengths.map((length) => Math.abs(length - valueM)));
      const sigmaM = MAD_TO_SIGMA * spread;
      return { text: formatQuantity(valueM), value: { shape: "quantity", valueM, sigmaM } };
    }
    const count = this.#verdicts.get(key);
    if (!count) {
      const detail = `the training set has no question of the kind ${kind}`;
      return { text: "", refusal: { reason: "unsupported_question", detail } };
    }
    const first = 2 * count.first >= count.all;
    const confidence = Math.max(count.first, count.all - count.first) / count.all;
    switch (count.shape) {
      case "choice": {
        const choice = first ? "subject" : "object";
        return { text: `the ${choice}`, value: { shape: "choice", choice, confidence } };
      }
      case "class": {
        const relation = kindInfo(kind as QuestionKind).relations[first ? 0 : 1] as Relation;
        return { text: relation, value: { shape: "class", relation, confidence } };
      }
      default:
        return { text: first ? "yes" : "no", value: { shape: "yes_no", yes: first, confidence } };
    }
  }
}

/** Open questions are of no kind: their shape has to do. */
function keyOf(kind: QuestionKind | "open", shape: Truth["shape"]): string {
  return kind === "open" ? `open ${shape}` : kind;
}

/**
 * The constant predictor of a data set's rows, read one by one.
 * @throws AnswersInputError for lines that are not rows
 */
export async function fitConstant(folder: string, split: string): Promise<ConstantPredictor> {
  const path = join(folder, `${split}.jsonl`);
  const constant = new ConstantPredictor();
  const faults = new LineFaults(path);
  let lines = 0;
  for await (const { number, text } of readRows(path)) {
    lines += 1;
    const { value, fault } = parseLine(text, vqaRowSchema);
    if (fault !== undefined) faults.add(number, fault);
    else if (isQuestionKind(value.kind)) constant.add(value.kind, value.truth);
    else faults.add(number, `kind: "${value.kind}" is not one of the 43 kinds`);
  }
  faults.check(lines);
  return constant;
}

/** An answer with two possible values, true or said. */
export type Verdict =
  | { readonly shape: "yes_no"; readonly yes: boolean }
  | { readonly shape: "choice"; readonly choice: "subject" | "object" }
  | { readonly shape: "class"; readonly relation: Relation };

/** Whether it is the first of the two: yes, the subject, or the first relation of a classify kind. */
export function isFirst(verdict: Verdict, kind: QuestionKind | "open"): boolean {
  switch (verdict.shape) {
    case "yes_no":
      return verdict.yes;
    case "choice":
      return verdict.choice === "subject";
    case "class":
      return kind !== "open" && kindInfo(kind).relations[0] === verdict.relation;
  }
}
