import type { Line } from "../../base/index.js";
import {
  interpretQuestion,
  isQuestionKind,
  kindInfo,
  type ObjectRef,
  parseAnswer,
  type SpatialQuestion,
} from "../../language/index.js";
import {
  type AnswerRow,
  type PredictionRow,
  predictionRowSchema,
  readSaid,
  type Said,
  type Truth,
} from "./AnswerRow.js";
import { ConstantPredictor } from "./ConstantPredictor.js";
import { CONSTANT } from "./evaluateVqa.js";
import { AnswersInputError, LineFaults, parseLine, readRows } from "./jsonLines.js";

/** A file of predictions that has been read once. */
export interface PredictionFile {
  readonly path: string;
  /** Lines that can be used. */
  readonly rows: number;
  readonly skipped: number;
  /** Which lines are skipped and why, in words; absent if none is. */
  readonly faults?: string;
  /** Baselines that every row has an answer of, in the order of the first row. */
  readonly baselines: readonly string[];
  /** Fitted on the file's own truths: what saying the same to all could reach at best. */
  readonly constant: ConstantPredictor;
}

/**
 * Reads a file of predictions through, so that its faults are all known before anything is
 * computed, and fits the constant predictor. Lines that cannot be used are skipped.
 *
 * @throws AnswersInputError if no line can be used
 */
export async function openPredictions(path: string): Promise<PredictionFile> {
  const faults = new LineFaults(path);
  const constant = new ConstantPredictor();
  let baselines: string[] | undefined;
  let rows = 0;
  for await (const line of readRows(path)) {
    rows += 1;
    const { value: row, fault } = readRow(line);
    if (fault !== undefined) {
      faults.add(line.number, fault);
      continue;
    }
    constant.add(row.kind, row.truth);
    const known: readonly string[] = baselines ?? Object.keys(row.baselines);
    baselines = known.filter((name) => row.baselines[name] !== undefined);
  }
  if (rows === 0) throw new AnswersInputError(`${path} has no rows`);
  if (faults.count === rows) faults.check(rows);
  const told = faults.told(rows);
  return {
    path,
    rows: rows - faults.count,
    skipped: faults.count,
    ...(told !== undefined && { faults: told }),
    baselines: baselines ?? [],
    constant,
  };
}

/** The rows of a file of predictions, one by one. */
export async function* readPredictions({
  path,
  baselines,
  constant,
}: PredictionFile): AsyncGenerator<AnswerRow> {
  for await (const line of readRows(path)) {
    const { value: row } = readRow(line);
    if (!row) continue;
    if (baselines.includes(CONSTANT)) yield row;
    else {
      const said = constant.predict(row.kind, row.truth.shape);
      yield { ...row, baselines: { ...row.baselines, [CONSTANT]: said } };
    }
  }
}

type ReadRow =
  | { readonly value: AnswerRow; readonly fault?: never }
  | { readonly value?: never; readonly fault: string };

function readRow({ number, text }: Line): ReadRow {
  const { value: row, fault } = parseLine(text, predictionRowSchema);
  if (fault !== undefined) return { fault };
  const question = questionOf(row);
  if (question === undefined) return { fault: `kind: "${row.kind}" is not one of the 43 kinds` };
  const truth = truthOf(row, question);
  if (typeof truth === "string") return { fault: truth };
  const id = String(row.id ?? number);
  const [subject, object] =
    question.kind === "open"
      ? [row.subject, row.object]
      : [question.subject.phrase, question.object?.phrase];
  return {
    value: {
      id,
      frame: row.frame ?? row.image ?? `line ${number}`,
      kind: question.kind,
      question: row.question,
      subject: subject ?? "",
      object: object ?? "",
      truth,
      said: row.answer ? readSaid(row.answer) : parsedSaid(row.prediction, question),
      baselines: Object.fromEntries(
        Object.entries(row.baselines ?? {}).map(([name, said]) => [name, readSaid(said)]),
      ),
      ...(row.range_m !== undefined && { rangeM: row.range_m }),
    },
  };
}

/** The question as its row types it, or as its words say; undefined for an unknown kind. */
function questionOf({ question, kind, subject, object }: PredictionRow) {
  const objects = [subject, object].flatMap((phrase): ObjectRef[] =>
    phrase === undefined ? [] : [{ name: phrase.replaceAll(" ", "_"), phrase }],
  );
  if (kind !== undefined && kind !== "open") {
    if (!isQuestionKind(kind)) return undefined;
    const [a, b] = objects;
    const { arity } = kindInfo(kind);
    if (a && (arity === 1 || b)) {
      return { kind, text: question, subject: a, ...(arity === 2 && b && { object: b }) };
    }
  }
  const understood = interpretQuestion(question, objects);
  return understood.kind === "problem" ? ({ kind: "open", text: question } as const) : understood;
}

/** The truth of a row, or what is wrong with it. */
function truthOf(
  { truth, ground_truth: given }: PredictionRow,
  question: SpatialQuestion,
): Truth | string {
  if (truth) {
    if (!matches(truth.shape, question)) {
      return `truth.shape: the truth of a ${question.kind} cannot be a ${truth.shape}`;
    }
    const problem = truth.shape === "quantity" && lengthProblem(truth.value_m, question);
    return problem ? `truth.value_m: ${problem}` : truth;
  }
  if (given === undefined) return "ground_truth: missing";
  if (isNumber(given) && isYesNo(question)) {
    return `ground_truth: ${given}: the question is answered by yes or no: write true or false`;
  }
  if (typeof given !== "string") {
    const known: Truth =
      typeof given === "number"
        ? { shape: "quantity", value_m: given }
        : { shape: "yes_no", yes: given };
    const problem = known.shape === "quantity" && lengthProblem(known.value_m, question);
    if (problem) return `ground_truth: ${problem}`;
    if (matches(known.shape, question)) return known;
    return `ground_truth: ${given} is not an answer to a ${question.kind} question`;
  }
  const { value, refusal } = parseAnswer(given, question);
  if (refusal) {
    const hint =
      refusal.reason === "no_unit" ? `; write "${given} m", or a JSON number for metres` : "";
    return `ground_truth: ${refusal.reason}: ${refusal.detail}${hint}`;
  }
  return value.shape === "quantity" ? { shape: value.shape, value_m: value.valueM } : value;
}

function isNumber(given: string | number | boolean): boolean {
  return typeof given === "number" || (typeof given === "string" && /^\s*\d+\s*$/.test(given));
}

/** "Is the drawer open?" wants yes or no; "Can you say how long it is?" and "Is it 2 or 3 cm?" a length. */
const YES_NO =
  /^\W*(?:is|are|was|were|do|does|did|can|could|has|have|will|would|should)\b(?!.*\b(?:how|what|which|where|or)\b)/is;

function isYesNo({ kind, text }: SpatialQuestion): boolean {
  return kind === "open" ? YES_NO.test(text) : kindInfo(kind).shape === "yes_no";
}

function matches(shape: Truth["shape"], { kind }: SpatialQuestion): boolean {
  return kind === "open" || shape === "refusal" || kindInfo(kind).shape === shape;
}

function parsedSaid(text: string, question: SpatialQuestion): Said {
  return { text, ...parseAnswer(text, question) };
}

/** What is longer is read from no words either. */
const LONGEST_M = 100;

/** Why a length cannot be true. */
function lengthProblem(valueM: number, question: SpatialQuestion): string | undefined {
  if (valueM < 0 && !mayBeNegative(question)) {
    return `a ${question.kind} cannot be negative, but this is ${valueM} m`;
  }
  if (Math.abs(valueM) <= LONGEST_M) return undefined;
  return `${valueM} m is longer than ${LONGEST_M} m: numbers are metres, other units need words ("35 cm")`;
}

function mayBeNegative({ kind }: SpatialQuestion): boolean {
  return kind === "open" || kindInfo(kind).signed;
}
