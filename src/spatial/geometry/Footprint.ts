import { convexHull, type Points2 } from "./convexHull.js";
import { fitCircle } from "./fitCircle.js";
import { minAreaRectangle, rectangleAt } from "./minAreaRectangle.js";
import type { PointCloud } from "./PointCloud.js";

/** An object's shadow on the plane z = 0 of its canonical frame. */
export interface Footprint {
  readonly shape: "circle" | "rectangle";
  readonly centerX: number;
  readonly centerY: number;
  /** Of the length axis with x. */
  readonly angle: number;
  readonly lengthM: number;
  readonly widthM: number;
  /** How far the rim's points are from the shape. */
  readonly residualM: number;
}

const SECTORS = 72;

/** Share of the rim that must lie on a circle: the rest may be a handle, or hidden. */
const ROUND_SHARE = 0.6;

/**
 * The footprint of points in a canonical frame: a circle where most of the rim is round, so that
 * a handle or a finger before it does not move its centre; else the smallest rectangle.
 */
export function footprintOf(cloud: PointCloud): Footprint {
  const points = flattened(cloud);
  const rectangle = minAreaRectangle(convexHull(points));
  const rim = rimOf(points, rectangle.centerX, rectangle.centerY);
  const diagonalM = Math.hypot(rectangle.lengthM, rectangle.widthM);
  const circle = fitCircle(rim, Math.max(0.0025, 0.015 * diagonalM), diagonalM / 2 + 0.005);
  if (circle && circle.share >= ROUND_SHARE && 2 * circle.radiusM >= 0.5 * rectangle.lengthM)
    return {
      shape: "circle",
      centerX: circle.centerX,
      centerY: circle.centerY,
      angle: 0,
      lengthM: 2 * circle.radiusM,
      widthM: 2 * circle.radiusM,
      residualM: circle.residualM,
    };
  return { shape: "rectangle", ...rectangle, residualM: 0.02 * diagonalM };
}

/** Extents of the footprint's points along and across a direction. */
export function extentAlong(cloud: PointCloud, angle: number): readonly [number, number] {
  const hull = convexHull(flattened(cloud));
  const box = rectangleAt(hull, angle);
  const turned = Math.abs(Math.cos(box.angle - angle)) > 0.5;
  return turned ? [box.lengthM, box.widthM] : [box.widthM, box.lengthM];
}

function flattened({ count, xyz }: PointCloud): Points2 {
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    points[2 * i] = xyz[3 * i]!;
    points[2 * i + 1] = xyz[3 * i + 1]!;
  }
  return points;
}

/** The outermost point of each sector around a centre. */
function rimOf(points: Points2, centerX: number, centerY: number): Points2 {
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
  const filled = index.filter((i) => i >= 0);
  const rim = new Float64Array(2 * filled.length);
  filled.forEach((from, i) => {
    rim[2 * i] = points[from]!;
    rim[2 * i + 1] = points[from + 1]!;
  });
  return rim;
}
