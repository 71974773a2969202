import { cross, dot, minus, mulberry32, unit, type Vec3 } from "../base/index.js";
import { type PointCloud, pointAt } from "./PointCloud.js";
import { symmetricEigen3 } from "./symmetricEigen3.js";

/** The points p with normal · p + offset = 0; the left side is the signed distance in metres. */
export interface Plane {
  /** Unit vector, towards the camera's side. */
  readonly normal: Vec3;
  readonly offsetM: number;
  /** Root mean square distance of the points it was fitted to. */
  readonly residualM: number;
  readonly inliers: number;
  /** How much of that neighbours share, root mean square: a sensor that leaves a plane bowed, a table that is. */
  readonly warpM?: number;
}

/** Neighbours are points of one patch of this size, metres, of which this many are known. */
const PATCH_M = 0.06;
const LEAST_IN_PATCH = 8;

/** The plane's normal turned so that `viewpoint` lies on its positive side. */
function facing(plane: Plane, viewpoint: Vec3): Plane {
  if (dot(plane.normal, viewpoint) + plane.offsetM >= 0) return plane;
  const [x, y, z] = plane.normal;
  return { ...plane, normal: [-x, -y, -z], offsetM: -plane.offsetM };
}

/** Through three points; undefined if they lie on a line. */
function planeThrough(a: Vec3, b: Vec3, c: Vec3): Plane | undefined {
  const normal = unit(cross(minus(b, a), minus(c, a)));
  return normal && { normal, offsetM: -dot(normal, a), residualM: 0, inliers: 3 };
}

/**
 * Least-squares plane through the points nearer than `toleranceM` to `near` (all points without
 * it): the direction of least variance. Undefined for fewer than three points.
 */
export function fitPlane(
  { count, xyz }: PointCloud,
  near?: Plane,
  toleranceM = Infinity,
): Plane | undefined {
  const [nx, ny, nz] = near?.normal ?? [0, 0, 0];
  const offset = near?.offsetM ?? 0;
  const [ox, oy, oz] = [xyz[0] ?? 0, xyz[1] ?? 0, xyz[2] ?? 0];
  // Numbers that are taken from an array at first (`let [a, b] = [0, 0]`) are allocated anew at each change.
  let n = 0;
  let sx = 0;
  let sy = 0;
  let sz = 0;
  let xx = 0;
  let xy = 0;
  let xz = 0;
  let yy = 0;
  let yz = 0;
  let zz = 0;
  for (let i = 0; i < count; i++) {
    const px = xyz[3 * i]!;
    const py = xyz[3 * i + 1]!;
    const pz = xyz[3 * i + 2]!;
    if (Math.abs(nx * px + ny * py + nz * pz + offset) > toleranceM) continue;
    const x = px - ox;
    const y = py - oy;
    const z = pz - oz;
    n += 1;
    sx += x;
    sy += y;
    sz += z;
    xx += x * x;
    xy += x * y;
    xz += x * z;
    yy += y * y;
    yz += y * z;
    zz += z * z;
  }
  if (n < 3) return undefined;
  const [mx, my, mz] = [sx / n, sy / n, sz / n];
  const { values, vectors } = symmetricEigen3([
    xx / n - mx * mx,
    xy / n - mx * my,
    xz / n - mx * mz,
    yy / n - my * my,
    yz / n - my * mz,
    zz / n - mz * mz,
  ]);
  const normal = vectors[0];
  return {
    normal,
    offsetM: -dot(normal, [mx + ox, my + oy, mz + oz]),
    residualM: Math.sqrt(Math.max(0, values[0])),
    inliers: n,
  };
}

export interface RansacOptions {
  /**
   * How far a point of the plane may be from it. The paper's 5 cm is for depth estimated from
   * internet photos; a depth camera sees a table top within a centimetre.
   */
  readonly toleranceM?: number;
  readonly iterations?: number;
  readonly seed?: number;
  /** Fewer points, or a smaller share of all points, on the plane: it is not a plane. */
  readonly minInliers?: number;
  readonly minShare?: number;
}

/**
 * The plane that most points lie on, by RANSAC (Fischler and Bolles 1981), then least squares on
 * its points, twice, the second time with a tolerance that fits their scatter. Stops early when a
 * better plane would have been drawn with probability 0.999. Its normal points to the camera, which
 * is the origin. Undefined if too few points agree.
 */
export function ransacPlane(cloud: PointCloud, options: RansacOptions = {}): Plane | undefined {
  const { toleranceM = 0.01, iterations = 1000, seed = 1, minInliers = 50 } = options;
  const { minShare = 0.3 } = options;
  if (cloud.count < Math.max(3, minInliers)) return undefined;
  const random = mulberry32(seed);
  const draw = (): Vec3 => pointAt(cloud, Math.floor(random() * cloud.count));

  let best: Plane | undefined;
  let bestCount = 0;
  let needed = iterations;
  for (let i = 0; i < Math.min(needed, iterations); i++) {
    const candidate = planeThrough(draw(), draw(), draw());
    if (!candidate) continue;
    const count = countNear(cloud, candidate, toleranceM);
    if (count <= bestCount) continue;
    best = candidate;
    bestCount = count;
    const hit = (count / cloud.count) ** 3;
    needed = hit >= 1 ? 1 : Math.ceil(Math.log(0.001) / Math.log(1 - hit));
  }
  if (!best || bestCount < minInliers || bestCount < minShare * cloud.count) return undefined;
  const coarse = fitPlane(cloud, best, toleranceM) ?? best;
  const scatterM = Math.min(toleranceM, Math.max(0.002, 3 * coarse.residualM));
  const plane = facing(fitPlane(cloud, coarse, scatterM) ?? coarse, [0, 0, 0]);
  return { ...plane, warpM: warpOf(cloud, plane, scatterM) };
}

const patchAt = (m: number) => Math.floor(m / PATCH_M) + 2048;

/** How far the middles of patches are from the plane, root mean square, metres, without what noise leaves in a mean. */
function warpOf({ count, xyz }: PointCloud, plane: Plane, toleranceM: number): number {
  const [nx, ny, nz] = plane.normal;
  const patches = new Map<number, { points: number; sumM: number; squares: number }>();
  for (let i = 0; i < 3 * count; i += 3) {
    const [x, y, z] = [xyz[i]!, xyz[i + 1]!, xyz[i + 2]!];
    const offM = nx * x + ny * y + nz * z + plane.offsetM;
    if (Math.abs(offM) > toleranceM) continue;
    const key = patchAt(x) + 4096 * (patchAt(y) + 4096 * patchAt(z));
    let patch = patches.get(key);
    if (!patch) {
      patch = { points: 0, sumM: 0, squares: 0 };
      patches.set(key, patch);
    }
    patch.points += 1;
    patch.sumM += offM;
    patch.squares += offM * offM;
  }
  const full = [...patches.values()].filter(({ points }) => points >= LEAST_IN_PATCH);
  const shared = full.map(({ points, sumM, squares }) => {
    const mean = sumM / points;
    return mean * mean - (squares / points - mean * mean) / (points - 1);
  });
  const sum = shared.reduce((all, it) => all + it, 0);
  return Math.sqrt(Math.max(0, sum / Math.max(1, shared.length)));
}

function countNear({ count, xyz }: PointCloud, plane: Plane, toleranceM: number): number {
  const [nx, ny, nz] = plane.normal;
  const offset = plane.offsetM;
  let near = 0;
  for (let i = 0; i < 3 * count; i += 3)
    if (Math.abs(nx * xyz[i]! + ny * xyz[i + 1]! + nz * xyz[i + 2]! + offset) <= toleranceM)
      near += 1;
  return near;
}
