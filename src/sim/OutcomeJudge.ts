import { distanceBetween, type Vec3, valueAt } from "../base/index.js";
import { invertPose, type Pose, rotate, transformPoint } from "../camera/index.js";
import type { Outcome } from "./SimOptions.js";
import { MUG_HALF_HEIGHT_M, TRAY_BASE_M, TRAY_HALF_M } from "./scene/constants.js";
import type { SimTruth } from "./TabletopWorld.js";

/** From here on an object was moved on purpose, not by settling. */
const MOVED_M = 0.02;
const LIFTED_M = 0.02;
/** "Where it was." */
const SAME_PLACE_M = 0.04;
/** A robot that never came this close to the mug did not try. */
const NEAR_M = 0.15;
/** A mug that came this much closer to the tray was being carried there. */
const PROGRESS_M = 0.06;

/**
 * Watches an episode and says how it went, from the truth alone: it knows nothing of what the
 * script was meant to do.
 */
export class OutcomeJudge {
  readonly #first: SimTruth;
  #last: SimTruth;
  #nearestGripperM = Number.POSITIVE_INFINITY;
  #nearestTrayM = Number.POSITIVE_INFINITY;
  #highestMugM = 0;
  #wasDistractorMoved = false;

  constructor(first: SimTruth) {
    this.#first = first;
    this.#last = first;
  }

  watch(truth: SimTruth): void {
    this.#last = truth;
    const mug = positionOf(truth, "red_mug");
    const mugAtFirst = positionOf(this.#first, "red_mug");
    this.#nearestGripperM = Math.min(
      this.#nearestGripperM,
      distanceBetween(positionOf(truth, "gripper"), mug),
    );
    this.#nearestTrayM = Math.min(
      this.#nearestTrayM,
      levelDistance(positionOf(truth, "blue_tray"), mug),
    );
    this.#highestMugM = Math.max(this.#highestMugM, mug[2] - mugAtFirst[2]);
    this.#wasDistractorMoved ||= this.#isAnyDistractorMoved(truth.poses);
  }

  /** The outcome so far, taking the last truth as the end. */
  verdict(): Outcome {
    if (this.#last.isSuccess) return "success";
    const mugAtFirst = positionOf(this.#first, "red_mug");
    const mug = positionOf(this.#last, "red_mug");
    const mugMovedM = distanceBetween(mugAtFirst, mug);
    const wasLifted = this.#highestMugM > LIFTED_M;
    if (!wasLifted && mugMovedM < MOVED_M) {
      if (this.#wasDistractorMoved) return "distract";
      if (this.#nearestGripperM > NEAR_M) return "idle";
    }
    const trayAtFirst = positionOf(this.#first, "blue_tray");
    const progressM = levelDistance(trayAtFirst, mugAtFirst) - this.#nearestTrayM;
    const isBack = mugMovedM < SAME_PLACE_M && !this.#last.isHeld;
    if (wasLifted && isBack && progressM > PROGRESS_M) return "regress";
    return "failure";
  }

  #isAnyDistractorMoved(poses: ReadonlyMap<string, Pose>): boolean {
    const others = ["table", "gripper", "red_mug", "blue_tray"];
    for (const [name, pose] of poses) {
      if (others.includes(name)) continue;
      if (distanceBetween(pose.position, positionOf(this.#first, name)) > MOVED_M) return true;
    }
    return false;
  }
}

function positionOf(truth: SimTruth, frame: string): Vec3 {
  return valueAt(truth.poses, frame).position;
}

function levelDistance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

const HEIGHT_TOLERANCE_M = 0.01;
/** Cosine of the largest tilt that counts as upright (20°). */
const UPRIGHT = 0.94;

/** The mug stands upright on the tray's base. Poses in one common frame. */
export function isMugOnTray(mug: Pose, tray: Pose): boolean {
  const [x, y, z] = transformPoint(invertPose(tray), mug.position);
  const standingZ = TRAY_BASE_M - TRAY_HALF_M.z + MUG_HALF_HEIGHT_M;
  const isInside = Math.abs(x) < TRAY_HALF_M.x && Math.abs(y) < TRAY_HALF_M.y;
  const isUpright = rotate(mug.rotation, [0, 0, 1])[2] > UPRIGHT;
  return isInside && isUpright && Math.abs(z - standingZ) < HEIGHT_TOLERANCE_M;
}
