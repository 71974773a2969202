import type { PointCloud } from "./PointCloud.js";

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
export function columnsOf(turned: PointCloud, cellM: number, standsOnSupport: boolean): Columns {
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
