import { itemAt } from "../../base/index.js";
import { KINDS, type RefusalReason } from "../../language/index.js";
import type { IntervalFigures, PredictorMetrics } from "./AnswerMetrics.js";
import type { AnswerRow, Said, Truth } from "./AnswerRow.js";
import { ClusterSums, type Weights } from "./ClusterSums.js";
import { isFirst } from "./ConstantPredictor.js";
import {
  LengthBins,
  QuantityFigures,
  type SaidLength,
  SigmaCalibration,
} from "./quantityFigures.js";

type QuantityTruth = Extract<Truth, { shape: "quantity" }>;

/** Gathers how good one predictor is, row by row, in memory that does not grow with the rows. */
export class PredictorTally {
  readonly #all = new VerdictFigures();
  readonly #quantities = new QuantityFigures();
  readonly #verdicts = new VerdictFigures();
  readonly #unanswerable = new VerdictFigures();
  readonly #quantityGroups = new Map<string, QuantityFigures>();
  readonly #verdictGroups = new Map<string, VerdictFigures>();
  readonly #bySize = new LengthBins();
  readonly #byRange = new LengthBins();
  readonly #calibration = new SigmaCalibration();
  readonly #refusals = new Map<string, Map<RefusalReason, number>>();

  add({ kind, frame, truth, rangeM }: AnswerRow, said: Said, weights: Weights): void {
    if (truth.shape === "refusal") {
      this.#unanswerable.add(frame, weights, true, said.refusal !== undefined);
      return;
    }
    const value = said.value?.shape === truth.shape ? said.value : undefined;
    this.#all.add(frame, weights, true, value && true);
    // A value of another shape (an open question's "yes" where a length is true) decides nothing.
    if (!value) this.#countRefusal(kind, said.refusal?.reason ?? "unclear");
    if (truth.shape === "quantity") {
      const quantity = value?.shape === "quantity" ? value : undefined;
      this.#addQuantity(frame, weights, kind, truth, quantity, rangeM);
      return;
    }
    const first = isFirst(truth, kind);
    const saidFirst = value && value.shape !== "quantity" ? isFirst(value, kind) : undefined;
    this.#verdicts.add(frame, weights, first, saidFirst);
    for (const group of groupsOf(truth, kind)) {
      obtain(this.#verdictGroups, group, () => new VerdictFigures()).add(
        frame,
        weights,
        first,
        saidFirst,
      );
    }
  }

  metrics(about: Pick<PredictorMetrics, "name" | "role" | "note">): PredictorMetrics {
    const { answered } = this.#all.figures();
    // What is answered over all questions is said once, for all of them.
    const { answered: _lengths, ...quantities } = this.#quantities.figures();
    const { answered: _verdicts, ...verdicts } = this.#verdicts.figures();
    const { first_said: refused, ...unanswerable } = this.#unanswerable.figures();
    return {
      ...about,
      overall: {
        answered,
        ...(quantities.mae.of > 0 && quantities),
        ...(verdicts.accuracy.of > 0 && verdicts),
        ...(unanswerable.answered.of > 0 && { refused_rightly: refused }),
      },
      groups: new Map(
        [...this.#quantityGroups, ...this.#verdictGroups]
          .sort(([a], [b]) => rankOf(a) - rankOf(b))
          .map(([name, tally]) => [name, tally.figures()]),
      ),
      bySize: this.#bySize.metrics(),
      byRange: this.#byRange.metrics(),
      calibration: this.#calibration.points(),
      refusals: this.#refusals,
    };
  }

  #addQuantity(
    frame: string,
    weights: Weights,
    kind: AnswerRow["kind"],
    truth: QuantityTruth,
    said: SaidLength | undefined,
    rangeM: number | undefined,
  ): void {
    const truthM = truth.value_m;
    this.#quantities.add(frame, weights, truthM, said);
    this.#bySize.add(Math.abs(truthM), frame, weights, truthM, said);
    if (rangeM !== undefined) this.#byRange.add(rangeM, frame, weights, truthM, said);
    this.#calibration.add(frame, weights, truthM, said);
    for (const group of groupsOf(truth, kind)) {
      obtain(this.#quantityGroups, group, () => new QuantityFigures()).add(
        frame,
        weights,
        truthM,
        said,
      );
    }
  }

  #countRefusal(kind: AnswerRow["kind"], reason: RefusalReason): void {
    for (const group of ["", kind]) {
      const reasons = obtain(this.#refusals, group, () => new Map<RefusalReason, number>());
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
}

const GROUP_ORDER = ["quantity", "yes_no", "choice", "class", ...KINDS.keys()];

/** Shapes first, then kinds in their own order, open questions last. */
function rankOf(group: string): number {
  const rank = GROUP_ORDER.indexOf(group);
  return rank < 0 ? GROUP_ORDER.length : rank;
}

/** Shape and kind. */
function groupsOf({ shape }: Truth, kind: AnswerRow["kind"]): string[] {
  return [shape, kind];
}

function obtain<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

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

  figures() {
    const sums = this.#sums;
    const share = (part: number, whole: number) => sums.share(part, whole, SUM.asked);
    return {
      answered: { ...share(SUM.answered, SUM.asked), n: itemAt(sums.total, SUM.answered) },
      accuracy: share(SUM.right, SUM.answered),
      accuracy_of_all: share(SUM.right, SUM.asked),
      first_said: share(SUM.saidFirst, SUM.answered),
      first_true: share(SUM.trueFirst, SUM.asked),
    } satisfies IntervalFigures;
  }
}
