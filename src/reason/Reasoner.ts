import type { Call, Conversation } from "./Conversation.js";

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
   * @throws ReasonerError where it gives no turn (its server is down); the signal's reason when
   *   aborted.
   */
  next(conversation: Conversation, signal: AbortSignal): Promise<Reply>;
}

/** A reasoner gave no turn; the message says why, and what to do. */
export class ReasonerError extends Error {
  override readonly name = "ReasonerError";
}
