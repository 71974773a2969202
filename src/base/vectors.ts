/** x, y, z. Metres unless its name says otherwise. */
export type Vec3 = readonly [x: number, y: number, z: number];

export type Axis = 0 | 1 | 2;

/** Each coordinate by itself. */
export function mapVec3(v: Vec3, change: (value: number, axis: Axis) => number): Vec3 {
  return [change(v[0], 0), change(v[1], 1), change(v[2], 2)];
}

/** Three numbers of many, from a position on; NaN beyond their end. */
export function vec3At(values: ArrayLike<number>, at: number): Vec3 {
  return [values[at] ?? Number.NaN, values[at + 1] ?? Number.NaN, values[at + 2] ?? Number.NaN];
}

export function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** a + factor · b */
export function addScaled(a: Vec3, b: Vec3, factor: number): Vec3 {
  return [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]];
}

export function distanceBetween(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Scaled to unit length; undefined for a vector too short to have a direction. */
export function unit(a: Vec3): Vec3 | undefined {
  const length = Math.hypot(a[0], a[1], a[2]);
  return length > 1e-9 ? [a[0] / length, a[1] / length, a[2] / length] : undefined;
}
