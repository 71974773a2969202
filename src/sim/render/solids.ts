import type { Vec3 } from "../../base/index.js";

/** MuJoCo's numbers of the types of geoms that scenes have (mjtGeom). */
export const GEOM = { plane: 0, sphere: 2, capsule: 3, ellipsoid: 4, cylinder: 5, box: 6 } as const;

/*
 * A solid as a ray's origin sees it, as numbers in one array, so that a loop over many rays touches
 * no objects: its type; the origin from its middle in the world, and the constant term of its
 * bounding sphere's quadratic; its rotation, row by row; the origin in its own frame; its sizes.
 */
const TYPE = 0;
const FROM = 1;
const SPHERE = 4;
const ROTATION = 5;
const ORIGIN = 14;
const SIZE = 17;
export const SOLID_NUMBERS = 20;

/** A ray that is more parallel to a face than this misses it (mjMINVAL). */
const TINY = 1e-15;

/** Writes a geom at `at`. Lengths in metres; `rotation` is its matrix in the world, row by row. */
export function writeSolid(
  out: Float64Array,
  at: number,
  type: number,
  size: Float64Array,
  position: Float64Array,
  rotation: Float64Array,
  origin: Vec3,
): void {
  out[at + TYPE] = type;
  const from = out.subarray(at + FROM, at + FROM + 3);
  for (let axis = 0; axis < 3; axis++) from[axis] = origin[axis]! - position[axis]!;
  const [x, y, z] = [from[0]!, from[1]!, from[2]!];
  out[at + SPHERE] = x * x + y * y + z * z - squaredRadius(type, size);
  out.set(rotation, at + ROTATION);
  for (let axis = 0; axis < 3; axis++) {
    out[at + ORIGIN + axis] =
      rotation[axis]! * x + rotation[axis + 3]! * y + rotation[axis + 6]! * z;
  }
  out.set(size, at + SIZE);
}

function squaredRadius(type: number, size: Float64Array): number {
  const [a, b, c] = [size[0]!, size[1]!, size[2]!];
  if (type === GEOM.box) return a * a + b * b + c * c;
  if (type === GEOM.cylinder) return a * a + b * b;
  if (type === GEOM.capsule) return (a + b) * (a + b);
  return a * a;
}

/** The face or side that the last `hitDistance` found; 0 where a solid has but one. */
let part = 0;

export function hitPart(): number {
  return part;
}

/** Where the ray with that unit direction first meets the solid's surface, metres; -1 if nowhere. */
export function hitDistance(s: Float64Array, at: number, x: number, y: number, z: number): number {
  const type = s[at + TYPE]!;
  if (type === GEOM.sphere) return meetsSphere(s, at, x, y, z);
  if (type === GEOM.box || type === GEOM.cylinder || type === GEOM.capsule) {
    if (meetsSphere(s, at, x, y, z) < 0) return -1;
  }
  const m = at + ROTATION;
  const u = s[m]! * x + s[m + 3]! * y + s[m + 6]! * z;
  const v = s[m + 1]! * x + s[m + 4]! * y + s[m + 7]! * z;
  const w = s[m + 2]! * x + s[m + 5]! * y + s[m + 8]! * z;
  switch (type) {
    case GEOM.box:
      return meetsBox(s, at, u, v, w);
    case GEOM.cylinder:
      return meetsCylinder(s, at, u, v, w);
    case GEOM.capsule:
      return meetsCapsule(s, at, u, v, w);
    case GEOM.ellipsoid:
      return meetsEllipsoid(s, at, u, v, w);
    case GEOM.plane:
      return meetsPlane(s, at, u, v, w);
    default:
      throw new Error(`geoms of MuJoCo's type ${type} are not drawn`);
  }
}

let firstRoot = -1;
let secondRoot = -1;

/** The least root of a x² + 2 b x + c = 0 that is not negative; -1 if there is none. */
function solve(a: number, b: number, c: number): number {
  const square = b * b - a * c;
  if (square < TINY) {
    firstRoot = secondRoot = -1;
    return -1;
  }
  const root = Math.sqrt(square);
  firstRoot = (-b - root) / a;
  secondRoot = (-b + root) / a;
  return firstRoot >= 0 ? firstRoot : secondRoot >= 0 ? secondRoot : -1;
}

/** A sphere, or the bounding sphere of another solid. */
function meetsSphere(s: Float64Array, at: number, x: number, y: number, z: number): number {
  const a = x * x + y * y + z * z;
  const b = x * s[at + FROM]! + y * s[at + FROM + 1]! + z * s[at + FROM + 2]!;
  part = 0;
  return solve(a, b, s[at + SPHERE]!);
}

/** The floor and the walls have no borders. */
function meetsPlane(s: Float64Array, at: number, u: number, v: number, w: number): number {
  if (w > -TINY) return -1;
  const distance = -s[at + ORIGIN + 2]! / w;
  if (distance < 0) return -1;
  const [halfX, halfY] = [s[at + SIZE]!, s[at + SIZE + 1]!];
  const isInside =
    (halfX <= 0 || Math.abs(s[at + ORIGIN]! + distance * u) <= halfX) &&
    (halfY <= 0 || Math.abs(s[at + ORIGIN + 1]! + distance * v) <= halfY);
  return isInside ? distance : -1;
}

/** Parts: 2 · axis, and one more on the positive side. */
function meetsBox(s: Float64Array, at: number, u: number, v: number, w: number): number {
  const ox = s[at + ORIGIN]!;
  const oy = s[at + ORIGIN + 1]!;
  const oz = s[at + ORIGIN + 2]!;
  const hx = s[at + SIZE]!;
  const hy = s[at + SIZE + 1]!;
  const hz = s[at + SIZE + 2]!;
  let nearest = -1;
  for (let side = -1; side <= 1; side += 2) {
    const sign = side > 0 ? 1 : 0;
    if (Math.abs(u) > TINY) {
      const t = (side * hx - ox) / u;
      if (t >= 0 && Math.abs(oy + t * v) <= hy && Math.abs(oz + t * w) <= hz) {
        if (nearest < 0 || t < nearest) {
          nearest = t;
          part = sign;
        }
      }
    }
    if (Math.abs(v) > TINY) {
      const t = (side * hy - oy) / v;
      if (t >= 0 && Math.abs(ox + t * u) <= hx && Math.abs(oz + t * w) <= hz) {
        if (nearest < 0 || t < nearest) {
          nearest = t;
          part = 2 + sign;
        }
      }
    }
    if (Math.abs(w) > TINY) {
      const t = (side * hz - oz) / w;
      if (t >= 0 && Math.abs(ox + t * u) <= hx && Math.abs(oy + t * v) <= hy) {
        if (nearest < 0 || t < nearest) {
          nearest = t;
          part = 4 + sign;
        }
      }
    }
  }
  return nearest;
}

/** Parts: 0 the round side, 1 the lower face, 2 the upper one. */
function meetsCylinder(s: Float64Array, at: number, u: number, v: number, w: number): number {
  const ox = s[at + ORIGIN]!;
  const oy = s[at + ORIGIN + 1]!;
  const oz = s[at + ORIGIN + 2]!;
  const radius = s[at + SIZE]!;
  const half = s[at + SIZE + 1]!;
  let nearest = -1;
  if (Math.abs(w) > TINY) {
    for (let side = -1; side <= 1; side += 2) {
      const t = (side * half - oz) / w;
      if (t < 0) continue;
      const px = ox + t * u;
      const py = oy + t * v;
      if (px * px + py * py > radius * radius) continue;
      if (nearest < 0 || t < nearest) {
        nearest = t;
        part = side < 0 ? 1 : 2;
      }
    }
  }
  const t = meetsRoundSide(ox, oy, u, v, radius);
  if (t >= 0 && Math.abs(oz + t * w) <= half && (nearest < 0 || t < nearest)) {
    nearest = t;
    part = 0;
  }
  return nearest;
}

function meetsRoundSide(ox: number, oy: number, u: number, v: number, radius: number): number {
  return solve(u * u + v * v, u * ox + v * oy, ox * ox + oy * oy - radius * radius);
}

/** Parts: 0 the round side, 1 the lower half sphere, 2 the upper one. */
function meetsCapsule(s: Float64Array, at: number, u: number, v: number, w: number): number {
  const ox = s[at + ORIGIN]!;
  const oy = s[at + ORIGIN + 1]!;
  const oz = s[at + ORIGIN + 2]!;
  const radius = s[at + SIZE]!;
  const half = s[at + SIZE + 1]!;
  let nearest = -1;
  const side = meetsRoundSide(ox, oy, u, v, radius);
  if (side >= 0 && Math.abs(oz + side * w) <= half) {
    nearest = side;
    part = 0;
  }
  const a = u * u + v * v + w * w;
  for (let cap = 2; cap >= 1; cap--) {
    const sign = cap === 2 ? 1 : -1;
    const dz = oz - sign * half;
    const b = u * ox + v * oy + w * dz;
    solve(a, b, ox * ox + oy * oy + dz * dz - radius * radius);
    for (let root = 0; root < 2; root++) {
      const t = root === 0 ? firstRoot : secondRoot;
      // Only the outer half of each sphere is there.
      if (t < 0 || sign * (oz + t * w) < half) continue;
      if (nearest < 0 || t < nearest) {
        nearest = t;
        part = cap;
      }
    }
  }
  return nearest;
}

function meetsEllipsoid(s: Float64Array, at: number, u: number, v: number, w: number): number {
  const ox = s[at + ORIGIN]!;
  const oy = s[at + ORIGIN + 1]!;
  const oz = s[at + ORIGIN + 2]!;
  const ax = s[at + SIZE]!;
  const ay = s[at + SIZE + 1]!;
  const az = s[at + SIZE + 2]!;
  const kx = 1 / (ax * ax);
  const ky = 1 / (ay * ay);
  const kz = 1 / (az * az);
  part = 0;
  return solve(
    kx * u * u + ky * v * v + kz * w * w,
    kx * u * ox + ky * v * oy + kz * w * oz,
    kx * ox * ox + ky * oy * oy + kz * oz * oz - 1,
  );
}

/** The unit normal in the world where a ray hit a part of a solid, written to `out` at `to`. */
export function writeNormal(
  s: Float64Array,
  at: number,
  hit: number,
  distance: number,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
  to: number,
): void {
  const m = at + ROTATION;
  // The point in the solid's own frame.
  let px = s[at + ORIGIN]! + distance * (s[m]! * x + s[m + 3]! * y + s[m + 6]! * z);
  let py = s[at + ORIGIN + 1]! + distance * (s[m + 1]! * x + s[m + 4]! * y + s[m + 7]! * z);
  let pz = s[at + ORIGIN + 2]! + distance * (s[m + 2]! * x + s[m + 5]! * y + s[m + 8]! * z);
  switch (s[at + TYPE]) {
    case GEOM.plane:
      [px, py, pz] = [0, 0, 1];
      break;
    case GEOM.box: {
      const sign = hit & 1 ? 1 : -1;
      [px, py, pz] = [hit < 2 ? sign : 0, hit === 2 || hit === 3 ? sign : 0, hit > 3 ? sign : 0];
      break;
    }
    case GEOM.cylinder:
      if (hit === 0) pz = 0;
      else [px, py, pz] = [0, 0, hit === 1 ? -1 : 1];
      break;
    case GEOM.capsule:
      if (hit === 0) pz = 0;
      else pz += hit === 1 ? s[at + SIZE + 1]! : -s[at + SIZE + 1]!;
      break;
    case GEOM.ellipsoid:
      px /= s[at + SIZE]! ** 2;
      py /= s[at + SIZE + 1]! ** 2;
      pz /= s[at + SIZE + 2]! ** 2;
      break;
  }
  const length = Math.sqrt(px * px + py * py + pz * pz);
  px /= length;
  py /= length;
  pz /= length;
  out[to] = s[m]! * px + s[m + 1]! * py + s[m + 2]! * pz;
  out[to + 1] = s[m + 3]! * px + s[m + 4]! * py + s[m + 5]! * pz;
  out[to + 2] = s[m + 6]! * px + s[m + 7]! * py + s[m + 8]! * pz;
}
