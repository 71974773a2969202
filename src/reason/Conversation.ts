import type { ObjectRef, SpatialAnswer } from "../language/index.js";

/** What a reasoner wants done, as it said it. */
export type Call =
  /** A spatial question to the model that sees the image. */
  | { readonly tool: "ask"; readonly question: string }
  /** Arithmetic over answers `a1`, `a2`, … and results `c1`, `c2`, …, in metres. */
  | { readonly tool: "calculate"; readonly expression: string }
  /** The answer to the whole: a bare one (`yes`, `the red can`, `unknown`), and why. */
  | { readonly tool: "conclude"; readonly answer: string; readonly because: string }
  /** Something that was meant as a call but is not one. */
  | { readonly tool: "unreadable"; readonly said: string; readonly problem: string };

/** What a reasoner said once, and what came of it. */
export interface Turn {
  /** Its own words, without what it thought before them. */
  readonly text: string;
  /** One for each of its calls, in their order. */
  readonly steps: readonly Step[];
  /** What it is sent besides the steps' results: that it called nothing, that time runs out. */
  readonly remark?: string;
  /** Spent on this turn: prompt and reply. */
  readonly tokens: number;
}

/** All that a reasoner knows: it never sees the image. */
export interface Conversation {
  readonly question: string;
  /** The things it can ask about; empty: any object that the words of the question name. */
  readonly objects: readonly ObjectRef[];
  readonly turns: readonly Turn[];
}

/** A call and what came of it. */
export type Step = AskStep | CalculateStep | ConcludeStep | RejectedStep;

interface StepBase {
  /** The result in the words that are sent to the reasoner. */
  readonly told: string;
}

export interface AskStep extends StepBase {
  readonly kind: "ask";
  readonly call: Extract<Call, { tool: "ask" }>;
  /** Which variable holds the answer: `a1`; absent if there is no value. */
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

/** A reasoner's next turn. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly Call[];
  /** Why there are no calls, where that is known: the reply was cut off, or declined. */
  readonly problem?: string;
  /** Spent on this reply, prompt included. */
  readonly tokens: number;
}

/**
 * What takes a hard question apart without seeing the image: the port behind which a language
 * model stands, or a planner.
 */
export interface Reasoner {
  /** Names it in outputs: `my-model@127.0.0.1:8000`. */
  readonly id: string;
  /**
   * @throws ReasonerError if it gives no turn (its server is down); the signal's reason when
   *   aborted.
   */
  next(conversation: Conversation, signal: AbortSignal): Promise<Reply>;
}

/** A reasoner gave no turn; the message says why, and what to do. */
export class ReasonerError extends Error {
  override readonly name = "ReasonerError";
}
