import type { SpatialAnswer } from "./SpatialAnswer.js";
import type { SpatialFact } from "./SpatialFact.js";

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
