import { itemAt } from "../../base/index.js";
import {
  type AnswerShape,
  type AnswerValue,
  formatQuantity,
  kindInfo,
  type ObjectEvidence,
  type QuestionKind,
  type Refusal,
  type SpatialAnswer,
  type SpatialQuestion,
  wordAnswer,
} from "../../language/index.js";
import { doubtedSigmaM, type Signs } from "./Doubt.js";
import type { Picture } from "./fitPicture.js";
import type { Answered } from "./Graphs.js";
import { LengthMixture } from "./LengthMixture.js";
import { pointedAt } from "./pointedAt.js";
import type { Understood } from "./readQuestion.js";
import { type Rival, rivalOf } from "./rivalOf.js";
import type { Tokeniser } from "./Tokeniser.js";
import type { ModelConfig } from "./Weights.js";

/** Numbers of a cell's geometry. */
const GEOMETRY = 9;

/** What there is to read from: the outputs for some questions about one picture. */
export interface Reading {
  readonly config: ModelConfig;
  readonly picture: Picture;
  readonly outputs: Answered;
  readonly tokeniser: Tokeniser;
  /** What each cell says of the thing that it shows. */
  readonly geometry: ArrayLike<number>;
  /** The picture's domain score, where the model knows its domain. */
  readonly score?: number | undefined;
  /** The picture's (`sharpnessOf`). */
  readonly sharpness: number;
}

/** What the model says to question number `row`: a value with its doubt, or why there is none. */
export function readAnswer(
  question: SpatialQuestion,
  { kind, objects }: Understood,
  row: number,
  reading: Reading,
): Omit<SpatialAnswer, "model" | "latencyMs"> {
  const known = objects.map(({ phrase }) => reading.tokeniser.knows(phrase));
  // The model would match a phrase of unknown words with any object.
  const strangers = objects.filter((_, which) => known[which] === "none");
  if (strangers.length > 0) {
    const names = strangers.map(({ phrase }) => phrase).join(", nor of ");
    const detail = `${reading.config.id} does not know any word of ${names}`;
    return refused(question, { reason: "no_object", detail });
  }
  const { seen_from: from, seen_from_unread: fromUnread } = reading.config;
  const sights = objects.map(({ name, phrase }, which) => {
    const chance = sigmoid(reading.outputs.seen[2 * row + which]);
    const isSeen = chance >= (known[which] === "all" ? from : fromUnread);
    return { name, phrase, which, chance, isSeen };
  });
  const evidence = sights.flatMap(({ name, which, isSeen }): ObjectEvidence[] =>
    isSeen ? [{ object: name, ...pointedAt(...pointerOf(row, which, reading), reading) }] : [],
  );
  const unseen = sights.filter(({ isSeen }) => !isSeen);
  if (unseen.length > 0) {
    const detail = unseen
      .map(
        ({ phrase, chance }) =>
          `${phrase} is not seen in the image (${percent(chance)} that it is)`,
      )
      .join("; ");
    return refused(question, { reason: "no_object", detail }, evidence);
  }
  const rivals = rivalsOf(objects, row, reading);
  const vague = sights.find(
    ({ phrase }, index) =>
      itemAt(rivals, index).otherShare > AMBIGUOUS && isVague(phrase, reading.config),
  );
  if (vague) {
    const detail = `${vague.phrase} can mean several things in the image: say its color, its noun, or which of them it is`;
    return refused(question, { reason: "ambiguous", detail }, evidence);
  }
  const value = widened(kind, readValue(kind, row, reading), rivals, reading);
  if (value.shape === "quantity" && !Number.isFinite(value.valueM + value.sigmaM)) {
    const detail = "the model did not return a finite length";
    return refused(question, { reason: "unclear", detail }, evidence);
  }
  return { question, text: sentence(kind, value, objects), value, evidence };
}

/** From this share of the attention on, another thing fits a phrase as well. */
const AMBIGUOUS = 0.22;
/** Less than this share goes to other things, whatever a pointer points at. */
const USUAL_SHARE = 0.05;

/**
 * What a squashed or stretched image adds to the error of a length, as a share of it for each unit of
 * ln of the stretch: measured on pictures squashed to squares, to 16:9 and to half their height.
 */
const STRETCH_ERROR = 0.35;
/** Lengths below this err as this one does, m. */
const STRETCH_LEAST_M = 0.02;

/** Words that choose among things that look alike. */
const CHOOSING = /\b(?:left|right|near|far|close|tall|short|wide|narrow|thin|big|small|large)/;

/** Whether a phrase leaves a color or a noun unsaid, so that it may fit several things. */
function isVague(phrase: string, { colors, nouns }: ModelConfig): boolean {
  const words = phrase.toLowerCase().match(/[a-z]+/g) ?? [];
  const isFull = words.some((it) => colors.includes(it)) && words.some((it) => nouns.includes(it));
  return nouns.length > 0 && !isFull && !CHOOSING.test(phrase.toLowerCase());
}

/** What the error of a length is foretold by. */
export function lengthSigns(
  { kind, objects }: Understood,
  row: number,
  reading: Reading,
): Signs | undefined {
  const value = readValue(kind, row, reading);
  if (value.shape !== "quantity") return undefined;
  return signsOf(value, rivalsOf(objects, row, reading), reading);
}

function rivalsOf(objects: readonly unknown[], row: number, reading: Reading): readonly Rival[] {
  return objects.map((_, which) => rivalOf(pointerOf(row, which, reading)[0], reading.geometry));
}

function signsOf(
  { valueM, sigmaM }: { readonly valueM: number; readonly sigmaM: number },
  rivals: readonly Rival[],
  { score, sharpness }: Pick<Reading, "score" | "sharpness">,
): Signs {
  // A pointer that is not sure of its thing may be off by the distance to another one.
  const doubtsM = rivals.map(
    ({ share, apartM }) => Math.sqrt(Math.max(0, share - USUAL_SHARE)) * apartM,
  );
  return { score, sharpness, sigmaM, rivalM: Math.hypot(...doubtsM), valueM };
}

function widened(
  kind: QuestionKind,
  value: AnswerValue,
  rivals: readonly Rival[],
  reading: Reading,
): AnswerValue {
  if (value.shape !== "quantity") return value;
  const ownM = doubtedSigmaM(kind, signsOf(value, rivals, reading), reading.config.sigma);
  const stretchM =
    STRETCH_ERROR * reading.picture.mayBeStretched * (Math.abs(value.valueM) + STRETCH_LEAST_M);
  return { ...value, sigmaM: Math.hypot(ownM, stretchM) };
}

export function refused(
  question: SpatialQuestion,
  refusal: Refusal,
  evidence: readonly ObjectEvidence[] = [],
): Omit<SpatialAnswer, "model" | "latencyMs"> {
  const text = `I cannot tell: ${refusal.detail}`;
  return { question, text, refusal, ...(evidence.length > 0 && { evidence }) };
}

function readValue(kind: QuestionKind, row: number, { config, outputs }: Reading): AnswerValue {
  const { shape, relations, signed } = kindInfo(kind);
  if (shape === "quantity") {
    const [from, to] = [row * config.mixture, (row + 1) * config.mixture];
    const lengths = new LengthMixture(
      {
        logWeights: outputs.weights.subarray(from, to),
        means: outputs.means.subarray(from, to),
        scales: outputs.scales.subarray(from, to),
      },
      config.scale_m,
      config.temperature,
    );
    const median = lengths.quantile(0.5);
    return { shape, valueM: signed ? median : Math.max(0, median), sigmaM: lengths.sigmaM };
  }
  const chance = sigmoid(outputs.held[row]);
  const holds = chance >= 0.5;
  const confidence = holds ? chance : 1 - chance;
  switch (shape) {
    case "yes_no":
      return { shape, yes: holds, confidence };
    case "choice":
      return { shape, choice: holds ? "subject" : "object", confidence };
    case "class":
      return { shape, relation: relations[holds ? 0 : 1]!, confidence };
  }
}

function pointerOf(
  row: number,
  which: number,
  { config, outputs }: Reading,
): [scores: Float32Array, shape: Float32Array] {
  const place = 2 * row + which;
  const cells = config.columns * config.rows;
  return [
    outputs.scores.subarray(place * cells, (place + 1) * cells),
    outputs.shapes.subarray(place * GEOMETRY, (place + 1) * GEOMETRY),
  ];
}

/** Of `answerPhrasings`, a plain whole sentence. */
const PHRASING: Readonly<Record<AnswerShape, number>> = {
  quantity: 3,
  yes_no: 1,
  choice: 1,
  class: 0,
};

function sentence(kind: QuestionKind, value: AnswerValue, [a, b]: Understood["objects"]): string {
  const length = value.shape === "quantity" ? formatQuantity(Math.abs(value.valueM)) : undefined;
  const phrasing = PHRASING[value.shape];
  return wordAnswer(kind, value, { phrasing, subject: a!.phrase, object: b?.phrase, length });
}

/** Of a logit that the graph did not give, NaN. */
function sigmoid(logit = Number.NaN): number {
  return 1 / (1 + Math.exp(-logit));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
