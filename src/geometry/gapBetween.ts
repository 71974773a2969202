import { type CanonicalFrame, cloudToCanonical } from "./CanonicalFrame.js";
import { evenlySpread, type PointCloud, pickPoints } from "./PointCloud.js";
import type { SpatialObject } from "./SpatialObject.js";

/** Pairs are compared one by one: more points would cost more than they add. */
const COMPARED_POINTS = 700;

/** Distance between the nearest points of two objects, metres. */
export interface Gap {
  /** 0 if they touch, which is: where the distance is not more than the points' own spacing. */
  readonly gapM: number;
  /** By how much what is supposed behind their visible surfaces makes it smaller. */
  readonly supposedM: number;
  /** By how much corners of their boxes that are hidden make it smaller. */
  readonly cornersM: number;
}

/** What is supposed to go on behind an object for less than this is not looked at, metres. */
const LEAST_BEHIND_M = 0.003;

/** What lies under an object's visible surface, or is supposed behind it, counts as the object. */
export function gapBetween(a: SpatialObject, b: SpatialObject, frame: CanonicalFrame): Gap {
  const spacingM = (spacing(a) + spacing(b)) / 2;
  const [seenA, seenB] = [columns(a, frame), columns(b, frame)];
  const [backA, backB] = [backOf(seenA, a), backOf(seenB, b)];
  const seenM = nearest(seenA, seenB);
  const supposedM = Math.min(
    backA ? nearest(backA, seenB) : Infinity,
    backB ? nearest(seenA, backB) : Infinity,
    backA && backB ? nearest(backA, backB) : Infinity,
  );
  const behindM = (a.behindM ?? 0) + (b.behindM ?? 0);
  const nearestM = Math.min(seenM, Math.max(supposedM, seenM - behindM));
  const apartM = Math.max(0, nearestM - spacingM);
  const gapM = Math.min(rimGap(a, seenB, apartM), rimGap(b, seenA, apartM));
  const cornerM = Math.min(cornerGap(a, seenB, gapM), cornerGap(b, seenA, gapM));
  return {
    gapM,
    supposedM: Math.max(0, seenM - spacingM) - gapM,
    cornersM: gapM - cornerM,
  };
}

/** How near the corners of an object's box are to another object, as surely as they are hidden: `gapM` at most. */
function cornerGap(object: SpatialObject, other: Columns, gapM: number): number {
  const { hidden, size, canonicalCenter, bottomM, topM } = object;
  if (!hidden || !size || hidden.corners === 0) return gapM;
  const { angle, lengthM, widthM } = size.box;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = [-1, 1].flatMap((end) => [-1, 1].map((side) => [end * lengthM, side * widthM]));
  const at = corners
    .map(([along = 0, across = 0]) => [
      canonicalCenter[0] + (cos * along - sin * across) / 2,
      canonicalCenter[1] + (sin * along + cos * across) / 2,
      bottomM,
      topM,
    ])
    .toSorted(([x = 0], [y = 0]) => x - y);
  const nearestM = nearest({ count: at.length, values: Float64Array.from(at.flat()) }, other);
  return gapM - hidden.corners * Math.max(0, gapM - nearestM);
}

/** A circle is looked at in so many points. */
const RIM_POINTS = 24;

/** How near an object's circle is to another object where a part of that is hidden, as surely as it goes on: `apartM` at most. */
function rimGap(object: SpatialObject, other: Columns, apartM: number): number {
  const { hidden, size, canonicalCenter, bottomM, topM } = object;
  if (!hidden || !size || hidden.rim === 0) return apartM;
  const radiusM = size.box.lengthM / 2;
  const rim = Array.from({ length: RIM_POINTS }, (_, i) => {
    const rad = (2 * Math.PI * i) / RIM_POINTS;
    const [x, y] = canonicalCenter;
    return [x + radiusM * Math.cos(rad), y + radiusM * Math.sin(rad), bottomM, topM];
  }).toSorted(([x = 0], [y = 0]) => x - y);
  const nearestM = nearest({ count: rim.length, values: Float64Array.from(rim.flat()) }, other);
  return apartM - hidden.rim * Math.max(0, apartM - nearestM);
}

/** What is not seen at the back is like the front: a ball's, a box's. */
function backOf(
  { count, values }: Columns,
  { behindM = 0, canonicalCenter: [x, y] }: SpatialObject,
): Columns | undefined {
  if (behindM < LEAST_BEHIND_M) return undefined;
  const mirrored = new Float64Array(values.length);
  for (let from = 0, to = 4 * (count - 1); to >= 0; from += 4, to -= 4) {
    mirrored[to] = 2 * x - values[from]!;
    mirrored[to + 1] = 2 * y - values[from + 1]!;
    mirrored[to + 2] = values[from + 2]!;
    mirrored[to + 3] = values[from + 3]!;
  }
  return { count, values: mirrored };
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
  let start = 0;
  for (let i = 0; i < 4 * a.count; i += 4) {
    const x = a.values[i]!;
    while (start < 4 * b.count && b.values[start]! < x) start += 4;
    // Both are in the order of x: away from here the distance along it only grows.
    for (let j = start; j < 4 * b.count && (b.values[j]! - x) ** 2 < best; j += 4)
      best = Math.min(best, squareBetween(a.values, i, b.values, j));
    for (let j = start - 4; j >= 0 && (b.values[j]! - x) ** 2 < best; j -= 4)
      best = Math.min(best, squareBetween(a.values, i, b.values, j));
  }
  return Math.sqrt(best);
}

/** Squared distance between two columns. */
function squareBetween(a: Float64Array, i: number, b: Float64Array, j: number): number {
  const dx = a[i]! - b[j]!;
  const dy = a[i + 1]! - b[j + 1]!;
  const dz = Math.max(0, a[i + 2]! - b[j + 3]!, b[j + 2]! - a[i + 3]!);
  return dx * dx + dy * dy + dz * dz;
}

/** How far from a column its object's own lower edge may be to give the column's lower end. */
const REACH_CELLS = 3;

/** An object as upright columns on a grid of the plane, in the order of x: x, y, bottom, top of each. */
export interface Columns {
  readonly count: number;
  readonly values: Float64Array;
}

/**
 * Fills what lies under the visible surface: each column reaches from its highest point down to
 * the lowest point seen near it, so that the back of a box and the inside of a finger count for
 * the gap to other objects, while the space between two fingers stays free.
 *
 * @param turned points in a canonical frame.
 */
function columnsOf(turned: PointCloud, cellM: number, standsOnSupport: boolean): Columns {
  const { count, xyz } = turned;
  const columns = new Map<number, number>();
  const values: number[] = [];
  const keys: number[] = [];
  for (let i = 0; i < count; i++) {
    const key =
      (Math.floor(xyz[3 * i]! / cellM) + 32768) * 65536 +
      (Math.floor(xyz[3 * i + 1]! / cellM) + 32768);
    const z = xyz[3 * i + 2]!;
    const column = columns.get(key);
    if (column === undefined) {
      columns.set(key, keys.length);
      keys.push(key);
      values.push(xyz[3 * i]!, xyz[3 * i + 1]!, z, z);
    } else {
      values[4 * column + 2] = Math.min(values[4 * column + 2]!, z);
      values[4 * column + 3] = Math.max(values[4 * column + 3]!, z);
    }
  }
  const inOrder = keys.map((_, i) => i).sort((i, j) => values[4 * i]! - values[4 * j]!);
  const filled = new Float64Array(values.length);
  inOrder.forEach((i, at) => {
    const bottomM = standsOnSupport ? 0 : lowestNear(columns, values, keys[i]!);
    filled.set([values[4 * i]!, values[4 * i + 1]!, bottomM, values[4 * i + 3]!], 4 * at);
  });
  return { count: keys.length, values: filled };
}

function lowestNear(
  columns: ReadonlyMap<number, number>,
  values: readonly number[],
  key: number,
): number {
  let lowest = Infinity;
  for (let dx = -REACH_CELLS; dx <= REACH_CELLS; dx++)
    for (let dy = -REACH_CELLS; dy <= REACH_CELLS; dy++) {
      const column = columns.get(key + dx * 65536 + dy);
      if (column !== undefined) lowest = Math.min(lowest, values[4 * column + 2]!);
    }
  return lowest;
}
