import { type AnswerRow, LEAST_RELATIVE_M } from "../../evaluate/index.js";

/** Pictures shown of each side. */
const MOST = 6;

interface Scored {
  readonly row: AnswerRow;
  /** How far it is off; 0 is perfect. */
  readonly badness: number;
}

/**
 * Keeps the best and the worst answer of each kind that passes by, one of each, so that the hardest
 * kind does not take all places. Lengths are off by the absolute
 * logarithm of the ratio said / true (truths from 5 mm); wrong verdicts are worse the surer they
 * were said. Of equally good or bad ones the first stays.
 */
export class BestAndWorst {
  readonly #best = new Map<string, Scored>();
  readonly #worst = new Map<string, Scored>();

  add(row: AnswerRow): void {
    const badness = badnessOf(row);
    if (badness === undefined) return;
    const best = this.#best.get(row.kind);
    if (!best || badness < best.badness) this.#best.set(row.kind, { row, badness });
    const worst = this.#worst.get(row.kind);
    if (!worst || badness > worst.badness) this.#worst.set(row.kind, { row, badness });
  }

  /** Best first; lengths only, since a right verdict shows nothing. */
  best(): AnswerRow[] {
    return chosen(
      [...this.#best.values()]
        .filter(({ row }) => row.truth.shape === "quantity")
        .sort((a, b) => a.badness - b.badness),
    );
  }

  /** Worst first. */
  worst(): AnswerRow[] {
    return chosen(
      [...this.#worst.values()]
        .filter(({ badness }) => badness > 0)
        .sort((a, b) => b.badness - a.badness),
    );
  }
}

function chosen(sorted: readonly Scored[]): AnswerRow[] {
  return sorted.slice(0, MOST).map(({ row }) => row);
}

function badnessOf({ truth, said: { value } }: AnswerRow): number | undefined {
  if (!value || truth.shape !== value.shape) return undefined;
  if (truth.shape === "quantity" && value.shape === "quantity") {
    if (Math.abs(truth.value_m) < LEAST_RELATIVE_M) return undefined;
    const ratio = value.valueM / truth.value_m;
    // The wrong sign is worse than any factor.
    return ratio > 0 ? Math.min(10, Math.abs(Math.log(ratio))) : 10 + Math.abs(ratio);
  }
  const isRight =
    (truth.shape === "yes_no" && value.shape === "yes_no" && truth.yes === value.yes) ||
    (truth.shape === "choice" && value.shape === "choice" && truth.choice === value.choice) ||
    (truth.shape === "class" && value.shape === "class" && truth.relation === value.relation);
  return isRight || value.shape === "quantity" ? 0 : value.confidence;
}
