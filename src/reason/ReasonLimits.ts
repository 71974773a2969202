/** What one question may cost at most. */
export interface ReasonLimits {
  /** Turns of the reasoner. */
  readonly turns: number;
  /** Questions to the model that sees the image; repeated ones are free. */
  readonly questions: number;
  /** Tokens of all prompts and replies together. */
  readonly tokens: number;
  /** Seconds from the question to the conclusion. */
  readonly timeS: number;
}

export const DEFAULT_REASON_LIMITS: ReasonLimits = {
  turns: 12,
  questions: 40,
  tokens: 60_000,
  timeS: 300,
};

/** Calls of one turn that are carried out. */
export const MOST_CALLS = 64;

/** Turns in a row that bring nothing new, after which a reasoner is taken to go in circles. */
export const IDLE_TURNS = 3;
