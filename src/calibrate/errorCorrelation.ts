import { groups } from "d3-array";
import { saidOf } from "../estimate/index.js";
import type { Pair } from "./Pair.js";
import type { Fit } from "./searchFit.js";

/** Errors of the answers in standard deviations; wild ones left out. */
function normalErrors(
  pairs: readonly Pair[],
  { curve, spread }: Fit,
): (Pair & { readonly z: number })[] {
  return pairs.flatMap((pair) => {
    const { saidM } = saidOf(curve, pair.trueM);
    const sigma = Math.hypot(spread.absoluteSigmaM, spread.relativeSigma * saidM);
    const z = (pair.saidM - saidM) / sigma;
    return Math.abs(z) < 3 ? [{ ...pair, z }] : [];
  });
}

/** Lags up to this are looked at, s: what lasts longer is a difference between episodes. */
const LONGEST_LAG_S = 2;

/**
 * Correlation time (1/e) of the errors of answers, s; 0 if neighbouring ones are not correlated. From
 * the sum of the autocorrelation up to where it has died away (the initial positive sequence of
 * Geyer, Statistical Science 7 (1992) 473) in proportion to that of neighbours: what each answer has for
 * itself, such as rounding and wild answers, lowers all lags alike.
 */
export function correlationOf(pairs: readonly Pair[], fit: Fit): number {
  const errors = normalErrors(pairs, fit);
  const series = groups(errors, ({ episode, measurement }) => `${episode} ${measurement}`).map(
    ([, some]) => some.toSorted((a, b) => a.timeS - b.timeS),
  );
  const dt = spacingOf(series);
  if (dt === undefined) return 0;
  const lags = Math.max(Math.floor(LONGEST_LAG_S / dt), 1);
  const sums = Array.from({ length: lags + 1 }, () => ({ product: 0, count: 0 }));
  for (const some of series) {
    for (const [i, { z, timeS }] of some.entries()) {
      for (const other of some.slice(i)) {
        const lag = sums[Math.round((other.timeS - timeS) / dt)];
        if (!lag) break;
        lag.product += z * other.z;
        lag.count += 1;
      }
    }
  }
  const likeness = sums.map(({ product, count }) => (count === 0 ? 0 : product / count));
  const [square = 0, next = 0] = likeness;
  const count = sums[1]?.count ?? 0;
  // Within chance: errors of their own.
  if (count < 20 || next < (2 * square) / Math.sqrt(count)) return 0;
  let sum = next;
  for (let lag = 2; lag < lags; lag += 2) {
    const two = (likeness[lag] ?? 0) + (likeness[lag + 1] ?? 0);
    if (two <= 0) break;
    sum += two;
  }
  // Of c·e^(−m·dt/τ), the sum over m ≥ 1 is 1 / (1 − e^(−dt/τ)) of its first term.
  return -dt / Math.log(1 - Math.min(next / sum, 0.99));
}

/** Median time between neighbours, s. */
function spacingOf(series: readonly (readonly Pair[])[]): number | undefined {
  const dts = series
    .flatMap((some) => some.slice(1).map(({ timeS }, i) => timeS - (some[i]?.timeS ?? timeS)))
    .filter((dt) => dt > 0)
    .sort((a, b) => a - b);
  return dts[dts.length >> 1];
}

/** How much evidence each answer adds when neighbouring errors are correlated. */
export function weightOf(pairs: readonly Pair[], correlationS: number): number {
  if (correlationS === 0) return 1;
  const series = groups(pairs, ({ episode, measurement }) => `${episode} ${measurement}`).map(
    ([, some]) => some.toSorted((a, b) => a.timeS - b.timeS),
  );
  const dt = spacingOf(series) ?? correlationS;
  const likeness = Math.exp(-dt / correlationS);
  return (1 - likeness) / (1 + likeness);
}
