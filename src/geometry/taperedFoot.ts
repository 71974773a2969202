import { dot, mapVec3, minus, type Vec3 } from "../base/index.js";
import type { Body } from "./Body.js";
import { type CanonicalFrame, toCanonical } from "./CanonicalFrame.js";
import { type Footprint, sidesAlong } from "./Footprint.js";
import type { PointCloud } from "./PointCloud.js";
import type { SeenObject } from "./SpatialObject.js";

/**
 * What is as low as the lowest point that is seen is taken for the support. A slope goes on in it as far as it goes within
 * as much above it: it is larger by this share of that (standard deviation). Of a wall, noise makes so much.
 */
const FOOT_SHARE = 0.6;
const FOOT_NOISE = 2;

/** With the doubt of what goes on below its lowest point: there a slope is taken for the support. */
export function taperedFoot(
  body: Body,
  turned: PointCloud,
  { angle, roundness }: Footprint,
  lowM: number,
  { pitchM }: SeenObject,
  frame: CanonicalFrame,
): Body {
  if (body.bottomM !== 0 || roundness === 1 || lowM <= 0) return body;
  // On each side, how far out it goes, and how far of that what is higher.
  const all = sidesAlong(turned, angle);
  const upper = sidesAlong(turned, angle, 2 * lowM);
  if (upper.maxU === -Infinity) return body;
  const usualM = Math.hypot(pitchM, FOOT_NOISE * (frame.residualM ?? 0));
  const offM = (byM: number): number =>
    (1 - roundness) * FOOT_SHARE * Math.sqrt(Math.max(0, byM ** 2 - usualM ** 2));
  const alongM = Math.hypot(offM(all.maxU - upper.maxU), offM(upper.minU - all.minU));
  const acrossM = Math.hypot(offM(all.maxV - upper.maxV), offM(upper.minV - all.minV));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const right = minus(toCanonical(frame, [1, 0, 0]), toCanonical(frame, [0, 0, 0]));
  const ways: Vec3[] = [
    [alongM * cos, alongM * sin, 0],
    [-acrossM * sin, acrossM * cos, 0],
  ];
  return {
    ...body,
    residualM: Math.hypot(body.residualM, alongM / 2, acrossM / 2),
    asideDoubtM: Math.hypot(body.asideDoubtM, ...ways.map((way) => dot(way, right))),
    doubts: [...body.doubts, ...ways.map((way) => mapVec3(way, (value) => value / 2))],
  };
}
