import type { AnswerValue } from "../../language/index.js";
import type { ChainSettings } from "./chainSettings.js";

/** Whether a value is so unsure that the next model of the chain is worth asking. */
export function isDoubtful(value: AnswerValue, settings: ChainSettings): boolean {
  if (value.shape !== "quantity") return value.confidence < (settings.minConfidence ?? 0);
  const { maxSigma, maxSigmaRatio } = settings;
  const limits = [
    ...(maxSigma === undefined ? [] : [maxSigma]),
    ...(maxSigmaRatio === undefined ? [] : [maxSigmaRatio * Math.abs(value.valueM)]),
  ];
  return limits.length > 0 && limits.every((limitM) => value.sigmaM > limitM);
}
