import { addScaled, dot, type Vec3 } from "../base/index.js";
import { type PointCloud, spreadOf } from "./PointCloud.js";
import { symmetricEigen3 } from "./symmetricEigen3.js";

export interface SphereFit {
  readonly center: Vec3;
  readonly radiusM: number;
  /** Share of the points within the tolerance of the sphere. */
  readonly share: number;
  readonly residualM: number;
}

/**
 * The sphere of least algebraic error, |p|² = 2·c·p + k, linear in c and k. Undefined where the
 * points lie in a plane, which any large sphere fits.
 */
export function fitSphere(cloud: PointCloud, toleranceM: number): SphereFit | undefined {
  const { count, xyz } = cloud;
  if (count < 10) return undefined;
  const { mean } = spreadOf(cloud);
  const m = new Float64Array(9);
  let squareSum = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    const x = xyz[i]! - mean[0];
    const y = xyz[i + 1]! - mean[1];
    const z = xyz[i + 2]! - mean[2];
    const square = x * x + y * y + z * z;
    m[0]! += x * x;
    m[1]! += x * y;
    m[2]! += x * z;
    m[3]! += y * y;
    m[4]! += y * z;
    m[5]! += z * z;
    m[6]! += x * square;
    m[7]! += y * square;
    m[8]! += z * square;
    squareSum += square;
  }
  const { values, vectors } = symmetricEigen3([m[0]!, m[1]!, m[2]!, m[3]!, m[4]!, m[5]!]);
  if (values[0] < 1e-4 * values[2]) return undefined;
  const right: Vec3 = [m[6]! / 2, m[7]! / 2, m[8]! / 2];
  let offset: Vec3 = [0, 0, 0];
  for (const [i, value] of values.entries())
    offset = addScaled(offset, vectors[i]!, dot(vectors[i]!, right) / value);
  const radiusM = Math.sqrt(dot(offset, offset) + squareSum / count);
  const center = addScaled(mean, offset, 1);

  let near = 0;
  let residual = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    const off = Math.abs(
      Math.hypot(xyz[i]! - center[0], xyz[i + 1]! - center[1], xyz[i + 2]! - center[2]) - radiusM,
    );
    residual += off * off;
    if (off <= toleranceM) near += 1;
  }
  return { center, radiusM, share: near / count, residualM: Math.sqrt(residual / count) };
}
