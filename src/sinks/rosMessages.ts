import type { Annotation } from "../annotate/index.js";
import { rosTimeOf } from "../base/index.js";
import type { Validity } from "../estimate/index.js";
import { answerNumber, type SpatialFact, withWholeSigma } from "../language/index.js";
import { validTerms } from "../reward/index.js";
import type { Task } from "../task/index.js";

const VALIDITY_CODE: Readonly<Record<Validity, number>> = { ok: 0, stale: 1, invalid: 2 };

interface Header {
  readonly stamp: { readonly sec: number; readonly nanosec: number };
  readonly frame_id: string;
}

function headerOf({ frame }: Annotation): Header {
  return {
    stamp: rosTimeOf(frame.stampNs),
    frame_id: frame.frameId,
  };
}

/** spatial_reward_msgs/msg/DenseReward of an annotation. */
export function denseRewardMessage(annotation: Annotation, task: Task) {
  const { reward, measurements, latencyMs, isLate, model } = annotation;
  return {
    header: headerOf(annotation),
    task: task.name,
    episode: reward.episode,
    camera: reward.camera,
    reward: reward.reward ?? Number.NaN,
    term_names: Object.keys(validTerms(reward)),
    term_values: Object.values(validTerms(reward)),
    progress: reward.progress ?? Number.NaN,
    stage: reward.stage,
    success: reward.success,
    ended: reward.ended ?? "",
    measurement_names: measurements.map(({ name }) => name),
    measurement_values: measurements.map(({ value }) => value ?? Number.NaN),
    measurement_sigmas: measurements.map(({ sigma }) => sigma ?? Number.NaN),
    measurement_validity: measurements.map(({ validity }) => VALIDITY_CODE[validity]),
    validity: VALIDITY_CODE[reward.validity],
    reason: reward.reason,
    late: isLate,
    latency_ms: latencyMs,
    model,
    predicted: annotation.outcome === "predicted",
    measurement_raws: measurements.map(({ raw }) => raw ?? Number.NaN),
    measurement_bases: measurements.map(({ basis }) => basis ?? ""),
  };
}

/** spatial_reward_msgs/msg/SpatialFacts of an annotation. */
export function spatialFactsMessage(annotation: Annotation) {
  return {
    header: headerOf(annotation),
    camera: annotation.frame.camera,
    model: annotation.model,
    latency_ms: annotation.latencyMs,
    late: annotation.isLate,
    facts: annotation.facts.map(spatialFactMessage),
  };
}

/** spatial_reward_msgs/msg/SpatialFact */
export function spatialFactMessage({ name, subject, relation, object, answer }: SpatialFact) {
  const { value, refusal, question, text } = withWholeSigma(answer);
  const number = value ? answerNumber(value, question.kind) : undefined;
  return {
    name,
    subject,
    relation,
    object,
    question: question.text,
    answer: text,
    model: answer.model,
    valid: value !== undefined,
    reason: refusal ? `${refusal.reason}: ${refusal.detail}` : "",
    value: number?.value ?? Number.NaN,
    sigma: number?.sigma ?? Number.NaN,
    unit: number?.unit ?? "",
    confidence: value === undefined ? 0 : value.shape === "quantity" ? 1 : value.confidence,
  };
}
