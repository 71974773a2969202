import { group } from "d3-array";
import { Random } from "../src/base/index.js";

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The 95 % interval of a figure, from so many draws of groups (tables, episodes) whose items depend on each other. */
export function bootstrap<T>(
  all: readonly T[],
  groupOf: (item: T) => unknown,
  figure: (some: readonly T[]) => number,
  draws: number,
): readonly [number, number] {
  const groups = [...group(all, groupOf).values()];
  const random = new Random(1, "bootstrap");
  const figures = Array.from({ length: draws }, () =>
    figure(groups.flatMap(() => groups[Math.floor(random.next() * groups.length)] ?? [])),
  );
  return [quantile(figures, 0.025), quantile(figures, 0.975)];
}
