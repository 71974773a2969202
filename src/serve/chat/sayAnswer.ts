import {
  answerNumber,
  formatQuantity,
  formatValue,
  type SpatialAnswer,
  withWholeSigma,
  wordAnswer,
} from "../../language/index.js";
import type { ChatAnswer } from "./calibratedAnswer.js";

/** The wordings that name both objects: "The gripper is 35 cm from the red mug." */
const FULL_LENGTH = 3;
const FULL_OTHER = 1;

const REFUSAL = "I cannot tell from this image.";

/**
 * An answer as SpatialVLM would say it, with the length's 95 % interval: without it a reader would take
 * the digits for its exactness. The reason of a refusal is not said: it may have numbers.
 *
 * @example "The gripper is 34.2 ± 1.2 cm from the red mug."
 */
export function sayAnswer(answer: SpatialAnswer): string {
  const { question, value, text } = withWholeSigma(answer);
  if (value === undefined) return REFUSAL;
  // A model that answers free words has words of its own.
  if (question.kind === "open") return text === "" ? formatValue(value) : text;
  const isLength = value.shape === "quantity";
  return wordAnswer(question.kind, value, {
    phrasing: isLength ? FULL_LENGTH : FULL_OTHER,
    subject: question.subject.phrase,
    object: question.object?.phrase,
    ...(isLength && { length: formatQuantity(Math.abs(value.valueM), 2 * value.sigmaM) }),
  });
}

/** The answer as data: what the words stand for; `raw` is what a model said that is calibrated. */
export function answerFields({ answer, raw }: ChatAnswer): Readonly<Record<string, unknown>> {
  const { question, refusal, evidence = [], reliability, model, latencyMs, text } = answer;
  const { value } = withWholeSigma(answer);
  const number = value && answerNumber(value, question.kind);
  return {
    ...{ question: question.text, kind: question.kind },
    ...(question.kind !== "open" && {
      subject: question.subject.phrase,
      object: question.object?.phrase ?? null,
    }),
    value: number?.value ?? null,
    sigma: number?.sigma ?? null,
    ...(raw && { raw: raw.valueM, raw_sigma: raw.sigmaM }),
    unit: number?.unit ?? null,
    answer: text,
    refusal: refusal ? { reason: refusal.reason, detail: refusal.detail } : null,
    reliability: reliability
      ? {
          relative_sigma: reliability.relativeSigma,
          absolute_sigma_m: reliability.absoluteSigmaM,
          wild_share: reliability.wildShare,
        }
      : null,
    evidence: evidence.map(({ object, centerPx, boxPx, centerM }) => ({
      ...{ object, center_px: centerPx, box_px: boxPx ?? null, center_m: centerM },
    })),
    ...{ model, latency_ms: Number(latencyMs.toFixed(3)) },
  };
}
