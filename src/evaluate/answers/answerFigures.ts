import { closestName } from "../../base/index.js";
import {
  brokenThresholds,
  type FailedThreshold,
  type Threshold,
  ThresholdError,
} from "../thresholds.js";
import type {
  AnswerMetrics,
  IntervalFigure,
  IntervalFigures,
  PredictorMetrics,
} from "./AnswerMetrics.js";

/**
 * All figures by flat keys, in the order of reading: `FIGURE` over all questions, `GROUP.FIGURE`
 * of a shape or kind, `size.BIN.FIGURE`, `range.BIN.FIGURE`, `inside.K` sigmas, `probe.NAME`; those
 * of a baseline have its name before them.
 */
export function answerFigures({ predictors, probes }: AnswerMetrics): Map<string, IntervalFigure> {
  const all = new Map<string, IntervalFigure>();
  for (const predictor of predictors) {
    const prefix = predictor.role === "model" ? "" : `${predictor.name}.`;
    for (const [key, figure] of predictorFigures(predictor)) all.set(prefix + key, figure);
    if (predictor.role !== "model") continue;
    for (const { probe, disagreement } of probes) all.set(`probe.${probe}`, disagreement);
  }
  return all;
}

function* predictorFigures(predictor: PredictorMetrics): Generator<[string, IntervalFigure]> {
  const { overall, groups, bySize, byRange, calibration } = predictor;
  yield* prefixed("", overall);
  for (const [group, figures] of groups) yield* prefixed(`${group}.`, figures);
  for (const { name, figures } of bySize) yield* prefixed(`size.${name}.`, figures);
  for (const { name, figures } of byRange) yield* prefixed(`range.${name}.`, figures);
  for (const { sigmas, inside } of calibration) yield [`inside.${sigmas}`, inside];
}

function* prefixed(prefix: string, figures: IntervalFigures): Generator<[string, IntervalFigure]> {
  for (const [name, figure] of Object.entries(figures)) yield [prefix + name, figure];
}

/**
 * The thresholds that do not hold; see `brokenThresholds`.
 *
 * @throws ThresholdError for a key that there is not
 */
export function failedAnswerThresholds(
  metrics: AnswerMetrics,
  thresholds: readonly Threshold[],
): FailedThreshold[] {
  const figures = answerFigures(metrics);
  return brokenThresholds(figures, thresholds, ({ bound, key }) => {
    if (figures.has(key)) return [key];
    const near = closestName(key, figures.keys());
    const groups = [...metrics.predictors[0].groups.keys()].join(", ");
    throw new ThresholdError(
      `--${bound} ${key}: no such figure.${near ? ` Is it ${near}?` : ""} A key is FIGURE (all ` +
        `questions), GROUP.FIGURE, or BASELINE. before either. Figures: ` +
        `${Object.keys(metrics.predictors[0].overall).join(", ")}. Groups: ${groups}`,
    );
  });
}

/**
 * The metrics as JSON: `{rows, images, seed, predictors, figures: {KEY: {value, n, of, low, high}},
 * refusals: {PREDICTOR: {GROUP: {REASON: count}}}}`; null if there is no value or interval. The
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
