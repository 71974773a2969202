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
}

/** What lies under an object's visible surface, or is supposed behind it, counts as the object. */
export function gapBetween(a: SpatialObject, b: SpatialObject, frame: CanonicalFrame): Gap {
  const spacingM = (spacing(a) + spacing(b)) / 2;
  const [seenA, seenB] = [columns(a, frame), columns(b, frame)];
  const seenM = Math.max(0, nearest(seenA, seenB) - spacingM);
  const behindM = (a.behindM ?? 0) + (b.behindM ?? 0);
  if (behindM === 0) return { gapM: seenM, supposedM: 0 };
  const wholeM = nearest(withBack(seenA, a), withBack(seenB, b)) - spacingM;
  const gapM = Math.max(0, wholeM, seenM - behindM);
  return { gapM, supposedM: seenM - gapM };
}

/** What is not seen at the back is like the front: a ball's, a box's. */
function withBack(columns: Columns, { behindM = 0, canonicalCenter }: SpatialObject): Columns {
  if (behindM === 0) return columns;
  const { count, values } = columns;
  const [x, y] = canonicalCenter;
  const mirrored = values.map((value, i) =>
    i % 4 === 0 ? 2 * x - value : i % 4 === 1 ? 2 * y - value : value,
  );
  return { count: 2 * count, values: Float64Array.from([...values, ...mirrored]) };
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

/** How far from a column its object's own lower edge may be to give the column's lower end. */
const REACH_CELLS = 3;

/** An object as upright columns on a grid of the plane: x, y, bottom, top of each. */
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
  const filled = Float64Array.from(values);
  for (let i = 0; i < keys.length; i++)
    filled[4 * i + 2] = standsOnSupport ? 0 : lowestNear(columns, values, keys[i]!);
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
