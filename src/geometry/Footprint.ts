import {
  convexHull,
  minAreaRectangle,
  otherRectangle,
  outlineOn,
  type Points2,
  type Rectangle,
} from "./convexHull.js";
import { type Circle, fitCircle, refineCircle } from "./fitRound.js";
import type { PointCloud } from "./PointCloud.js";
import { ramp } from "./ramp.js";

/** An object's shadow on the plane z = 0 of its canonical frame. */
export interface Footprint {
  /** The likelier one. */
  readonly shape: "circle" | "rectangle";
  /** How likely a circle is, 0..1: centre and sides are the mean of both shapes by it. */
  readonly roundness: number;
  /** How much of the circle is seen, radians; 0 of a rectangle. */
  readonly arcRad: number;
  readonly centerX: number;
  readonly centerY: number;
  /** Of the length axis with x. */
  readonly angle: number;
  readonly lengthM: number;
  readonly widthM: number;
  /** Share of the rim that lies on the shape, 0..1: less of what is neither round nor has straight sides. */
  readonly onShape: number;
  /** How far the rim's points are from the shape, and the shapes' centres from each other. */
  readonly residualM: number;
  /** Where the other rectangle's centre, and the other shape's, is, each by one standard deviation. */
  readonly apart: readonly (readonly [x: number, y: number])[];
}

const SECTORS = 72;

/** Share of the rim that must lie on a circle: the rest may be a handle, or a finger's shadow. */
const ROUND_SHARE = 0.6;

/** The rim must follow the circle this far at a stretch, gaps of `ARC_GAP` left aside, radians. */
const ROUND_ARC = (110 * Math.PI) / 180;
const ARC_GAP = (30 * Math.PI) / 180;

/** Over which difference in share, and in arc, a circle becomes likely. */
const SHARE_RAMP = 0.2;
const ARC_RAMP = (60 * Math.PI) / 180;
/** What is neither lies between both: nearer to their mean than one of two that are as likely. */
const SHAPE_DOUBT = 0.8;

/** Over which difference in the share of the outline on their sides one of two rectangles becomes likely. */
const OUTLINE_RAMP = 0.2;
/** The corner that is missed there is not seen: the centre is off by this share of how far both are apart. */
const LEAST_APART = 0.1;

/**
 * The footprint of points in a canonical frame: a circle where most of the rim is round, so that
 * a handle or a hidden side does not move its centre; else the smallest rectangle. Between the two
 * it is the mean of both: a millimetre of noise must not move a centre by centimetres.
 *
 * @param nearHidden for each point: 1 if the rim there is not the object's own.
 * @param noiseM of the points.
 */
export function footprintOf(cloud: PointCloud, nearHidden: Uint8Array, noiseM = 0): Footprint {
  const points = flattened(cloud);
  const { rectangle, toleranceM, orX, orY } = likelyRectangle(convexHull(points), noiseM);
  const rim = rimOf(points, nearHidden, rectangle.centerX, rectangle.centerY);
  const diagonalM = Math.hypot(rectangle.lengthM, rectangle.widthM);
  const straight = shareOnSides(rim, rectangle, toleranceM);
  const box = {
    ...rectangle,
    ...{ onShape: straight, residualM: Math.hypot(0.02 * diagonalM, orX, orY), arcRad: 0 },
    apart: [[orX, orY]] as const,
  };
  const circle = fitCircle(rim, toleranceM, diagonalM / 2 + 0.005);
  if (!circle) return { shape: "rectangle", roundness: 0, ...box };
  const arcRad = longestArc(rim, circle, toleranceM);
  const roundness =
    ramp((circle.share - Math.max(ROUND_SHARE, straight)) / SHARE_RAMP + 0.5) *
    ramp((arcRad - ROUND_ARC) / ARC_RAMP + 0.5);
  if (roundness === 0) return { shape: "rectangle", roundness, ...box };
  // Outermost points lie outside by their noise; all points of the wall have it on both sides.
  const wall = refineCircle(points, circle, toleranceM, 3);
  const mixed = (round: number, straight: number) => straight + roundness * (round - straight);
  const doubt = SHAPE_DOUBT * Math.sqrt(roundness * (1 - roundness));
  const apart = [
    [mixed(0, orX), mixed(0, orY)],
    [doubt * (wall.centerX - box.centerX), doubt * (wall.centerY - box.centerY)],
  ] as const;
  return {
    shape: roundness >= 0.5 ? "circle" : "rectangle",
    roundness,
    arcRad,
    centerX: mixed(wall.centerX, box.centerX),
    centerY: mixed(wall.centerY, box.centerY),
    angle: roundness === 1 ? 0 : box.angle,
    lengthM: mixed(2 * wall.radiusM, box.lengthM),
    widthM: mixed(2 * wall.radiusM, box.widthM),
    onShape: mixed(circle.share, straight),
    residualM: Math.hypot(mixed(wall.residualM, 0.02 * diagonalM), ...apart.flat()),
    apart,
  };
}

interface LikelyRectangle {
  readonly rectangle: Rectangle;
  readonly toleranceM: number;
  /** Where the other one's centre is, by one standard deviation. */
  readonly orX: number;
  readonly orY: number;
}

/** Of two that are nearly as small the one with more of the outline on its sides: of a wedge, two walls are seen. */
function likelyRectangle(hull: Points2, noiseM: number): LikelyRectangle {
  const smallest = minAreaRectangle(hull);
  const diagonalM = Math.hypot(smallest.lengthM, smallest.widthM);
  const toleranceM = Math.max(Math.min(0.0025, 0.035 * diagonalM), 0.015 * diagonalM, 2.5 * noiseM);
  const other = otherRectangle(hull, smallest);
  if (!other) return { rectangle: smallest, toleranceM, orX: 0, orY: 0 };
  const more = outlineOn(hull, other, toleranceM) - outlineOn(hull, smallest, toleranceM);
  const likely = ramp(more / OUTLINE_RAMP + 0.5);
  const doubt = Math.max(LEAST_APART, Math.sqrt(likely * (1 - likely)));
  return {
    rectangle: likely > 0.5 ? other : smallest,
    toleranceM,
    orX: doubt * (other.centerX - smallest.centerX),
    orY: doubt * (other.centerY - smallest.centerY),
  };
}

/** Share of the points that lie on the sides of a rectangle. */
function shareOnSides(points: Points2, box: Rectangle, toleranceM: number): number {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  let on = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]! - box.centerX;
    const y = points[i + 1]! - box.centerY;
    const short = Math.min(
      box.lengthM / 2 - Math.abs(cos * x + sin * y),
      box.widthM / 2 - Math.abs(cos * y - sin * x),
    );
    if (short <= toleranceM) on += 1;
  }
  return on / Math.max(1, points.length / 2);
}

/** The longest stretch of a circle, in radians, along which points lie without a wide gap. */
function longestArc(points: Points2, circle: Circle, toleranceM: number): number {
  const angles: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]! - circle.centerX;
    const y = points[i + 1]! - circle.centerY;
    if (Math.abs(Math.hypot(x, y) - circle.radiusM) <= toleranceM) angles.push(Math.atan2(y, x));
  }
  angles.sort((a, b) => a - b);
  // Twice around, so that a stretch over the seam at ±π counts whole.
  const around = [...angles, ...angles.map((angle) => angle + 2 * Math.PI)];
  const [first = 0] = around;
  let longest = 0;
  let start = first;
  let before = first;
  for (const angle of around) {
    if (angle - before > ARC_GAP) start = angle;
    longest = Math.max(longest, angle - start);
    before = angle;
  }
  return Math.min(longest, 2 * Math.PI);
}

/** Extents of a cloud's footprint along a direction of the plane and across it. */
export function extentsAlong(cloud: PointCloud, angle: number): readonly [number, number] {
  const { minU, maxU, minV, maxV } = sidesAlong(cloud, angle);
  return [maxU - minU, maxV - minV];
}

/** Where something ends along a direction of the plane, and across it. */
interface Sides {
  readonly minU: number;
  readonly maxU: number;
  readonly minV: number;
  readonly maxV: number;
}

/** Where a cloud's footprint ends; infinite if no point is higher than `overM`. */
export function sidesAlong({ count, xyz }: PointCloud, angle: number, overM = -Infinity): Sides {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let minU = Infinity;
  let maxU = -Infinity;
  let minV = Infinity;
  let maxV = -Infinity;
  for (let i = 0; i < 3 * count; i += 3) {
    if (!(xyz[i + 2]! > overM)) continue;
    const u = cos * xyz[i]! + sin * xyz[i + 1]!;
    const v = cos * xyz[i + 1]! - sin * xyz[i]!;
    if (u < minU) minU = u;
    if (u > maxU) maxU = u;
    if (v < minV) minV = v;
    if (v > maxV) maxV = v;
  }
  return { minU, maxU, minV, maxV };
}

function flattened({ count, xyz }: PointCloud): Points2 {
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    points[2 * i] = xyz[3 * i]!;
    points[2 * i + 1] = xyz[3 * i + 1]!;
  }
  return points;
}

/** The outermost point of each sector around a centre, where it is the object's own rim. */
function rimOf(points: Points2, nearHidden: Uint8Array, centerX: number, centerY: number): Points2 {
  const farthest = new Float64Array(SECTORS).fill(-1);
  const index = new Int32Array(SECTORS).fill(-1);
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i]! - centerX;
    const dy = points[i + 1]! - centerY;
    const turn = Math.atan2(dy, dx) / (2 * Math.PI) + 0.5;
    const sector = Math.min(SECTORS - 1, Math.floor(turn * SECTORS));
    const square = dx * dx + dy * dy;
    if (square <= farthest[sector]!) continue;
    farthest[sector] = square;
    index[sector] = i;
  }
  const filled = index.filter((i) => i >= 0 && nearHidden[i >> 1] === 0);
  const rim = new Float64Array(2 * filled.length);
  filled.forEach((from, i) => {
    rim[2 * i] = points[from]!;
    rim[2 * i + 1] = points[from + 1]!;
  });
  return rim;
}
