/** How errors compare with the sigmas that were claimed for them. */
import { group } from "d3-array";
import { Random } from "../../src/base/index.js";

export interface Length {
  /** What was measured in it depends on each other: intervals are over tables, or episodes. */
  readonly table: number;
  /** Measured less true. */
  readonly errorM: number;
  readonly sigmaM: number;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const errorOf = ({ errorM }: Pick<Length, "errorM">) => Math.abs(errorM);
export const within = (sigmas: number) => (some: readonly Length[]) =>
  some.filter((it) => errorOf(it) <= sigmas * it.sigmaM).length / some.length;
export const beyond = (some: readonly Length[]) => 1 - within(3)(some);

/** A figure in percent, with its 95 % interval by a bootstrap of tables. */
export function shareOf(
  some: readonly Length[],
  figure: (some: readonly Length[]) => number,
): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  const tables = [...group(some, (it) => it.table).values()];
  const random = new Random(1, "bootstrap");
  const shares = Array.from({ length: 1000 }, () =>
    figure(tables.flatMap(() => tables[Math.floor(random.next() * tables.length)] ?? [])),
  );
  const ends = [0.025, 0.975].map((q) => percent(quantile(shares, q)));
  return `${percent(figure(some))} (${ends.join("..")})`;
}
