import { kindInfo } from "./QuestionKind.js";
import { type AnswerValue, type SpatialAnswer, withWholeSigma } from "./SpatialAnswer.js";

/** A SpatialAnswer tied to its frame: what messages, files and overlays carry. */
export interface SpatialFact {
  readonly stampNs: bigint;
  readonly camera: string;
  readonly frameId: string;
  /** The measurement's name, or empty for a question asked by hand. */
  readonly name: string;
  readonly subject: string;
  /** A question kind, or `open`. */
  readonly relation: string;
  /** Empty if the kind asks about one object. */
  readonly object: string;
  readonly answer: SpatialAnswer;
}

/** The fields of a CameraFrame that a fact carries on. */
export interface FactSource {
  readonly stampNs: bigint;
  readonly camera: string;
  readonly frameId: string;
}

/** Ties an answer to the frame it was given about. `name` is the measurement's, or empty. */
export function factOf(source: FactSource, name: string, answer: SpatialAnswer): SpatialFact {
  const { question } = answer;
  const { stampNs, camera, frameId } = source;
  const open = question.kind === "open";
  return {
    stampNs,
    camera,
    frameId,
    name,
    subject: open ? "" : question.subject.name,
    relation: question.kind,
    object: open ? "" : (question.object?.name ?? ""),
    answer,
  };
}

/**
 * A length for people: the unit by its size, the digits by its sigma (two if there is none).
 *
 * @example formatQuantity(0.3421, 0.0058) // "34.2 ± 0.6 cm"
 */
export function formatQuantity(valueM: number, sigmaM?: number): string {
  const size = Math.max(Math.abs(valueM), sigmaM ?? 0);
  const [unit, perMetre] = size >= 1 ? (["m", 1] as const) : (["cm", 100] as const);
  const value = valueM * perMetre;
  const sigma = sigmaM === undefined ? 0 : sigmaM * perMetre;
  const decimals = sigma > 0 ? Math.min(4, Math.max(0, -Math.floor(Math.log10(sigma)))) : 1;
  const said = value.toFixed(decimals);
  const clean = Number(said) === 0 ? (0).toFixed(decimals) : said;
  return sigma > 0 ? `${clean} ± ${sigma.toFixed(decimals)} ${unit}` : `${clean} ${unit}`;
}

/** An answer's value for people: "34.2 ± 0.6 cm", "yes (95 %)", "the red mug" aside. */
export function formatValue(value: AnswerValue): string {
  switch (value.shape) {
    case "quantity":
      return formatQuantity(value.valueM, value.sigmaM);
    case "yes_no":
      return `${value.yes ? "yes" : "no"} (${percent(value.confidence)})`;
    case "choice":
      return `the ${value.choice} (${percent(value.confidence)})`;
    case "class":
      return `${value.relation} (${percent(value.confidence)})`;
  }
}

/**
 * A fact on one line: "gripper → red_mug, distance: 34.2 ± 0.6 cm". A refusal gives its reason
 * instead of the value, an open question its words instead of the objects.
 */
export function describeFact(fact: SpatialFact): string {
  const answer = withWholeSigma(fact.answer);
  const said = answer.value
    ? sayValue(fact, answer.value)
    : `${answer.refusal.reason}: ${answer.refusal.detail}`;
  if (answer.question.kind === "open") return `${answer.question.text} ${said}`;
  const objects =
    kindInfo(answer.question.kind).arity === 2 ? `${fact.subject} → ${fact.object}` : fact.subject;
  return `${objects}, ${fact.relation.replaceAll("_", " ")}: ${said}`;
}

function sayValue(fact: SpatialFact, value: AnswerValue): string {
  if (value.shape !== "choice") return formatValue(value);
  return `${value.choice === "subject" ? fact.subject : fact.object} (${percent(value.confidence)})`;
}

function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}
