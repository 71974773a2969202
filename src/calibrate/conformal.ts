import { groups } from "d3-array";
import { CAUTIOUS, type Factors } from "./assemble.js";
import { type CalibrationFigure, clusterInterval } from "./clusterInterval.js";
import { LEAST_OF_KIND, type LengthKey } from "./fitLengths.js";
import type { LeftOut } from "./leaveOut.js";
import type { Pair } from "./Pair.js";

/** What answers of episodes that were left out of the fit came to. */
export interface CalibrationFigures {
  readonly answers: number;
  /** Mean absolute errors, m. */
  readonly rawErrorM: CalibrationFigure;
  readonly calibratedErrorM: CalibrationFigure;
  /** Shares of truths within one and two sigmas, and within the conformal widths. */
  readonly within1Sigma: CalibrationFigure;
  readonly within2Sigma: CalibrationFigure;
  readonly within68: CalibrationFigure;
  readonly within95: CalibrationFigure;
}

/** Split conformal prediction: the quantiles of the errors of episodes left out, in sigmas. */
export function factorsOf(
  leftOut: readonly LeftOut[],
  isWeak: boolean,
): ReadonlyMap<LengthKey, Factors> {
  const factors = new Map<LengthKey, Factors>();
  const add = (key: LengthKey, some: readonly LeftOut[]) => {
    const errors = some.map(({ pair, valueM, sigmaM }) => Math.abs(pair.trueM - valueM) / sigmaM);
    const [factor68, factor95] = [quantile(errors, 0.68), quantile(errors, 0.95)];
    factors.set(key, {
      factor68: isWeak ? Math.max(factor68, CAUTIOUS.factor68) : factor68,
      factor95: isWeak ? Math.max(factor95, CAUTIOUS.factor95) : factor95,
    });
  };
  if (leftOut.length === 0) return factors;
  add("all", leftOut);
  for (const [kind, own] of groups(leftOut, ({ pair }) => pair.kind)) {
    if (own.length >= LEAST_OF_KIND) add(kind, own);
  }
  return factors;
}

/** With the correction for a finite number: the ⌈(n + 1) · share⌉-th of n. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length, Math.ceil((sorted.length + 1) * share)) - 1;
  return sorted[Math.max(0, index)] ?? 1;
}

export function figuresOf(
  leftOut: readonly LeftOut[],
  factors: ReadonlyMap<LengthKey, Factors>,
): CalibrationFigures {
  const cautious = { factor68: CAUTIOUS.factor68, factor95: CAUTIOUS.factor95 };
  const factorOf = ({ kind }: Pair) => factors.get(kind) ?? factors.get("all") ?? cautious;
  const figure = (of: (each: LeftOut) => number) =>
    clusterInterval(leftOut.map((each) => ({ cluster: each.pair.episode, value: of(each) })));
  const error = ({ pair, valueM }: LeftOut) => Math.abs(valueM - pair.trueM);
  const within = (sigmas: (pair: Pair) => number) => (each: LeftOut) =>
    error(each) <= sigmas(each.pair) * each.sigmaM ? 1 : 0;
  return {
    answers: leftOut.length,
    rawErrorM: figure(({ pair }) => Math.abs(pair.saidM - pair.trueM)),
    calibratedErrorM: figure(error),
    within1Sigma: figure(within(() => 1)),
    within2Sigma: figure(within(() => 2)),
    within68: figure(within((pair) => factorOf(pair).factor68)),
    within95: figure(within((pair) => factorOf(pair).factor95)),
  };
}
