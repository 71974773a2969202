import type { Points2 } from "./convexHull.js";

export interface Rectangle {
  readonly centerX: number;
  readonly centerY: number;
  /** Of the side of length `lengthM` with the x axis, −π/2 … π/2. */
  readonly angle: number;
  readonly lengthM: number;
  readonly widthM: number;
}

/**
 * The smallest rectangle around a convex polygon: one of its sides lies on a side of the polygon
 * (Freeman and Shapira 1975). The polygon may be a point or a line.
 */
export function minAreaRectangle(hull: Points2): Rectangle {
  const corners = hull.length / 2;
  let best: Rectangle | undefined;
  for (let i = 0; i < corners; i++) {
    const j = (i + 1) % corners;
    const angle = Math.atan2(hull[2 * j + 1]! - hull[2 * i + 1]!, hull[2 * j]! - hull[2 * i]!);
    const candidate = rectangleAt(hull, angle);
    if (!best || candidate.lengthM * candidate.widthM < best.lengthM * best.widthM)
      best = candidate;
  }
  return best ?? { centerX: NaN, centerY: NaN, angle: 0, lengthM: NaN, widthM: NaN };
}

/** The rectangle around the points whose sides have the given direction. */
export function rectangleAt(points: Points2, angle: number): Rectangle {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const u = cos * points[i]! + sin * points[i + 1]!;
    const v = cos * points[i + 1]! - sin * points[i]!;
    if (u < minU) minU = u;
    if (u > maxU) maxU = u;
    if (v < minV) minV = v;
    if (v > maxV) maxV = v;
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  const along = maxU - minU >= maxV - minV;
  return {
    centerX: cos * u - sin * v,
    centerY: sin * u + cos * v,
    angle: halfTurn(along ? angle : angle + Math.PI / 2),
    lengthM: along ? maxU - minU : maxV - minV,
    widthM: along ? maxV - minV : maxU - minU,
  };
}

function halfTurn(angle: number): number {
  const turned = ((angle % Math.PI) + Math.PI) % Math.PI;
  return turned > Math.PI / 2 ? turned - Math.PI : turned;
}
