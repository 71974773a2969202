import type { Step, Turn } from "./Conversation.js";

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

/** How a reasoning ended; all but the first two without an answer. */
export const ENDINGS = [
  "concluded",
  /** It concluded that the question cannot be answered. */
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
  /** For the reader: why there is no conclusion; empty if there is one. */
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

/** A transcript as JSON: snake_case, SI units, null if there is nothing. */
export function transcriptDocument(transcript: Transcript): Readonly<Record<string, unknown>> {
  const { question, stampNs, camera, reasoner, vlm, limits, ending, conclusion } = transcript;
  const { tokens, questions } = costOf(transcript);
  return {
    question,
    stamp_ns: stampNs.toString(),
    camera,
    llm: reasoner,
    vlm,
    limits: {
      turns: limits.turns,
      questions: limits.questions,
      tokens: limits.tokens,
      time_s: limits.timeS,
    },
    turns: transcript.turns.map(turnDocument),
    ending,
    detail: transcript.detail,
    answer: conclusion?.answer ?? null,
    because: conclusion?.because ?? null,
    confidence: conclusion?.confidence ?? null,
    doubts: conclusion?.doubts ?? [],
    tokens,
    questions,
    latency_ms: transcript.latencyMs,
  };
}

function turnDocument({ text, steps, remark, tokens }: Turn): Readonly<Record<string, unknown>> {
  return { text, steps: steps.map(stepDocument), remark: remark ?? null, tokens };
}

function stepDocument(step: Step): Readonly<Record<string, unknown>> {
  const { kind, call, told } = step;
  switch (step.kind) {
    case "ask": {
      const { answer, name = null, repeated } = step;
      return {
        kind,
        question: step.call.question,
        name,
        understood_as: answer.question.kind,
        answer: answer.text,
        value: answer.value ?? null,
        refusal: answer.refusal ?? null,
        repeated,
        told,
      };
    }
    case "calculate": {
      const { name, result, repeated } = step;
      return { kind, expression: step.call.expression, name, result, repeated, told };
    }
    case "conclude":
      return { kind, answer: step.call.answer, because: step.call.because };
    case "rejected":
      return { kind, call, told };
  }
}
