import { itemAt, type Vec3, vec3At } from "../base/index.js";

/** Points in one frame, metres: x, y, z of the first, x, y, z of the second, … */
export interface PointCloud {
  readonly count: number;
  /** At least 3 · count numbers. */
  readonly xyz: Float32Array;
}

export function pointAt({ xyz }: PointCloud, index: number): Vec3 {
  return vec3At(xyz, 3 * index);
}

/** The points at the given indices, in their order. */
export function pickPoints({ xyz }: PointCloud, indices: ArrayLike<number>): PointCloud {
  const picked = new Float32Array(3 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    const from = 3 * indices[i]!;
    picked[3 * i] = xyz[from]!;
    picked[3 * i + 1] = xyz[from + 1]!;
    picked[3 * i + 2] = xyz[from + 2]!;
  }
  return { count: indices.length, xyz: picked };
}

/** At most `limit` indices of 0 … count − 1, evenly spread: the same for the same numbers. */
export function evenlySpread(count: number, limit: number): Uint32Array {
  const kept = Math.min(count, limit);
  const indices = new Uint32Array(kept);
  for (let i = 0; i < kept; i++) indices[i] = Math.floor((i * count) / kept);
  return indices;
}

export interface Spread {
  readonly mean: Vec3;
  /** Standard deviation of each coordinate. */
  readonly std: Vec3;
}

export function spreadOf({ count, xyz }: PointCloud): Spread {
  let x = 0;
  let y = 0;
  let z = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    x += xyz[i]!;
    y += xyz[i + 1]!;
    z += xyz[i + 2]!;
  }
  const mean: Vec3 = [x / count, y / count, z / count];
  let xx = 0;
  let yy = 0;
  let zz = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    xx += (xyz[i]! - mean[0]) ** 2;
    yy += (xyz[i + 1]! - mean[1]) ** 2;
    zz += (xyz[i + 2]! - mean[2]) ** 2;
  }
  return { mean, std: [Math.sqrt(xx / count), Math.sqrt(yy / count), Math.sqrt(zz / count)] };
}

/** One coordinate (0: x, 1: y, 2: z) of every point. */
export function coordinate({ count, xyz }: PointCloud, axis: 0 | 1 | 2): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = xyz[3 * i + axis]!;
  return values;
}

/**
 * Smallest and largest value without the `trim` · n outermost on either side (at most `most`
 * values): what strays survive the outlier removal do not set an object's size.
 */
export function trimmedExtremes(
  values: Float32Array,
  trim = 0.004,
  most = 8,
): readonly [low: number, high: number] {
  const skipped = Math.min(most, Math.floor(trim * values.length));
  // The outermost values of each side, ascending and descending: sorting all takes ten times as long.
  const lowest = new Float64Array(skipped + 1).fill(Infinity);
  const highest = new Float64Array(skipped + 1).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < lowest[skipped]!) {
      let at = skipped;
      for (; at > 0 && value < lowest[at - 1]!; at--) lowest[at] = lowest[at - 1]!;
      lowest[at] = value;
    }
    if (value > highest[skipped]!) {
      let at = skipped;
      for (; at > 0 && value > highest[at - 1]!; at--) highest[at] = highest[at - 1]!;
      highest[at] = value;
    }
  }
  return [itemAt(lowest, skipped), itemAt(highest, skipped)];
}
