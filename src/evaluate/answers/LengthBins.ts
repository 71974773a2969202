import type { BinMetrics } from "./AnswerMetrics.js";
import type { Weights } from "./ClusterSums.js";
import { QuantityFigures } from "./quantityFigures.js";

/** Bins of about a factor of two; what is above the last edge is one bin. */
const EDGES_M = [0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Figures of questions about lengths, by some length that each question has. */
export class LengthBins {
  readonly #bins = new Map<number, QuantityFigures>();

  add(
    lengthM: number,
    cluster: string,
    weights: Weights,
    truthM: number,
    said: { readonly valueM: number; readonly sigmaM: number } | undefined,
  ): void {
    // A length at an edge belongs to the bin above it.
    const bin = EDGES_M.findLastIndex((edge) => lengthM >= edge);
    let figures = this.#bins.get(bin);
    if (!figures) {
      figures = new QuantityFigures();
      this.#bins.set(bin, figures);
    }
    figures.add(cluster, weights, truthM, said);
  }

  /** Of bins that have questions. */
  metrics(): BinMetrics[] {
    return [...this.#bins]
      .sort(([a], [b]) => a - b)
      .map(([bin, figures]) => {
        const fromM = EDGES_M[bin]!;
        const toM = EDGES_M[bin + 1] ?? Number.POSITIVE_INFINITY;
        return { ...namesOf(fromM, toM), fromM, toM, figures: figures.figures() };
      });
  }
}

function namesOf(fromM: number, toM: number): { name: string; label: string } {
  if (toM === Number.POSITIVE_INFINITY) return { name: `over_${fromM}m`, label: `over ${fromM} m` };
  const [scale, unit] = toM <= 1 ? [100, "cm"] : [1, "m"];
  const [from, to] = [Math.round(fromM * scale), Math.round(toM * scale)];
  return { name: `${from}_${to}${unit}`, label: `${from}–${to} ${unit}` };
}
