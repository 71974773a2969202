/** What is told of measured lengths: intervals are 95 %, by bootstrap of groups (tables, episodes). */
import { group } from "d3-array";
import { Random } from "../../src/base/index.js";

export interface Measured {
  readonly group: string;
  readonly truthM: number;
  readonly valueM?: number;
  readonly sigmaM?: number;
  readonly refusal?: string;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** 95 %, of a figure of the measurements, over groups. */
export function interval(
  all: readonly Measured[],
  figure: (some: readonly Measured[]) => number,
): readonly [number, number] {
  const groups = [...group(all, (it) => it.group).values()];
  const random = new Random(1, "bootstrap");
  const figures = Array.from({ length: 400 }, () =>
    figure(groups.flatMap(() => groups[Math.floor(random.next() * groups.length)] ?? [])),
  );
  return [quantile(figures, 0.025), quantile(figures, 0.975)];
}

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
