import {
  type AnswerReading,
  type AnswerValue,
  combineAnswers,
  type Refusal,
} from "../../language/index.js";
import type { Said } from "./readSample.js";

/**
 * What several samples of an answer say together: their average where more of them hold a value
 * than hold none, else the most frequent refusal. Samples without a value are votes that nothing
 * is known: they widen sigma and draw confidence to an even chance.
 *
 * @param said At least one.
 */
export function answerOf(said: readonly Said[]): AnswerReading {
  const values = said.flatMap(({ reading }) => reading.value ?? []);
  const refusals = said.flatMap(({ reading }) => reading.refusal ?? []);
  if (refusals.length >= values.length) return { refusal: commonest(refusals, said.length) };
  const value = combineAnswers(values);
  if (value) return { value: doubted(value, values.length / said.length) };
  const detail = `the ${said.length} samples do not answer the same question`;
  return { refusal: { reason: "contradiction", detail } };
}

/** @param share Of the samples, those that hold a value: above 1/2. */
function doubted(value: AnswerValue, share: number): AnswerValue {
  return value.shape === "quantity"
    ? { ...value, sigmaM: value.sigmaM / Math.sqrt(share) }
    : { ...value, confidence: 0.5 + (value.confidence - 0.5) * share };
}

function commonest(refusals: readonly Refusal[], samples: number): Refusal {
  const alike = (refusal: Refusal) => refusals.filter(({ reason }) => reason === refusal.reason);
  const winner = refusals.reduce((best, refusal) =>
    alike(refusal).length > alike(best).length ? refusal : best,
  );
  if (samples === 1) return winner;
  const detail = `${winner.detail} (${alike(winner).length} of ${samples} samples)`;
  return { reason: winner.reason, detail };
}
