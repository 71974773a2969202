import { type CanonicalFrame, cloudToCanonical } from "./CanonicalFrame.js";
import { type Columns, columnsOf } from "./Columns.js";
import { evenlySpread, type PointCloud, pickPoints } from "./PointCloud.js";
import type { SpatialObject } from "./SpatialObject.js";

/** Pairs are compared one by one: more points would cost more than they tell. */
const COMPARED_POINTS = 700;

/**
 * Distance between the nearest points of two objects; 0 where they touch, which is: where the
 * distance is not more than the points' own spacing. What lies under an object's visible surface
 * counts as the object.
 */
export function gapBetween(a: SpatialObject, b: SpatialObject, frame: CanonicalFrame): number {
  const spacingM = (spacing(a) + spacing(b)) / 2;
  const nearestM = nearest(columns(a, frame), columns(b, frame));
  return Math.max(0, nearestM - spacingM);
}

function spacing(object: SpatialObject): number {
  const thinned = Math.max(1, object.points.count / COMPARED_POINTS);
  return object.pitchM * Math.sqrt(thinned);
}

function columns(object: SpatialObject, frame: CanonicalFrame): Columns {
  const turned = cloudToCanonical(frame, thin(object.points));
  const cellM = Math.max(0.002, 1.5 * spacing(object));
  return columnsOf(turned, cellM, frame.residualM !== undefined && object.bottomM === 0);
}

function thin(points: PointCloud): PointCloud {
  return pickPoints(points, evenlySpread(points.count, COMPARED_POINTS));
}

function nearest(a: Columns, b: Columns): number {
  let best = Infinity;
  for (let i = 0; i < 4 * a.count; i += 4) {
    const x = a.values[i]!;
    const y = a.values[i + 1]!;
    const low = a.values[i + 2]!;
    const high = a.values[i + 3]!;
    for (let j = 0; j < 4 * b.count; j += 4) {
      const dx = x - b.values[j]!;
      const dy = y - b.values[j + 1]!;
      const flat = dx * dx + dy * dy;
      if (flat >= best) continue;
      const dz = Math.max(0, low - b.values[j + 3]!, b.values[j + 2]! - high);
      const square = flat + dz * dz;
      if (square < best) best = square;
    }
  }
  return Math.sqrt(best);
}
