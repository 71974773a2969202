import { dot, mapVec3, minus, type Vec3 } from "../base/index.js";
import type { Body } from "./bodyDoubts.js";
import { type CanonicalFrame, toCanonical } from "./CanonicalFrame.js";
import type { Footprint } from "./Footprint.js";
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
  { count, xyz }: PointCloud,
  { angle, roundness }: Footprint,
  lowM: number,
  { pitchM }: SeenObject,
  frame: CanonicalFrame,
): Body {
  if (roundness === 1 || lowM <= 0) return body;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // On each side, how far out it goes, and how far of that what is higher.
  const outM = [-Infinity, -Infinity, -Infinity, -Infinity] as [number, number, number, number];
  const upperM = [...outM] as typeof outM;
  for (let i = 0; i < 3 * count; i += 3) {
    const [x, y] = [xyz[i] ?? 0, xyz[i + 1] ?? 0];
    const [along, across] = [cos * x + sin * y, cos * y - sin * x];
    farther(outM, along, across);
    if ((xyz[i + 2] ?? 0) > 2 * lowM) farther(upperM, along, across);
  }
  if (upperM[0] === -Infinity) return body;
  const usualM = Math.hypot(pitchM, FOOT_NOISE * (frame.residualM ?? 0));
  const offM = outM.map((farthestM, side) => {
    const byM = farthestM - (upperM[side] ?? 0);
    return (1 - roundness) * FOOT_SHARE * Math.sqrt(Math.max(0, byM ** 2 - usualM ** 2));
  });
  const [alongM, acrossM] = [
    Math.hypot(offM[0] ?? 0, offM[1] ?? 0),
    Math.hypot(offM[2] ?? 0, offM[3] ?? 0),
  ];
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

function farther(most: [number, number, number, number], along: number, across: number): void {
  most[0] = Math.max(most[0], along);
  most[1] = Math.max(most[1], -along);
  most[2] = Math.max(most[2], across);
  most[3] = Math.max(most[3], -across);
}
