/** How errors compare with the sigmas that were claimed for them. */
import { bootstrap } from "../bootstrap.js";

export interface Length {
  /** What was measured in it depends on each other: intervals are over tables, or episodes. */
  readonly table: number;
  /** Measured less true. */
  readonly errorM: number;
  readonly sigmaM: number;
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
  const ends = bootstrap(some, (it) => it.table, figure, 1000);
  return `${percent(figure(some))} (${ends.map(percent).join("..")})`;
}
