import { distanceBetween, itemAt, type Vec3 } from "../../src/base/index.js";
import { recorded, stampAt } from "../kinematics/robot.js";
import { GRASP_MOVES } from "./graspRecording.js";

/** When the hand of GRASP_MOVES holds the thing, s from their beginning. */
export const HELD_S = [3.4, 7] as const;

const SAMPLES = recorded(GRASP_MOVES);
const PLACED: Vec3 = [0, 0.2, 0];

/** Where hand and thing of GRASP_MOVES are in the base's frame, m, and how far apart. */
export function graspScene(timeS: number): { hand: Vec3; thing: Vec3; distanceM: number } {
  const atNs = stampAt(timeS);
  const found = SAMPLES.findLastIndex(({ stampNs }) => stampNs <= atNs);
  const hand = itemAt(SAMPLES, Math.max(0, found)).poses.get("hand")?.position ?? [0, 0, 0];
  const thing: Vec3 = timeS < HELD_S[0] ? [0, 0, 0] : timeS < HELD_S[1] ? hand : PLACED;
  const distanceM = distanceBetween(hand, thing);
  return { hand, thing, distanceM };
}
