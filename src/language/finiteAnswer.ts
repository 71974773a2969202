import type { AnswerValue, ObjectEvidence, SpatialAnswer } from "./SpatialAnswer.js";

/**
 * An answer as it may leave a model: all of its numbers are finite, and a confidence is a
 * probability. A value that is not becomes a refusal; evidence and reliability that are not are left
 * out. An answer that is in order is returned as it is.
 */
export function finiteAnswer(answer: SpatialAnswer): SpatialAnswer {
  const { value, evidence, reliability, latencyMs } = answer;
  const seen = evidence?.filter(isFiniteEvidence);
  const isReliable = reliability === undefined || Object.values(reliability).every(Number.isFinite);
  const isWhole =
    (value === undefined || isFiniteValue(value)) &&
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
  if (value && isFiniteValue(value)) return { ...kept, value };
  const detail = "the model's value is not a finite number, or its sigma or confidence is none";
  return { ...kept, refusal: { reason: "unclear", detail } };
}

function isFiniteValue(value: AnswerValue): boolean {
  if (value.shape !== "quantity") return value.confidence >= 0 && value.confidence <= 1;
  const { valueM, sigmaM } = value;
  return Number.isFinite(valueM) && Number.isFinite(sigmaM) && sigmaM >= 0;
}

function isFiniteEvidence({ centerPx, boxPx = [0, 0, 0, 0], centerM }: ObjectEvidence): boolean {
  return [...centerPx, ...boxPx, ...centerM].every(Number.isFinite);
}
