import { Random } from "../base/index.js";

/** Adds normal noise of `sigmaMm` · z² (z in metres) to a depth image, in place; repeatable. */
export function addDepthNoise(
  depthM: Float32Array,
  sigmaMm: number,
  seed: number,
  stream: string,
): void {
  if (sigmaMm === 0) return;
  const random = new Random(seed, stream);
  for (let i = 0; i < depthM.length; i++) {
    const z = depthM[i]!;
    depthM[i] = z + random.normal() * sigmaMm * 1e-3 * z * z;
  }
}
