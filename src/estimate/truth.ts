import type { Vec3 } from "../base/index.js";
import { type CameraFrame, type FramePose, rotate } from "../camera/index.js";
import { betweenCentres } from "../kinematics/index.js";
import type { ObjectRef, SpatialAnswer } from "../language/index.js";
import type { Measurement } from "../task/index.js";
import type { MeasuredValue } from "./MeasuredValue.js";

/**
 * The exact value of a measurement if TF gives it: metres, or 1/0 for yes/no (yes), choice (the
 * subject) and classify kinds (the first relation), as `MeasuredValue.value` counts them.
 *
 * `poses` are in the camera's optical frame and its frames sit at the objects' centres, so only
 * kinds that speak of centres have a truth: distance, the left/right/behind/front family, and,
 * where the support has a frame (z up), vertical and horizontal distance and above/below. Kinds
 * that speak of shapes (gap, height, elevation, …) and objects without a known pose give undefined.
 */
export function trueValue(
  { kind, subject, object }: Measurement,
  poses: ReadonlyMap<string, FramePose>,
  support?: ObjectRef,
): number | undefined {
  const [a, b] = [positionOf(subject, poses), positionOf(object, poses)];
  if (a === undefined || b === undefined) return undefined;
  return betweenCentres(kind, a, b, upOf(support, poses));
}

/** `trueValue` to judge a measured value by: undefined as well where that rests on the same frames. */
export function truthOf(
  { basis }: Pick<MeasuredValue, "basis">,
  measurement: Measurement,
  { poses }: Pick<CameraFrame, "poses">,
  support?: ObjectRef,
): number | undefined {
  if (!poses || basis === "frames") return undefined;
  return trueValue(measurement, poses, support);
}

/** The same to judge an answer by. */
export function truthFor(
  answer: Pick<SpatialAnswer, "evidence" | "byFrames">,
  measurement: Measurement,
  frame: Pick<CameraFrame, "poses">,
  support?: ObjectRef,
): number | undefined {
  return truthOf(restsOnFrames(answer) ? { basis: "frames" } : {}, measurement, frame, support);
}

/**
 * Whether an answer was computed from the TF frames that `trueValue` takes: then that is not a truth to
 * judge it by. A model that does not say so tells by its evidence: what was seen in the image has a box.
 */
export function restsOnFrames({
  evidence = [],
  byFrames,
}: Pick<SpatialAnswer, "evidence" | "byFrames">): boolean {
  if (byFrames) return true;
  return evidence.length > 0 && evidence.every(({ boxPx }) => boxPx === undefined);
}

function positionOf(
  object: ObjectRef | undefined,
  poses: ReadonlyMap<string, FramePose>,
): Vec3 | undefined {
  if (object?.frame === undefined) return undefined;
  const found = poses.get(object.frame);
  return found?.ok ? found.pose.position : undefined;
}

function upOf(
  support: ObjectRef | undefined,
  poses: ReadonlyMap<string, FramePose>,
): Vec3 | undefined {
  if (support?.frame === undefined) return undefined;
  const found = poses.get(support.frame);
  return found?.ok ? rotate(found.pose.rotation, [0, 0, 1]) : undefined;
}
