import { boxOfDetection, boxOverlap, type Detection } from "../camera/index.js";
import type { Refusal } from "../language/index.js";

/** A score so much below another one's tells nothing. */
const RIVAL_SHARE = 0.9;
/** Boxes that overlap by so much (intersection over union) are of one thing. */
const SAME_THING = 0.5;

/** Why it is not known which of several detections is a thing's: another one of its classes is as sure. */
export function rivalOf(
  best: Detection,
  detections: readonly Detection[],
  phrase: string,
  classIds: readonly string[],
): Refusal | undefined {
  const box = boxOfDetection(best);
  const rivals = detections.filter(
    (it) =>
      it !== best &&
      classIds.includes(it.classId) &&
      it.score >= RIVAL_SHARE * best.score &&
      boxOverlap(boxOfDetection(it), box) < SAME_THING,
  );
  if (rivals.length === 0) return undefined;
  const scores = [best, ...rivals].map(({ score }) => score.toFixed(2)).join(", ");
  const detail = `${1 + rivals.length} things may be ${phrase}: detections of class ${classIds.join(", ")} with scores of ${scores}`;
  return { reason: "ambiguous", detail };
}
