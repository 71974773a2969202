import { answerNumber, withWholeSigma } from "../../../language/index.js";
import {
  type Reasoner,
  type Step,
  saidOf,
  sayTurn,
  type Transcript,
  type Turn,
  transcriptDocument,
} from "../../../reason/index.js";

/** spatial_reward_msgs/action/Reason_Feedback of a turn. */
export function reasonFeedback(turn: Turn, number: number) {
  return { turn: number, steps: turn.steps.map(stepMessage), text: sayTurn(turn, number) };
}

/** What spatial_reward_msgs/action/Reason_Result says of a reasoning. */
export function reasonOutcome(transcript: Transcript) {
  const { conclusion, ending, detail, latencyMs, reasoner, vlm } = transcript;
  return {
    success: conclusion !== undefined,
    message: conclusion ? "" : `${ending.replaceAll("_", " ")}: ${detail}`,
    answer: conclusion?.answer ?? "",
    because: conclusion?.because ?? "",
    confidence: conclusion?.confidence ?? Number.NaN,
    doubts: [...(conclusion?.doubts ?? [])],
    ending,
    transcript: JSON.stringify(transcriptDocument(transcript)),
    latency_ms: latencyMs,
    llm: reasoner,
    model: vlm,
  };
}

/** The same of one that did not begin, or was ended from outside. */
export function noReasoning(message: string, reasoner: Reasoner | undefined) {
  return {
    success: false,
    message,
    header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "" },
    camera: "",
    answer: "",
    because: "",
    confidence: Number.NaN,
    doubts: [],
    ending: "",
    transcript: "",
    latency_ms: 0,
    llm: reasoner?.id ?? "",
    model: "",
  };
}

/** spatial_reward_msgs/msg/ReasonStep */
function stepMessage(step: Step) {
  const value = numberOf(step);
  return {
    kind: step.kind,
    said: saidOf(step.call),
    name: "name" in step ? (step.name ?? "") : "",
    told: step.told,
    valid: value !== undefined,
    value: value?.value ?? Number.NaN,
    sigma: value?.sigma ?? Number.NaN,
    unit: value?.unit ?? "1",
  };
}

function numberOf(step: Step): { value: number; sigma: number; unit: string } | undefined {
  if (step.kind === "ask") {
    const { value, question } = withWholeSigma(step.answer);
    return value && answerNumber(value, question.kind);
  }
  if (step.kind !== "calculate") return undefined;
  const { result } = step;
  if (result.shape === "number") return result;
  return { value: result.holds ? 1 : 0, sigma: Math.sqrt(1 - result.confidence), unit: "1" };
}
