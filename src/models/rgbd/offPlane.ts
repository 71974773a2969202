import type { Plane, PointCloud } from "../../geometry/index.js";

/** Points this close to the support are as likely to be the support's. */
const CLOSE_M = 0.003;

/** An object of which a smaller share rises from the support is flat: a sheet, a plate. */
const RAISED_SHARE = 0.3;

/**
 * Indices of the points that rise from the support by more than its scatter. A mask that bleeds
 * over the object's edge brings points of the support; a flat object is kept whole.
 */
export function offPlane({ count, xyz }: PointCloud, plane: Plane): Uint32Array {
  const [nx, ny, nz] = plane.normal;
  const limit = Math.max(CLOSE_M, 2 * plane.residualM);
  const raised = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++) {
    const height = nx * xyz[3 * i]! + ny * xyz[3 * i + 1]! + nz * xyz[3 * i + 2]! + plane.offsetM;
    if (height > limit) raised[n++] = i;
  }
  if (n >= RAISED_SHARE * count) return raised.subarray(0, n);
  return Uint32Array.from({ length: count }, (_, i) => i);
}
