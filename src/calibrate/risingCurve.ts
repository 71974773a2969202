import type { SaidCurve } from "../estimate/index.js";
import type { Pair } from "./Pair.js";

const BINS = 12;
/** Knots rise at least so much, so that the curve can be read from said to true. */
const LEAST_RISE = 0.02;

/**
 * The median of what was said over bins of the true length, made to rise (isotonic regression, pool
 * adjacent violators); undefined if the lengths fill too few bins.
 */
export function risingCurve(pairs: readonly Pair[]): SaidCurve["knots"] {
  const sorted = pairs.toSorted((a, b) => a.trueM - b.trueM);
  const size = Math.ceil(sorted.length / BINS);
  const bins: { trueM: number; saidM: number; count: number }[] = [];
  for (let i = 0; i < sorted.length; i += size) {
    const bin = sorted.slice(i, i + size);
    const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
    let block = {
      trueM: middle(bin.map(({ trueM }) => trueM)),
      saidM: middle(bin.map(({ saidM }) => saidM)),
      count: bin.length,
    };
    for (let last = bins.at(-1); last && last.saidM >= block.saidM; last = bins.at(-1)) {
      bins.pop();
      const count = last.count + block.count;
      const mean = (a: number, b: number) => (a * last.count + b * block.count) / count;
      block = {
        trueM: mean(last.trueM, block.trueM),
        saidM: mean(last.saidM, block.saidM),
        count,
      };
    }
    bins.push(block);
  }
  const knots: { trueM: number; saidM: number }[] = [];
  for (const { trueM, saidM } of bins) {
    const last = knots.at(-1);
    if (last && trueM - last.trueM < 1e-3) continue;
    const least = last ? last.saidM + LEAST_RISE * (trueM - last.trueM) : saidM;
    knots.push({ trueM, saidM: Math.max(saidM, least) });
  }
  return knots.length < 4 ? undefined : knots;
}
