import type { Vec3 } from "../base/index.js";
import type { PointCloud } from "./PointCloud.js";

/** The farthest part of what is seen, as a share of its extent along the view. */
const FAR_SHARE = 0.06;
/** What falls away at the back by so much of what an ellipsoid does begins to be, and is, rounded. */
const ROUNDED_FROM = 0.35;
const ROUNDED_RAMP = 0.4;

/** How an object goes on behind what the camera sees of it. */
export interface RoundedBack {
  /** 0: it ends in an edge as high as its top, as a box does; 1: it is rounded like an ellipsoid. */
  readonly roundness: number;
  /** Depth along the view that is not seen of such an ellipsoid. */
  readonly unseenM: number;
  /** Where its centre is along the view, from the eye. */
  readonly centerM: number;
  /** How much lower it ends than it is seen to. */
  readonly lowerM: number;
}

/**
 * The back of an object that falls away from its top: of an ellipsoid with half axes a along the view and
 * b up, seen by an eye at elevation e, the back ends at the angle θ with tan θ = b / (a·tan e), so
 * that a·(1 + cos θ) of its depth and b·(1 + sin θ) of its height are seen.
 *
 * @param turned points in a canonical frame on the support
 * @param viewRad direction from the eye to the object along the support
 * @param bottomM 0 where it is known to stand on the support, else where it is seen to end
 */
export function roundedBack(
  { count, xyz }: PointCloud,
  eye: Vec3,
  viewRad: number,
  [bottomM, highM]: readonly [number, number],
): RoundedBack {
  const [cos, sin] = [Math.cos(viewRad), Math.sin(viewRad)];
  const alongs = new Float32Array(count);
  for (let i = 0; i < count; i++)
    alongs[i] = cos * (xyz[3 * i]! - eye[0]) + sin * (xyz[3 * i + 1]! - eye[1]);
  let [nearM, farM] = [Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    nearM = Math.min(nearM, alongs[i]!);
    farM = Math.max(farM, alongs[i]!);
  }
  const seenM = farM - nearM;
  let edgeM = bottomM;
  for (let i = 0; i < count; i++)
    if (alongs[i]! >= farM - FAR_SHARE * seenM) edgeM = Math.max(edgeM, xyz[3 * i + 2]!);
  const elevation = Math.atan2(eye[2] - (bottomM + highM) / 2, (nearM + farM) / 2);
  const stands = bottomM === 0;
  const heightM = highM - bottomM;
  let [a, b] = [seenM / 2, heightM / 2];
  let theta = 0;
  for (let pass = 0; pass < 4; pass++) {
    theta = Math.atan2(b, a * Math.tan(elevation));
    a = seenM / (1 + Math.cos(theta));
    b = heightM / (stands ? 2 : 1 + Math.sin(theta));
  }
  // The far part's highest point lies before its end.
  const cosFar = Math.cos(theta) - (FAR_SHARE * seenM) / a;
  const fallM = b * (1 - Math.sqrt(Math.max(0, 1 - cosFar * cosFar)));
  const share = fallM > 0 ? (highM - edgeM) / fallM : 0;
  return {
    roundness: Math.min(1, Math.max(0, (share - ROUNDED_FROM) / ROUNDED_RAMP)),
    unseenM: a * (1 - Math.cos(theta)),
    centerM: nearM + a,
    lowerM: stands ? 0 : b * (1 - Math.sin(theta)),
  };
}
