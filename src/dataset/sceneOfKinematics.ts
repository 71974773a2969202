import {
  type CameraFrame,
  invertPose,
  projectPoint,
  rotate,
  transformPoint,
} from "../camera/index.js";
import { canonicalFrame, pointObject } from "../geometry/index.js";
import type { KinematicTruth } from "../kinematics/index.js";
import { type AnswerValue, kindInfo, type QuestionKind } from "../language/index.js";
import type { Task } from "../task/index.js";
import { isSure, plainCaption } from "./sceneOfFrame.js";
import { isClear, type Split, type VqaObject, type VqaScene } from "./VqaScene.js";

export interface KinematicSceneOptions {
  readonly id: string;
  readonly split: Split;
  readonly task: Task;
  /** Of the whole episode. */
  readonly truth: KinematicTruth;
  /** Names of objects that are not spoken of. */
  readonly without: readonly string[];
}

/**
 * A recorded picture with what the robot's own motion proves of it: where its gripper is, and where
 * the things are that it grasps in this episode. Only centres are known, so that only kinds that
 * speak of centres are asked. Whether something stands in front of a thing is not known.
 *
 * @returns a reason if there is nothing to ask about
 */
export function sceneOfKinematics(
  frame: CameraFrame,
  { id, split, task, truth, without }: KinematicSceneOptions,
): VqaScene | { readonly skipped: string } {
  if (frame.fault !== undefined) return { skipped: frame.fault };
  const { info, stampNs } = frame;
  if (!info) return { skipped: "there is no camera_info" };
  const camera = frame.kinematics?.at(-1)?.poses.get(frame.frameId);
  if (!camera) return { skipped: `there is no TF of the camera's frame "${frame.frameId}"` };
  const fromFixed = invertPose(camera);
  const up = rotate(fromFixed.rotation, [0, 0, 1]);
  const canonical = canonicalFrame({ normal: up, offsetM: 0, inliers: 0, residualM: 0 });
  const objects: VqaObject[] = [];
  const bystanders: string[] = [];
  let lacks = "there are no objects besides the support";
  for (const { name, phrase, labels } of task.objects.values()) {
    if (name === task.support?.name || without.includes(name)) continue;
    const caption = plainCaption(phrase);
    const place = truth.placeOf(name, stampNs);
    if ("reason" in place) {
      lacks = place.reason;
      bystanders.push(caption);
      continue;
    }
    const center = transformPoint(fromFixed, place.centreM);
    const centerPx = center[2] > 0 ? projectPoint(info, center) : undefined;
    if (!centerPx || !isInside(centerPx, info)) {
      lacks = `${phrase} is outside of the picture`;
      continue;
    }
    const body = pointObject(center, place.sigmaM, canonical);
    objects.push({ name, labels: labels ?? [], captions: [caption], body, centerPx });
  }
  if (objects.length < 2) return { skipped: lacks };
  return {
    ...{ id, split, info, objects, bystanders, stampNs },
    source: frame.episode,
    camera: frame.camera,
    image: frame.image,
    knowsUp: true,
    support: task.support && {
      name: task.support.name,
      phrase: task.support.phrase,
      labels: task.support.labels ?? [],
    },
    answer(kind, a, b) {
      const subject = task.objects.get(a.name);
      const object = b && task.objects.get(b.name);
      if (!subject) return undefined;
      const found = truth.valueAt({ kind, subject, ...(object && { object }) }, frame);
      if (!found.known) return undefined;
      const value = asAnswer(kind, found.value, found.sigma);
      return isSure(value) && isClear(kind, canonical, a, b, value) ? value : undefined;
    },
  };
}

function asAnswer(kind: QuestionKind, value: number, sigma: number): AnswerValue {
  const { shape, relations } = kindInfo(kind);
  const [first, second] = relations;
  const confidence = 1;
  switch (shape) {
    case "quantity":
      return { shape, valueM: value, sigmaM: sigma };
    case "yes_no":
      return { shape, yes: value === 1, confidence };
    case "choice":
      return { shape, choice: value === 1 ? "subject" : "object", confidence };
    case "class": {
      const relation = value === 1 ? first : second;
      if (relation === undefined) throw new Error(`${kind} has no relations`);
      return { shape, relation, confidence };
    }
  }
}

function isInside(
  [u, v]: readonly [number, number],
  { width, height }: { readonly width: number; readonly height: number },
): boolean {
  return u >= 0 && v >= 0 && u < width && v < height;
}
