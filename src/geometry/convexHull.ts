import { itemAt, lastOf } from "../base/index.js";

/** Points of a plane: x, y of the first, x, y of the second, … */
export type Points2 = Float64Array;

export type Point2 = readonly [x: number, y: number];

/** The point whose x stands at a position. */
export function point2At(points: Points2, at: number): Point2 {
  return [itemAt(points, at), itemAt(points, at + 1)];
}

/**
 * Corners of the convex hull, counter-clockwise, no three on a line (Andrew's monotone chain).
 * Fewer than three corners where the points are one point or lie on a line.
 */
export function convexHull(points: Points2): Points2 {
  const outer = outsideOctagon(points);
  // Signs: a function that returns other numbers allocates each of them.
  const order = outer.sort((a, b) => {
    const byX = Math.sign(points[2 * a]! - points[2 * b]!);
    return byX || Math.sign(points[2 * a + 1]! - points[2 * b + 1]!);
  });
  const chain: number[] = [];
  let floor = 0;
  const climb = (index: number): void => {
    while (chain.length >= floor + 2) {
      const before = itemAt(chain, chain.length - 2);
      if (turn(points, before, lastOf(chain), index) > 0) break;
      chain.pop();
    }
    chain.push(index);
  };
  for (const index of order) climb(index);
  // The end of the lower chain is the start of the upper one.
  floor = chain.length - 1;
  for (let i = order.length - 2; i >= 0; i--) climb(itemAt(order, i));
  if (chain.length > 1) chain.pop();
  const hull = distinct(points, chain);
  return Float64Array.from(hull.flatMap((i) => point2At(points, 2 * i)));
}

function distinct(points: Points2, chain: readonly number[]): number[] {
  return chain.filter((index, i) => {
    const before = chain[i - 1];
    return (
      before === undefined ||
      points[2 * index] !== points[2 * before] ||
      points[2 * index + 1] !== points[2 * before + 1]
    );
  });
}

/** Twice the signed area of the triangle: positive for a left turn. */
function turn(p: Points2, a: number, b: number, c: number): number {
  return (
    (p[2 * b]! - p[2 * a]!) * (p[2 * c + 1]! - p[2 * a + 1]!) -
    (p[2 * b + 1]! - p[2 * a + 1]!) * (p[2 * c]! - p[2 * a]!)
  );
}

/**
 * Indices of the points that are not strictly inside the polygon of the outermost points in
 * eight directions (Akl and Toussaint): nine of ten need not be sorted.
 */
function outsideOctagon(points: Points2): Uint32Array {
  const count = points.length / 2;
  // Counter-clockwise from x; each the first of those that are as far out.
  const corners = new Uint32Array(8);
  const reached = new Float64Array(8).fill(-Infinity);
  const reach = (k: number, value: number, i: number): void => {
    if (!(value > (reached[k] ?? 0))) return;
    reached[k] = value;
    corners[k] = i;
  };
  for (let i = 0; i < count; i++) {
    const x = points[2 * i] ?? 0;
    const y = points[2 * i + 1] ?? 0;
    reach(0, x, i);
    reach(1, x + y, i);
    reach(2, y, i);
    reach(3, y - x, i);
    reach(4, -x, i);
    reach(5, -x - y, i);
    reach(6, -y, i);
    reach(7, x - y, i);
  }
  const polygon = corners.filter((corner, i) => corner !== corners[(i + 1) % 8]);
  const sides = sidesOf(points, polygon);
  const kept = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++)
    if (!isInside(sides, points[2 * i] ?? 0, points[2 * i + 1] ?? 0)) kept[n++] = i;
  return kept.subarray(0, n);
}

/** Of each side of a polygon: where it begins, and how far it goes. */
function sidesOf(points: Points2, polygon: Uint32Array): Float64Array {
  const sides = new Float64Array(4 * polygon.length);
  for (let k = 0; k < polygon.length; k++) {
    const [fromX, fromY] = point2At(points, 2 * itemAt(polygon, k));
    const [toX, toY] = point2At(points, 2 * itemAt(polygon, (k + 1) % polygon.length));
    sides.set([fromX, fromY, toX - fromX, toY - fromY], 4 * k);
  }
  return sides;
}

/** Whether a point is strictly inside a polygon of such sides, counter-clockwise. */
function isInside(sides: Float64Array, x: number, y: number): boolean {
  for (let at = 0; at < sides.length; at += 4) {
    const alongX = x - (sides[at] ?? 0);
    const alongY = y - (sides[at + 1] ?? 0);
    if ((sides[at + 2] ?? 0) * alongY - (sides[at + 3] ?? 0) * alongX <= 0) return false;
  }
  return sides.length > 0;
}

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
    const [fromX, fromY] = point2At(hull, 2 * i);
    const [toX, toY] = point2At(hull, 2 * ((i + 1) % corners));
    const angle = Math.atan2(toY - fromY, toX - fromX);
    const candidate = rectangleAt(hull, angle);
    if (!best || candidate.lengthM * candidate.widthM < best.lengthM * best.widthM)
      best = candidate;
  }
  return best ?? { centerX: NaN, centerY: NaN, angle: 0, lengthM: NaN, widthM: NaN };
}

/** Rectangles that are larger than the smallest by no more than this factor may be meant as well. */
const NEARLY_SMALLEST = 1.15;
/** They are other ones if they are turned by more than this, radians. */
const TURNED_RAD = 0.26;
/** Directions are told apart in so many steps of a quarter turn. */
const DIRECTIONS = 36;

/**
 * A rectangle around a convex polygon that may be meant as well as the smallest one: nearly as small, and turned to where
 * most of the rest of the outline is along its sides; undefined if there is none. Around a right-angled triangle the
 * rectangle on its longest side is as small as the one on both others.
 */
export function otherRectangle(hull: Points2, smallest: Rectangle): Rectangle | undefined {
  const quarter = Math.PI / 2;
  const along = new Float64Array(DIRECTIONS);
  // By how much of a step they are turned beyond it, times their lengths.
  const beyond = new Float64Array(DIRECTIONS);
  for (let i = 0; i < hull.length; i += 2) {
    const [fromX, fromY] = point2At(hull, i);
    const [toX, toY] = point2At(hull, (i + 2) % hull.length);
    const angle = Math.atan2(toY - fromY, toX - fromX);
    if (quarterTurn(angle - smallest.angle) < TURNED_RAD) continue;
    const turns = angle / quarter;
    const steps = (turns - Math.floor(turns)) * DIRECTIONS;
    const step = Math.floor(steps) % DIRECTIONS;
    const longM = Math.hypot(toX - fromX, toY - fromY);
    along[step] = (along[step] ?? 0) + longM;
    beyond[step] = (beyond[step] ?? 0) + longM * (steps - Math.floor(steps));
  }
  // Two neighbours together: a side may lie between them.
  const both = along.map((lengthM, i) => lengthM + (along[(i + 1) % DIRECTIONS] ?? 0));
  const most = both.reduce((best, lengthM, i) => (lengthM > (both[best] ?? 0) ? i : best), 0);
  const longM = both[most] ?? 0;
  if (longM === 0) return undefined;
  const next = (most + 1) % DIRECTIONS;
  const steps = most + ((beyond[most] ?? 0) + (beyond[next] ?? 0) + (along[next] ?? 0)) / longM;
  const other = rectangleAt(hull, (quarter * steps) / DIRECTIONS);
  const isSmall =
    other.lengthM * other.widthM <= NEARLY_SMALLEST * smallest.lengthM * smallest.widthM;
  return isSmall ? other : undefined;
}

/**
 * Share of a polygon's outline that lies on the sides of a rectangle around it.
 *
 * @param toleranceM what is so near to a side lies on it
 */
export function outlineOn(hull: Points2, box: Rectangle, toleranceM: number): number {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const [outM, asideM] = [box.lengthM / 2 - toleranceM, box.widthM / 2 - toleranceM];
  let on = 0;
  let all = 0;
  const cornerAt = (at: number) => {
    const [x, y] = point2At(hull, at);
    const along = cos * (x - box.centerX) + sin * (y - box.centerY);
    return { x, y, along, across: cos * (y - box.centerY) - sin * (x - box.centerX) };
  };
  let before = cornerAt(hull.length - 2);
  for (let i = 0; i < hull.length; i += 2) {
    const corner = cornerAt(i);
    const isOn =
      Math.min(corner.along, before.along) >= outM ||
      Math.max(corner.along, before.along) <= -outM ||
      Math.min(corner.across, before.across) >= asideM ||
      Math.max(corner.across, before.across) <= -asideM;
    const longM = Math.hypot(corner.x - before.x, corner.y - before.y);
    all += longM;
    if (isOn) on += longM;
    before = corner;
  }
  return all > 0 ? on / all : 0;
}

/** How far two directions of a rectangle's sides are apart, 0 … π/4. */
function quarterTurn(angle: number): number {
  const quarter = Math.PI / 2;
  return Math.abs(angle - quarter * Math.round(angle / quarter));
}

/** The rectangle around the points whose sides have the given direction. */
function rectangleAt(points: Points2, angle: number): Rectangle {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let minU = Infinity;
  let maxU = -Infinity;
  let minV = Infinity;
  let maxV = -Infinity;
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
