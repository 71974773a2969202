import type { Ending, MultiStepKind } from "../../reason/index.js";
import type { IntervalFigures } from "../answers/AnswerMetrics.js";

/** How well a reasoner and an eye answer multi-step questions together. */
export interface ReasoningMetrics {
  readonly reasoner: string;
  readonly vlm: string;
  readonly questions: number;
  readonly scenes: number;
  /** Of the resampling behind the intervals. */
  readonly seed: number;
  readonly overall: IntervalFigures;
  readonly kinds: ReadonlyMap<MultiStepKind, IntervalFigures>;
  /** Questions without an answer, by how the reasoning ended. */
  readonly unanswered: ReadonlyMap<Ending, number>;
}
