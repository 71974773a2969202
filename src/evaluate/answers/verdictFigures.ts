import type { IntervalFigures } from "./AnswerMetrics.js";
import { ClusterSums, type Weights } from "./ClusterSums.js";

const SUM = { asked: 0, answered: 1, right: 2, saidFirst: 3, trueFirst: 4 } as const;
const SIZE = 5;

/**
 * Figures of questions with two possible answers. The first of them is yes, the subject, or the
 * first relation of a classify kind: `first_said` far from `first_true` is a bias.
 */
export class VerdictFigures {
  readonly #sums = new ClusterSums(SIZE);
  readonly #row = new Float64Array(SIZE);

  /** Whether the first answer holds, and whether it was said; undefined: refused. */
  add(cluster: string, weights: Weights, truth: boolean, said: boolean | undefined): void {
    const row = this.#row.fill(0);
    row[SUM.asked] = 1;
    if (truth) row[SUM.trueFirst] = 1;
    if (said !== undefined) {
      row[SUM.answered] = 1;
      if (said) row[SUM.saidFirst] = 1;
      if (said === truth) row[SUM.right] = 1;
    }
    this.#sums.add(cluster, weights, row);
  }

  figures(): IntervalFigures {
    const share = (part: number, n: number) => {
      const { value, interval } = this.#sums.estimate((s) => s[part]! / s[n]!);
      const { total } = this.#sums;
      return { value, n: total[n]!, of: total[SUM.asked]!, ...(interval && { interval }) };
    };
    return {
      answered: { ...share(SUM.answered, SUM.asked), n: this.#sums.total[SUM.answered]! },
      accuracy: share(SUM.right, SUM.answered),
      accuracy_of_all: share(SUM.right, SUM.asked),
      first_said: share(SUM.saidFirst, SUM.answered),
      first_true: share(SUM.trueFirst, SUM.asked),
    };
  }
}
