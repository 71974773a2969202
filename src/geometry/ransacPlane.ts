import { mulberry32, type Vec3 } from "../base/index.js";
import { facing, fitPlane, type Plane, planeThrough } from "./Plane.js";
import { type PointCloud, pointAt } from "./PointCloud.js";

export interface RansacOptions {
  /**
   * How far a point of the plane may be from it. The paper's 5 cm is for depth estimated from
   * internet photos; a depth camera sees a table top within a centimetre.
   */
  readonly toleranceM?: number;
  readonly iterations?: number;
  readonly seed?: number;
  /** Fewer points, or a smaller share of all points, on the plane: it is none. */
  readonly minInliers?: number;
  readonly minShare?: number;
}

/**
 * The plane that most points lie on, by RANSAC (Fischler and Bolles 1981), then least squares on
 * its points, twice, the second time with a tolerance that fits their scatter. Stops early when
 * a better plane would have been drawn with probability 0.999. Its normal points to the camera,
 * which is the origin. Undefined where too few points agree.
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
  return facing(fitPlane(cloud, coarse, scatterM) ?? coarse, [0, 0, 0]);
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
