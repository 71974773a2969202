import type { AnswerMetrics } from "./AnswerMetrics.js";
import { answerFigures } from "./answerFigures.js";

/**
 * The metrics as JSON: `{rows, images, seed, predictors, figures: {KEY: {value, n, of, low, high}},
 * refusals: {PREDICTOR: {GROUP: {REASON: count}}}}`; null where there is no value or interval. The
 * group of all questions is `all`.
 */
export function metricsDocument(metrics: AnswerMetrics): Readonly<Record<string, unknown>> {
  const { rows, images, seed, predictors } = metrics;
  return {
    rows,
    images,
    seed,
    predictors: predictors.map(({ name, role, note }) => ({ name, role, note })),
    figures: Object.fromEntries(
      [...answerFigures(metrics)].map(([key, { value = null, n, of, interval }]) => [
        key,
        { value, n, of, low: interval?.[0] ?? null, high: interval?.[1] ?? null },
      ]),
    ),
    refusals: Object.fromEntries(
      predictors.map(({ name, refusals }) => [
        name,
        Object.fromEntries(
          [...refusals].map(([group, reasons]) => [group || "all", Object.fromEntries(reasons)]),
        ),
      ]),
    ),
  };
}
