import { UserError } from "../base/index.js";
import { episodeFigures, type Figures, type RewardMetrics } from "./RewardMetrics.js";
import type { Figure } from "./statistics.js";

/** A bound that a figure has to keep, for CI. */
export interface Threshold {
  readonly bound: "min" | "max";
  /** A key of `figuresByKey`, or a figure's bare name: then every measurement with a truth has to keep it. */
  readonly key: string;
  readonly limit: number;
}

export interface FailedThreshold extends Threshold {
  /** The key whose figure broke it. */
  readonly figureKey: string;
  readonly figure: Figure | undefined;
}

/** A `--min` or `--max` that cannot be checked. */
export class ThresholdError extends UserError {
  override readonly code = "evaluation.threshold";
  override readonly exitCode = 2;
}

/** `spearman=0.99` */
export function parseThreshold(bound: Threshold["bound"], text: string): Threshold {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const limit = Number(value);
  if (key === undefined || !Number.isFinite(limit)) {
    throw new ThresholdError(
      `--${bound} ${text}: expected KEY=VALUE with a number, such as --${bound} spearman=0.9`,
    );
  }
  return { bound, key: key.trim(), limit };
}

/**
 * The thresholds on rewards that do not hold; see `brokenThresholds`.
 *
 * @throws ThresholdError for an unknown key; the message lists the keys.
 */
export function failedThresholds(
  metrics: RewardMetrics,
  thresholds: readonly Threshold[],
): FailedThreshold[] {
  const figures = figuresByKey(metrics);
  return brokenThresholds(figures, thresholds, (threshold) => keysOf(threshold, figures, metrics));
}

/**
 * The thresholds that do not hold. A figure without a value (no truth, no coverage) fails: what
 * could not be measured has not been shown to be good.
 *
 * @param keysOf the keys that a threshold speaks of
 */
export function brokenThresholds(
  figures: ReadonlyMap<string, Figure>,
  thresholds: readonly Threshold[],
  keysOf: (threshold: Threshold) => readonly string[],
): FailedThreshold[] {
  return thresholds.flatMap((threshold) =>
    keysOf(threshold)
      .map((figureKey) => ({ ...threshold, figureKey, figure: figures.get(figureKey) }))
      .filter(({ figure, bound, limit }) => {
        const value = figure?.value;
        return value === undefined || (bound === "min" ? value < limit : value > limit);
      }),
  );
}

function keysOf(
  { bound, key }: Threshold,
  figures: ReadonlyMap<string, Figure>,
  { measurements }: RewardMetrics,
): string[] {
  if (figures.has(key)) return [key];
  const having = measurements.filter(({ name }) => figures.has(`${name}.${key}`));
  const withTruth = having.filter(({ known }) => known.n > 0);
  const keys = (withTruth.length > 0 ? withTruth : having).map(({ name }) => `${name}.${key}`);
  if (keys.length > 0) return keys;
  throw new ThresholdError(
    `--${bound} ${key}: no such figure. Write a figure of one measurement as ` +
      `MEASUREMENT.FIGURE; FIGURE alone means every measurement. Known keys:\n  ` +
      [...figures.keys()].join("\n  "),
  );
}

/**
 * All figures by flat keys, in the order of reading: `<measurement>.<figure>`,
 * `<measurement>.<control>.<figure>`, `<figure>` and `<control>.<figure>` of the episodes.
 */
export function figuresByKey({ measurements, episodes }: RewardMetrics): Map<string, Figure> {
  const all = new Map<string, Figure>();
  const put = (prefix: string, figures: Figures): void => {
    for (const [name, figure] of Object.entries(figures)) all.set(prefix + name, figure);
  };
  for (const { name, answered, real, controls } of measurements) {
    put(`${name}.`, { coverage: answered, ...real });
    put(`${name}.reversed.`, controls.reversed);
    put(`${name}.shuffled.`, controls.shuffled);
    put(`${name}.wrong_target.`, controls.wrongTarget);
  }
  put("", episodeFigures(episodes));
  put("reversed.", episodes.controls.reversed);
  put("shuffled.", episodes.controls.shuffled);
  put("unsuccessful.", episodes.controls.unsuccessful);
  put("clock.", episodes.controls.clock);
  return all;
}
