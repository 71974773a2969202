import { itemAt } from "../../base/index.js";
import type { ReasoningItem } from "../../dataset/index.js";
import { costOf, type Ending, type MultiStepKind, type Transcript } from "../../reason/index.js";
import type { IntervalFigures } from "../answers/AnswerMetrics.js";
import { ClusterSums, clusterWeights, type Weights } from "../answers/ClusterSums.js";

/** How well a reasoner and an eye answer multi-step questions together. */
export interface ReasoningMetrics {
  readonly reasoner: string;
  readonly vlm: string;
  readonly questions: number;
  readonly scenes: number;
  /** Of the resampling behind the intervals. */
  readonly seed: number;
  readonly overall: ReasoningFigures;
  readonly kinds: ReadonlyMap<MultiStepKind, ReasoningFigures>;
  /** Questions without an answer, by how the reasoning ended. */
  readonly unanswered: ReadonlyMap<Ending, number>;
}

/** Figures of multi-step questions; docs/evaluation.md has each one's formula. */
export type ReasoningFigures = ReturnType<typeof figuresOf>;

/** A question, what was reasoned about it, and whether that came out right. */
export interface ReasonedItem {
  readonly scene: string;
  readonly item: ReasoningItem;
  readonly transcript: Transcript;
  readonly isRight: boolean;
}

const SUM = {
  asked: 0,
  answered: 1,
  right: 2,
  doubted: 3,
  guessed: 4,
  turns: 5,
  questions: 6,
  refused: 7,
  tokens: 8,
} as const;
const SIZE = 9;

export interface ReasoningTallyOptions {
  readonly reasoner: string;
  readonly vlm: string;
  readonly seed: number;
}

/** Gathers reasonings one by one and computes how good they are. */
export class ReasoningTally {
  readonly #options: ReasoningTallyOptions;
  readonly #overall = new ClusterSums(SIZE);
  readonly #kinds = new Map<MultiStepKind, ClusterSums>();
  readonly #unanswered = new Map<Ending, number>();
  readonly #weights = new Map<string, Weights>();

  constructor(options: ReasoningTallyOptions) {
    this.#options = options;
  }

  add({ scene, item, transcript, isRight }: ReasonedItem): void {
    const weights = this.#weightsOf(scene);
    const row = rowOf(item, transcript, isRight);
    this.#overall.add(scene, weights, row);
    let sums = this.#kinds.get(item.kind);
    if (!sums) {
      sums = new ClusterSums(SIZE);
      this.#kinds.set(item.kind, sums);
    }
    sums.add(scene, weights, row);
    const { ending, conclusion } = transcript;
    if (!conclusion) this.#unanswered.set(ending, (this.#unanswered.get(ending) ?? 0) + 1);
  }

  metrics(): ReasoningMetrics {
    return {
      ...this.#options,
      questions: itemAt(this.#overall.total, SUM.asked),
      scenes: this.#weights.size,
      overall: figuresOf(this.#overall),
      kinds: new Map([...this.#kinds].map(([kind, sums]) => [kind, figuresOf(sums)])),
      unanswered: this.#unanswered,
    };
  }

  #weightsOf(scene: string): Weights {
    let weights = this.#weights.get(scene);
    if (!weights) {
      weights = clusterWeights(scene, this.#options.seed);
      this.#weights.set(scene, weights);
    }
    return weights;
  }
}

function rowOf({ truth }: ReasoningItem, transcript: Transcript, isRight: boolean): Float64Array {
  const { conclusion, turns } = transcript;
  const { tokens, questions } = costOf(transcript);
  const refused = turns
    .flatMap(({ steps }) => steps)
    .filter((step) => step.kind === "ask" && !step.repeated && step.answer.refusal);
  const row = new Float64Array(SIZE);
  row[SUM.asked] = 1;
  row[SUM.answered] = conclusion ? 1 : 0;
  row[SUM.right] = isRight ? 1 : 0;
  row[SUM.doubted] = conclusion && conclusion.doubts.length > 0 ? 1 : 0;
  row[SUM.guessed] = 1 / truth.choices;
  row[SUM.turns] = turns.length;
  row[SUM.questions] = questions;
  row[SUM.refused] = refused.length;
  row[SUM.tokens] = tokens;
  return row;
}

function figuresOf(sums: ClusterSums) {
  const ratio = (part: number, whole: number) => {
    const figure = sums.share(part, whole, SUM.asked);
    return { ...figure, of: Math.max(figure.n, figure.of) };
  };
  return {
    answered: { ...ratio(SUM.answered, SUM.asked), n: itemAt(sums.total, SUM.answered) },
    accuracy: ratio(SUM.right, SUM.answered),
    accuracy_of_all: ratio(SUM.right, SUM.asked),
    guessing: ratio(SUM.guessed, SUM.asked),
    doubted: ratio(SUM.doubted, SUM.answered),
    turns: ratio(SUM.turns, SUM.asked),
    questions: ratio(SUM.questions, SUM.asked),
    refused: ratio(SUM.refused, SUM.questions),
    tokens: ratio(SUM.tokens, SUM.asked),
  } satisfies IntervalFigures;
}
