import {
  type AnswerReading,
  combineAnswers,
  parseAnswer,
  type Refusal,
  type SpatialQuestion,
} from "../../spatial/index.js";
import type { Sample } from "./Completion.js";

/**
 * What several samples of an answer say together: their average where more of them hold a value
 * than hold none, else the most frequent refusal.
 *
 * @param samples At least one.
 */
export function answerOf(
  samples: readonly Sample[],
  question: SpatialQuestion,
  maxTokens: number,
): AnswerReading {
  const readings = samples.map((sample) => readSample(sample, question, maxTokens));
  const values = readings.flatMap(({ value }) => value ?? []);
  const refusals = readings.flatMap(({ refusal }) => refusal ?? []);
  if (refusals.length >= values.length) return { refusal: commonest(refusals, samples.length) };
  const value = combineAnswers(values);
  if (value) return { value };
  const detail = `the ${samples.length} samples do not answer the same question`;
  return { refusal: { reason: "contradiction", detail } };
}

function readSample(sample: Sample, question: SpatialQuestion, maxTokens: number): AnswerReading {
  const { declined, finish } = sample;
  if (declined !== undefined) return { refusal: { reason: "refused", detail: declined } };
  if (finish === "content_filter") {
    return { refusal: { reason: "refused", detail: "the server's content filter cut the answer" } };
  }
  if (finish === "length") {
    const detail = `the answer was cut off after ${maxTokens} tokens: raise max_tokens`;
    return { refusal: { reason: "unclear", detail } };
  }
  return parseAnswer(sample.text, question);
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

const THINKING_ENDS = "</think>";

/** What a reader wants to see of an answer: without the thinking aloud before it. */
export function spokenText(text: string): string {
  const end = text.lastIndexOf(THINKING_ENDS);
  return (end < 0 ? text : text.slice(end + THINKING_ENDS.length)).trim();
}
