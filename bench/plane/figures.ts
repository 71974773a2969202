/** What is told of measured lengths: intervals are 95 %, by bootstrap of groups (tables, episodes). */
import { rollup } from "d3-array";
import type { SpatialAnswer } from "../../src/language/index.js";
import { bootstrap, quantile } from "../bootstrap.js";

export interface Measured {
  readonly group: string;
  readonly truthM: number;
  readonly valueM?: number;
  readonly sigmaM?: number;
  readonly refusal?: string;
}

export function measuredOf(
  { value, refusal }: SpatialAnswer,
  group: string,
  truthM: number,
): Measured {
  return {
    ...{ group, truthM },
    ...(value?.shape === "quantity" && { valueM: value.valueM, sigmaM: value.sigmaM }),
    ...(refusal && { refusal: refusal.reason }),
  };
}

export const answeredOf = (all: readonly Measured[]) =>
  all.filter(({ valueM }) => valueM !== undefined);

export const errorOf = ({ valueM = 0, truthM }: Measured) => Math.abs(valueM - truthM);
export const within = (sigmas: number) => (all: readonly Measured[]) =>
  all.filter((it) => errorOf(it) <= sigmas * (it.sigmaM ?? 0)).length / all.length;
export const beyond3 = (all: readonly Measured[]) => 1 - within(3)(all);
export const medianError = (all: readonly Measured[]) => quantile(all.map(errorOf), 0.5);
export const medianSigma = (all: readonly Measured[]) =>
  quantile(
    all.map(({ sigmaM = 0 }) => sigmaM),
    0.5,
  );

export const cm = (m: number) => (100 * m).toFixed(1);
export const percent = (share: number) => (100 * share).toFixed(1);

/** A figure of the measurements with its interval, 95 %, over groups. */
export function withInterval(
  all: readonly Measured[],
  figure: (some: readonly Measured[]) => number,
  say: (value: number) => string,
): string {
  const ends = bootstrap(all, (it) => it.group, figure, 400);
  return `${say(figure(all))} (${ends.map(say).join("..")})`;
}

/** Answered, median error and sigma in cm, within 1 and 2 sigma, beyond 3 sigma with its interval. */
export function cellsOf(all: readonly Measured[]): readonly string[] {
  const answered = answeredOf(all);
  return [
    `${answered.length} of ${all.length}`,
    cm(medianError(answered)),
    cm(medianSigma(answered)),
    percent(within(1)(answered)),
    percent(within(2)(answered)),
    withInterval(answered, beyond3, percent),
  ];
}

/** How many are refused for which reason. */
export function refusalsOf(all: readonly Measured[]): string {
  const reasons = rollup(
    all.flatMap(({ refusal }) => refusal ?? []),
    (some) => some.length,
    (reason) => reason,
  );
  return [...reasons].map(([reason, count]) => `${reason} ${count}`).join(", ");
}
