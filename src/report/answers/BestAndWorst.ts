import { type AnswerRow, LEAST_RELATIVE_M } from "../../evaluate/index.js";

/** Pictures shown of each side. */
const MOST = 6;
/** Kept of each kind on each side, to choose from. */
const MOST_OF_KIND = 8;

interface Scored {
  readonly row: AnswerRow;
  /** How far it is off; 0 is perfect. */
  readonly badness: number;
}

/**
 * Keeps some of the best and the worst answers of each kind that pass by, and shows of them no
 * two of one kind, nor of the same objects in the same image. Lengths are off by the absolute
 * logarithm of the ratio said / true (truths from 5 mm); wrong verdicts are worse the surer they
 * were said. Of equally good or bad ones the first stays.
 */
export class BestAndWorst {
  readonly #best = new Map<string, Scored[]>();
  readonly #worst = new Map<string, Scored[]>();

  add(row: AnswerRow): void {
    const badness = badnessOf(row);
    if (badness === undefined) return;
    keep(this.#best, { row, badness }, (a, b) => a.badness - b.badness);
    keep(this.#worst, { row, badness }, (a, b) => b.badness - a.badness);
  }

  /** Best first; lengths only, since a right verdict shows nothing. */
  best(): AnswerRow[] {
    const lengths = [...this.#best.values()]
      .flat()
      .filter(({ row }) => row.truth.shape === "quantity");
    return various(lengths.sort((a, b) => a.badness - b.badness));
  }

  /** Worst first. */
  worst(): AnswerRow[] {
    const off = [...this.#worst.values()].flat().filter(({ badness }) => badness > 0);
    return various(off.sort((a, b) => b.badness - a.badness));
  }
}

function keep(
  kept: Map<string, Scored[]>,
  scored: Scored,
  order: (a: Scored, b: Scored) => number,
): void {
  const ofKind = kept.get(scored.row.kind) ?? [];
  kept.set(scored.row.kind, ofKind);
  const last = ofKind.at(-1);
  if (last && ofKind.length === MOST_OF_KIND && order(scored, last) >= 0) return;
  ofKind.push(scored);
  ofKind.sort(order).splice(MOST_OF_KIND);
}

function various(sorted: readonly Scored[]): AnswerRow[] {
  const taken = new Set<string>();
  const shown: AnswerRow[] = [];
  for (const { row } of sorted) {
    const objects = [row.frame, ...[row.subject, row.object].sort()].join("\n");
    if (taken.has(row.kind) || taken.has(objects)) continue;
    taken.add(row.kind).add(objects);
    shown.push(row);
    if (shown.length === MOST) break;
  }
  return shown;
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
