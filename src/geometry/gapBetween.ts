import { type CanonicalFrame, cloudToCanonical } from "./CanonicalFrame.js";
import { evenlySpread, type PointCloud, pickPoints } from "./PointCloud.js";
import type { BoxSides, ObjectBox, SpatialObject } from "./SpatialObject.js";

/** Pairs are compared one by one: more points would cost more than they add. */
const COMPARED_POINTS = 700;

/** Distance between the nearest points of two objects, metres. */
export interface Gap {
  /** 0 if they touch, which is: where the distance is not more than the points' own spacing. */
  readonly gapM: number;
  /** By how much what is supposed behind their visible surfaces makes it smaller. */
  readonly supposedM: number;
  /** By how much corners of their boxes that are not seen make it smaller. */
  readonly cornersM: number;
  /** By how much it is smaller if what is hidden of them goes on (standard deviation). */
  readonly beyondM: number;
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
    backA ? nearest(backA, seenB, seenM) : seenM,
    backB ? nearest(seenA, backB, seenM) : seenM,
    backA && backB ? nearest(backA, backB, seenM) : seenM,
  );
  const behindM = (a.behindM ?? 0) + (b.behindM ?? 0);
  const nearestM = Math.min(seenM, Math.max(supposedM, seenM - behindM));
  const apartM = Math.max(0, nearestM - spacingM);
  const gapM = Math.min(rimGap(a, seenB, apartM), rimGap(b, seenA, apartM));
  const cornersM = Math.max(cornersBy(a, seenB, gapM), cornersBy(b, seenA, gapM));
  return {
    gapM,
    supposedM: Math.max(0, seenM - spacingM) - gapM,
    cornersM,
    beyondM: Math.hypot(beyondBy(a, seenB, gapM), beyondBy(b, seenA, gapM)),
  };
}

/** By how much the corners of an object's box make a gap smaller, as surely as it has them. */
function cornersBy(object: SpatialObject, other: Columns, gapM: number): number {
  const { hidden, size } = object;
  if (!hidden || !size || hidden.corners === 0) return 0;
  return hidden.corners * (gapM - boxGap(object, size.box, other, NOTHING_BEYOND, gapM));
}

/** By how much what is hidden of an object makes a gap smaller (standard deviation). */
function beyondBy(object: SpatialObject, other: Columns, gapM: number): number {
  const { hidden, size } = object;
  if (!hidden || !size || hidden.moves.length === 0) return 0;
  const [seenM, beyondM] = [NOTHING_BEYOND, hidden.beyondM].map((sides) =>
    boxGap(object, size.box, other, sides, gapM),
  ) as [number, number];
  return seenM - beyondM;
}

const NOTHING_BEYOND: BoxSides = { front: 0, back: 0, left: 0, right: 0 };

/** How near an object's box is to another object, with its sides farther out: its corners, or of what is round the middles of its sides. */
function boxGap(
  { canonicalCenter: [x, y], bottomM, topM }: SpatialObject,
  { shape, angle, lengthM, widthM }: ObjectBox,
  other: Columns,
  { front, back, left, right }: BoxSides,
  atMostM: number,
): number {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const ends = [lengthM / 2 + front, 0, -lengthM / 2 - back];
  const sides = [widthM / 2 + left, 0, -widthM / 2 - right];
  const places = ends.flatMap((along) =>
    sides.flatMap((across) => {
      const isCorner = along !== 0 && across !== 0;
      const isMiddle = along === 0 ? across !== 0 : across === 0;
      if (shape === "rectangle" ? !isCorner : !isMiddle) return [];
      return [[x + cos * along - sin * across, y + sin * along + cos * across, bottomM, topM]];
    }),
  );
  return nearest(inOrder(places), other, atMostM);
}

/** A circle is looked at in so many points. */
const RIM_POINTS = 24;

/** How near an object's circle is to another object where that is not seen, as surely as it goes on: `apartM` at most. */
function rimGap(object: SpatialObject, other: Columns, apartM: number): number {
  const { hidden, size, canonicalCenter, bottomM, topM } = object;
  if (!hidden || !size || hidden.rim === 0) return apartM;
  const radiusM = size.box.lengthM / 2;
  const [x, y] = canonicalCenter;
  const rim = Array.from({ length: RIM_POINTS }, (_, i) => {
    const rad = (2 * Math.PI * i) / RIM_POINTS;
    return [x + radiusM * Math.cos(rad), y + radiusM * Math.sin(rad), bottomM, topM];
  });
  return apartM - hidden.rim * (apartM - nearest(inOrder(rim), other, apartM));
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

/** How near two are, if that is less than `atMostM`; else that. */
function nearest(a: Columns, b: Columns, atMostM = Infinity): number {
  let best = atMostM ** 2;
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

function inOrder(columns: readonly (readonly number[])[]): Columns {
  const sorted = columns.toSorted(([x = 0], [otherX = 0]) => x - otherX);
  return { count: sorted.length, values: Float64Array.from(sorted.flat()) };
}

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
  const byX = keys.map((_, i) => i).sort((i, j) => values[4 * i]! - values[4 * j]!);
  const filled = new Float64Array(values.length);
  byX.forEach((i, at) => {
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
