import { kindInfo } from "./QuestionKind.js";
import {
  type AnswerValue,
  type ObjectEvidence,
  type SpatialAnswer,
  withWholeSigma,
} from "./SpatialAnswer.js";

/** So many sigmas below zero is no noise. */
const NOISE_SIGMAS = 3;

/**
 * An answer as it may leave a model: all of its numbers are finite, a confidence is a
 * probability, and no distance is negative: zero would be a claim of contact. A value that is not becomes a refusal; evidence and reliability that are not are left
 * out. An answer that is in order is returned as it is.
 */
export function finiteAnswer(answer: SpatialAnswer): SpatialAnswer {
  const { value, evidence, reliability, latencyMs } = answer;
  const problem = value && problemOf(answer, value);
  const seen = evidence?.filter(isFiniteEvidence);
  const isReliable = reliability === undefined || Object.values(reliability).every(Number.isFinite);
  const isWhole =
    problem === undefined &&
    seen?.length === evidence?.length &&
    isReliable &&
    Number.isFinite(latencyMs);
  if (isWhole) return answer;
  const { value: _, evidence: __, reliability: ___, refusal, ...rest } = answer;
  const kept = {
    ...rest,
    latencyMs: Number.isFinite(latencyMs) ? latencyMs : 0,
    ...(seen?.length && { evidence: seen }),
    ...(isReliable && reliability && { reliability }),
  };
  if (refusal) return { ...kept, refusal };
  if (value && problem === undefined) return { ...kept, value };
  return { ...kept, refusal: { reason: "unclear", detail: problem ?? NO_NUMBER } };
}

const NO_NUMBER = "the model's value is not a finite number, or its sigma or confidence is none";

function problemOf(answer: SpatialAnswer, value: AnswerValue): string | undefined {
  if (!isFiniteValue(value)) return NO_NUMBER;
  const { kind } = answer.question;
  if (value.shape !== "quantity" || kind === "open" || kindInfo(kind).signed) return undefined;
  const { value: whole = value } = withWholeSigma(answer);
  const sigmaM = whole.shape === "quantity" ? whole.sigmaM : value.sigmaM;
  if (value.valueM >= -NOISE_SIGMAS * sigmaM) return undefined;
  return `a ${kind} cannot be negative, but the model's value is ${value.valueM} m`;
}

function isFiniteValue(value: AnswerValue): boolean {
  if (value.shape !== "quantity") return value.confidence >= 0 && value.confidence <= 1;
  const { valueM, sigmaM } = value;
  return Number.isFinite(valueM) && Number.isFinite(sigmaM) && sigmaM >= 0;
}

function isFiniteEvidence({ centerPx, boxPx = [0, 0, 0, 0], centerM }: ObjectEvidence): boolean {
  return [...centerPx, ...boxPx, ...centerM].every(Number.isFinite);
}
