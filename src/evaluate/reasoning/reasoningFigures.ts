import { closestName } from "../../base/index.js";
import type { IntervalFigure } from "../answers/AnswerMetrics.js";
import {
  brokenThresholds,
  type FailedThreshold,
  type Threshold,
  ThresholdError,
} from "../thresholds.js";
import type { ReasoningMetrics } from "./ReasoningMetrics.js";

/** All figures by flat keys: `FIGURE` over all questions, `KIND.FIGURE`. */
export function reasoningFigures({
  overall,
  kinds,
}: ReasoningMetrics): Map<string, IntervalFigure> {
  const all = new Map(Object.entries(overall));
  for (const [kind, figures] of kinds) {
    for (const [name, figure] of Object.entries(figures)) all.set(`${kind}.${name}`, figure);
  }
  return all;
}

/**
 * The thresholds that do not hold; see `brokenThresholds`.
 *
 * @throws ThresholdError for a key that there is not
 */
export function failedReasoningThresholds(
  metrics: ReasoningMetrics,
  thresholds: readonly Threshold[],
): FailedThreshold[] {
  const figures = reasoningFigures(metrics);
  return brokenThresholds(figures, thresholds, ({ bound, key }) => {
    if (figures.has(key)) return [key];
    const near = closestName(key, figures.keys());
    throw new ThresholdError(
      `--${bound} ${key}: no such figure.${near ? ` Is it ${near}?` : ""} A key is FIGURE (all ` +
        `questions) or KIND.FIGURE. Figures: ${Object.keys(metrics.overall).join(", ")}. ` +
        `Kinds: ${[...metrics.kinds.keys()].join(", ")}`,
    );
  });
}

/**
 * The metrics as JSON: `{questions, scenes, seed, llm, vlm, figures: {KEY: {value, n, of, low,
 * high}}, unanswered: {ENDING: count}}`; null where there is no value or interval.
 */
export function reasoningDocument(metrics: ReasoningMetrics): Readonly<Record<string, unknown>> {
  const { questions, scenes, seed, reasoner, vlm, unanswered } = metrics;
  const figures = [...reasoningFigures(metrics)].map(([key, { value = null, n, of, interval }]) => [
    key,
    { value, n, of, low: interval?.[0] ?? null, high: interval?.[1] ?? null },
  ]);
  return {
    questions,
    scenes,
    seed,
    llm: reasoner,
    vlm,
    figures: Object.fromEntries(figures),
    unanswered: Object.fromEntries(unanswered),
  };
}
