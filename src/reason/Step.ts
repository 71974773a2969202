import type { SpatialAnswer } from "../language/index.js";
import type { Call } from "./Conversation.js";

/** A call and what came of it. */
export type Step = AskStep | CalculateStep | ConcludeStep | RejectedStep;

interface StepBase {
  /** The result in the words that the reasoner is told. */
  readonly told: string;
}

export interface AskStep extends StepBase {
  readonly kind: "ask";
  readonly call: Extract<Call, { tool: "ask" }>;
  /** Which variable holds the answer: `a1`; absent where there is no value. */
  readonly name?: string;
  readonly answer: SpatialAnswer;
  /** The question had been asked before, and was not asked again. */
  readonly repeated: boolean;
}

export interface CalculateStep extends StepBase {
  readonly kind: "calculate";
  readonly call: Extract<Call, { tool: "calculate" }>;
  /** Which variable holds the result: `c1`. */
  readonly name: string;
  readonly result: Calculated;
  readonly repeated: boolean;
}

/** What an expression comes to, given the sigmas of what it was made from. */
export type Calculated =
  | {
      readonly shape: "number";
      readonly unit: "m" | "s" | "1";
      readonly value: number;
      readonly sigma: number;
    }
  | { readonly shape: "condition"; readonly holds: boolean; readonly confidence: number };

export interface ConcludeStep extends StepBase {
  readonly kind: "conclude";
  readonly call: Extract<Call, { tool: "conclude" }>;
}

/** A call that could not be done, with what is wrong with it. */
export interface RejectedStep extends StepBase {
  readonly kind: "rejected";
  readonly call: Call;
}
