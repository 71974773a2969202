import type { Turn } from "./Conversation.js";
import type { Step } from "./Step.js";
import { costOf, type Transcript } from "./Transcript.js";

/** A transcript as JSON: snake_case, SI units, null where there is nothing. */
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
