import { errorFunction } from "simple-statistics";
import type { CalibrationPoint } from "./AnswerMetrics.js";
import { ClusterSums, type Weights } from "./ClusterSums.js";

const SIGMAS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** How often the truth is within k of the sigmas that came with an answer. */
export class SigmaCalibration {
  readonly #sums = new ClusterSums(1 + SIGMAS.length);
  readonly #row = new Float64Array(1 + SIGMAS.length);
  #asked = 0;

  add(
    cluster: string,
    weights: Weights,
    truthM: number,
    said: { readonly valueM: number; readonly sigmaM: number } | undefined,
  ): void {
    this.#asked += 1;
    if (!said || !(said.sigmaM > 0)) return;
    const inSigmas = Math.abs(said.valueM - truthM) / said.sigmaM;
    const row = this.#row.fill(0);
    row[0] = 1;
    for (const [i, sigmas] of SIGMAS.entries()) if (inSigmas <= sigmas) row[1 + i] = 1;
    this.#sums.add(cluster, weights, row);
  }

  points(): CalibrationPoint[] {
    const n = this.#sums.total[0]!;
    if (n === 0) return [];
    return SIGMAS.map((sigmas, i) => {
      const { value, interval } = this.#sums.estimate((s) => s[1 + i]! / s[0]!);
      const inside = { value, n, of: this.#asked, ...(interval && { interval }) };
      return { sigmas, expected: errorFunction(sigmas / Math.SQRT2), inside };
    });
  }
}
