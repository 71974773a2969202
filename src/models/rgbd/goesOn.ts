import type { Plane } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";

/** A surface goes on where its depth changes by less than this over that distance. */
const SAME_M = 0.02;
/** And where it is this high above the support. */
const RAISED_M = 0.015;

/**
 * Share of a mask's edge, 0..1, to the left, to the right and above, beyond which the surface goes on
 * without belonging to another thing: the mask shows only a part of its object.
 *
 * @param isOther whether a pixel is another thing's
 * @param beyondPx so far beyond the mask's edge its object must have ended
 */
export function goesOnShare(
  { depthM, rays, scratch, width, height }: DepthView,
  mask: Uint32Array,
  plane: Plane | undefined,
  isOther: (pixel: number) => boolean,
  beyondPx: number,
): number {
  for (const pixel of mask) scratch[pixel] = 1;
  const isRaised = (pixel: number): boolean => {
    if (plane === undefined) return true;
    const z = depthM[pixel]!;
    const [nx, ny, nz] = plane.normal;
    const heightM = z * (nx * rays[2 * pixel]! + ny * rays[2 * pixel + 1]! + nz) + plane.offsetM;
    return heightM > RAISED_M;
  };
  let [edge, on] = [0, 0];
  for (const pixel of mask) {
    const column = pixel % width;
    for (const [dx, dy] of SIDES) {
      const isInside = column + dx >= 0 && column + dx < width && pixel + dy * width >= 0;
      if (!isInside || scratch[pixel + dx + dy * width] === 1) continue;
      edge += 1;
      const [x, y] = [column + beyondPx * dx, Math.floor(pixel / width) + beyondPx * dy];
      if (x < 0 || x >= width || y < 0 || y >= height) continue;
      const beyond = y * width + x;
      if (scratch[beyond] === 1 || isOther(beyond)) continue;
      const isSame = depthM[beyond]! > 0 && Math.abs(depthM[beyond]! - depthM[pixel]!) < SAME_M;
      if (isSame && isRaised(beyond)) on += 1;
    }
  }
  for (const pixel of mask) scratch[pixel] = 0;
  return on / Math.max(1, edge);
}

const SIDES = [
  [-1, 0],
  [1, 0],
  [0, -1],
] as const;
