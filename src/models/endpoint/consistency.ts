import {
  type AnswerReading,
  type AnswerValue,
  askInInches,
  combineAnswers,
  flipped,
  kindInfo,
  type SpatialQuestion,
  swapObjects,
} from "../../language/index.js";
import type { EndpointSettings } from "./EndpointSettings.js";

/** A question asked in another way, and what its answer says to the question itself. */
export interface Check {
  /** Of the question that is checked. */
  readonly index: number;
  readonly question: SpatialQuestion;
  /** For the reader: "with the objects swapped". */
  readonly how: string;
  readonly translate: (value: AnswerValue) => AnswerValue;
}

/** The other ways of asking. Open questions, and those about one object, have fewer or none. */
export function checksOf(
  questions: readonly SpatialQuestion[],
  check: EndpointSettings["check"],
): readonly Check[] {
  return questions.flatMap((question, index): Check[] => {
    if (question.kind === "open") return [];
    const { kind } = question;
    const swapped = check === "unit" || check === "none" ? undefined : swapObjects(question);
    const asksUnit = check === "unit" || check === "both";
    return [
      ...(swapped
        ? [
            {
              index,
              question: swapped,
              how: "with the objects swapped",
              translate: (value: AnswerValue) => flipped(value, kind),
            },
          ]
        : []),
      ...(asksUnit && kindInfo(kind).shape === "quantity"
        ? [
            {
              index,
              question: askInInches(question),
              how: "in inches",
              translate: (value: AnswerValue) => value,
            },
          ]
        : []),
    ];
  });
}

/** The answer to a check, in terms of the question that is checked. */
export interface Checked {
  readonly how: string;
  readonly reading: AnswerReading;
}

/**
 * A reading with the answers to other ways of asking in it. Lengths become the mean, with
 * sigma² = mean(s_i²) + the answers' variance about it; a verdict is a vote. Where one of two
 * lengths is less than half of the other, and they differ by more than 5 cm, or a choice or a
 * relation turns, nothing is known: a `contradiction`. Checks without a value change nothing.
 */
export function reconciled(reading: AnswerReading, checks: readonly Checked[]): AnswerReading {
  const { value } = reading;
  if (!value) return reading;
  const others = checks.flatMap(({ how, reading: { value: other } }) =>
    other?.shape === value.shape ? [{ how, other }] : [],
  );
  if (others.length === 0) return reading;
  const against = others.find(({ other }) => contradicts(value, other));
  if (against) {
    const detail = `the answer is ${inWords(value)}, but ${inWords(against.other)} when asked ${against.how}`;
    return { refusal: { reason: "contradiction", detail } };
  }
  const all = [value, ...others.map(({ other }) => other)];
  return { value: value.shape === "quantity" ? widened(all) : combineAnswers(all)! };
}

const MOST_APART_M = 0.05;

function contradicts(a: AnswerValue, b: AnswerValue): boolean {
  if (a.shape === "quantity") {
    const other = b.shape === "quantity" ? b.valueM : Number.NaN;
    const larger = Math.max(Math.abs(a.valueM), Math.abs(other));
    return Math.abs(a.valueM - other) > Math.max(MOST_APART_M, larger / 2);
  }
  // No both ways round is what a tie looks like: neither is more so. The vote lowers confidence.
  if (a.shape === "yes_no") return b.shape === "yes_no" && a.yes && !b.yes;
  return inWords(a) !== inWords(b);
}

function widened(values: readonly AnswerValue[]): AnswerValue {
  const lengths = values.flatMap((value) => (value.shape === "quantity" ? [value] : []));
  const n = lengths.length;
  const valueM = lengths.reduce((sum, { valueM }) => sum + valueM, 0) / n;
  const own = lengths.reduce((sum, { sigmaM }) => sum + sigmaM ** 2, 0) / n;
  const spread = lengths.reduce((sum, it) => sum + (it.valueM - valueM) ** 2, 0) / (n - 1);
  return { shape: "quantity", valueM, sigmaM: Math.sqrt(own + spread) };
}

function inWords(value: AnswerValue): string {
  switch (value.shape) {
    case "quantity":
      return `${Number(value.valueM.toPrecision(3))} m`;
    case "yes_no":
      return value.yes ? "yes" : "no";
    case "choice":
      return `the ${value.choice}`;
    case "class":
      return value.relation;
  }
}
