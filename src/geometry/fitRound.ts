import { addScaled, dot, itemAt, mulberry32, type Vec3 } from "../base/index.js";
import { type Point2, type Points2, point2At } from "./convexHull.js";
import { type PointCloud, spreadOf } from "./PointCloud.js";
import { symmetricEigen3 } from "./symmetricEigen3.js";

export interface Circle {
  readonly centerX: number;
  readonly centerY: number;
  readonly radiusM: number;
}

export interface CircleFit extends Circle {
  /** Share of the points that lie on the circle. */
  readonly share: number;
  readonly residualM: number;
}

/** Enough to draw three good points of which half are bad in all but one of 10⁸ cases. */
const DRAWS = 140;

/**
 * The circle that most points lie on within `toleranceM` (MSAC, Torr and Zisserman 2000), then
 * least squares on those. A mug's handle and the fingers before it are outliers. Undefined if the
 * points give no circle of at most `maxRadiusM`.
 */
export function fitCircle(
  points: Points2,
  toleranceM: number,
  maxRadiusM: number,
  seed = 1,
): CircleFit | undefined {
  const count = points.length / 2;
  if (count < 6) return undefined;
  const random = mulberry32(seed);
  const draw = () => point2At(points, 2 * Math.floor(random() * count));
  let best: Circle | undefined;
  let bestCost = Infinity;
  for (let i = 0; i < DRAWS; i++) {
    const circle = circleThrough(draw(), draw(), draw());
    if (!circle || circle.radiusM > maxRadiusM) continue;
    const cost = cappedSquares(points, circle, toleranceM);
    if (cost >= bestCost) continue;
    bestCost = cost;
    best = circle;
  }
  if (!best) return undefined;
  return refineCircle(points, best, toleranceM, 2);
}

/**
 * Least squares (Kåsa) on the points within `toleranceM` of a circle, some times over, so that
 * the circle can move to where they are.
 */
export function refineCircle(
  points: Points2,
  circle: Circle,
  toleranceM: number,
  passes: number,
): CircleFit {
  let best = circle;
  let on = pointsOn(points, best, toleranceM);
  for (let pass = 0; pass < passes; pass++) {
    const refined = leastSquaresCircle(on);
    if (!refined || refined.radiusM > 2 * circle.radiusM) break;
    best = refined;
    on = pointsOn(points, best, toleranceM);
  }
  return { ...best, share: on.length / Math.max(1, points.length), residualM: residual(on, best) };
}

/** MSAC's cost: squared distances, those beyond the tolerance as if they were at it. */
function cappedSquares(points: Points2, circle: Circle, toleranceM: number): number {
  const { centerX, centerY, radiusM } = circle;
  const cap = toleranceM * toleranceM;
  let cost = 0;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i]! - centerX;
    const dy = points[i + 1]! - centerY;
    const off = Math.sqrt(dx * dx + dy * dy) - radiusM;
    cost += Math.min(cap, off * off);
  }
  return cost;
}

function pointsOn(points: Points2, circle: Circle, toleranceM: number): Points2 {
  // Not read in the loop: what reads fields of several kinds of objects allocates each number anew.
  const { centerX, centerY, radiusM } = circle;
  const on = new Float64Array(points.length);
  let n = 0;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i]! - centerX;
    const dy = points[i + 1]! - centerY;
    if (Math.abs(Math.sqrt(dx * dx + dy * dy) - radiusM) > toleranceM) continue;
    on[n++] = points[i]!;
    on[n++] = points[i + 1]!;
  }
  return on.subarray(0, n);
}

function residual(points: Points2, { centerX, centerY, radiusM }: Circle): number {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) {
    const dx = points[i]! - centerX;
    const dy = points[i + 1]! - centerY;
    sum += (Math.sqrt(dx * dx + dy * dy) - radiusM) ** 2;
  }
  return Math.sqrt(sum / Math.max(1, points.length / 2));
}

function circleThrough(a: Point2, b: Point2, c: Point2): Circle | undefined {
  const bx = b[0] - a[0];
  const by = b[1] - a[1];
  const cx = c[0] - a[0];
  const cy = c[1] - a[1];
  const twiceArea = 2 * (bx * cy - by * cx);
  if (Math.abs(twiceArea) < 1e-9) return undefined;
  const b2 = bx * bx + by * by;
  const c2 = cx * cx + cy * cy;
  const x = (cy * b2 - by * c2) / twiceArea;
  const y = (bx * c2 - cx * b2) / twiceArea;
  return { centerX: a[0] + x, centerY: a[1] + y, radiusM: Math.hypot(x, y) };
}

/** Kåsa 1976: x² + y² = 2·cx·x + 2·cy·y + k, linear in cx, cy, k. */
function leastSquaresCircle(points: Points2): Circle | undefined {
  const n = points.length / 2;
  if (n < 5) return undefined;
  let mx = 0;
  let my = 0;
  for (let i = 0; i < points.length; i += 2) {
    mx += points[i]! / n;
    my += points[i + 1]! / n;
  }
  let uu = 0;
  let uv = 0;
  let vv = 0;
  let uw = 0;
  let vw = 0;
  let ww = 0;
  for (let i = 0; i < points.length; i += 2) {
    const u = points[i]! - mx;
    const v = points[i + 1]! - my;
    const w = u * u + v * v;
    uu += u * u;
    uv += u * v;
    vv += v * v;
    uw += u * w;
    vw += v * w;
    ww += w;
  }
  const determinant = 2 * (uu * vv - uv * uv);
  if (Math.abs(determinant) < 1e-18) return undefined;
  const x = (uw * vv - vw * uv) / determinant;
  const y = (vw * uu - uw * uv) / determinant;
  return {
    centerX: mx + x,
    centerY: my + y,
    radiusM: Math.sqrt(x * x + y * y + ww / n),
  };
}

export interface SphereFit {
  readonly center: Vec3;
  readonly radiusM: number;
  /** Share of the points within the tolerance of the sphere. */
  readonly share: number;
  readonly residualM: number;
}

/**
 * The sphere of least algebraic error, |p|² = 2·c·p + k, linear in c and k. Undefined if the points
 * lie in a plane, which any large sphere fits.
 */
export function fitSphere(cloud: PointCloud, toleranceM: number): SphereFit | undefined {
  const { count, xyz } = cloud;
  if (count < 10) return undefined;
  const [mx, my, mz] = spreadOf(cloud).mean;
  let xx = 0;
  let xy = 0;
  let xz = 0;
  let yy = 0;
  let yz = 0;
  let zz = 0;
  let xs = 0;
  let ys = 0;
  let zs = 0;
  let squareSum = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    const x = xyz[i]! - mx;
    const y = xyz[i + 1]! - my;
    const z = xyz[i + 2]! - mz;
    const square = x * x + y * y + z * z;
    xx += x * x;
    xy += x * y;
    xz += x * z;
    yy += y * y;
    yz += y * z;
    zz += z * z;
    xs += x * square;
    ys += y * square;
    zs += z * square;
    squareSum += square;
  }
  const { values, vectors } = symmetricEigen3([xx, xy, xz, yy, yz, zz]);
  if (values[0] < 1e-4 * values[2]) return undefined;
  const right: Vec3 = [xs / 2, ys / 2, zs / 2];
  let offset: Vec3 = [0, 0, 0];
  for (const [i, vector] of vectors.entries())
    offset = addScaled(offset, vector, dot(vector, right) / itemAt(values, i));
  const radiusM = Math.sqrt(dot(offset, offset) + squareSum / count);
  const center = addScaled([mx, my, mz], offset, 1);

  const [cx, cy, cz] = center;
  let near = 0;
  let residual = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    const x = xyz[i]! - cx;
    const y = xyz[i + 1]! - cy;
    const z = xyz[i + 2]! - cz;
    const off = Math.abs(Math.sqrt(x * x + y * y + z * z) - radiusM);
    residual += off * off;
    if (off <= toleranceM) near += 1;
  }
  return { center, radiusM, share: near / count, residualM: Math.sqrt(residual / count) };
}
