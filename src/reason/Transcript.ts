import type { Turn } from "./Conversation.js";
import type { ReasonLimits } from "./ReasonLimits.js";

/** How a reasoning ended; all but the first two without an answer. */
export const ENDINGS = [
  "concluded",
  /** It concluded that it cannot be told. */
  "unknown",
  "turn_limit",
  "token_limit",
  "time_limit",
  /** It went in circles. */
  "loop",
  /** It gave no turn: its server is down, or answers with nonsense. */
  "reasoner_failed",
] as const;
export type Ending = (typeof ENDINGS)[number];

/** What speaks against a conclusion that was drawn all the same. */
export const DOUBTS = [
  /** Not one question about the image had been answered. */
  "ungrounded",
  /** The last condition that was calculated came out the other way. */
  "contradicts_calculation",
  /** The answer and the reason given for it disagree. */
  "contradicts_itself",
] as const;
export type Doubt = (typeof DOUBTS)[number];

export interface Conclusion {
  /** Bare: `yes`, `no`, `the red can`, `0.3 m`, `scalene`. */
  readonly answer: string;
  readonly because: string;
  /** That the condition which it rests on holds, given the sigmas of the answers, 0..1. */
  readonly confidence?: number;
  readonly doubts: readonly Doubt[];
}

/** A question taken apart, asked and answered: everything that was said. */
export interface Transcript {
  readonly question: string;
  /** The image: its stamp and camera. */
  readonly stampNs: bigint;
  readonly camera: string;
  readonly reasoner: string;
  readonly vlm: string;
  readonly limits: ReasonLimits;
  readonly turns: readonly Turn[];
  readonly ending: Ending;
  /** For the reader: why there is no conclusion; empty where there is one. */
  readonly detail: string;
  readonly conclusion?: Conclusion;
  readonly latencyMs: number;
}

/** Tokens and questions that a reasoning has cost. */
export function costOf({ turns }: Pick<Transcript, "turns">): {
  readonly tokens: number;
  readonly questions: number;
} {
  const asked = turns.flatMap(({ steps }) =>
    steps.filter((step) => step.kind === "ask" && !step.repeated),
  );
  return { tokens: turns.reduce((sum, turn) => sum + turn.tokens, 0), questions: asked.length };
}
