import type { Body } from "./Body.js";
import { type CanonicalFrame, toCanonical } from "./CanonicalFrame.js";
import type { PointCloud } from "./PointCloud.js";
import type { SeenObject } from "./SpatialObject.js";

/** A cup is at least so high for its width. */
const CUP_SHARE = 0.6;
/** Less than such a share of its points is on top of it, higher than so far below its rim. */
const [LID_SHARE, HOLLOW_SHARE] = [0.005, 0.2];
/** Whether it is open is seen from so far above (tangent). */
const LOOKS_IN = 0.15;

/** Whether it is a cup of which no handle is seen: upright, round, and seen from above to be open there. */
export function mayHaveHandle(
  { center, box, bottomM, roundness }: Body,
  turned: PointCloud,
  { outline }: SeenObject,
  frame: CanonicalFrame,
): boolean {
  if (box.shape !== "circle" || roundness < 1 || box.heightM < CUP_SHARE * box.widthM) return false;
  const overM = toCanonical(frame, [0, 0, 0])[2] - bottomM - box.heightM;
  const isTopSeen = overM > LOOKS_IN * Math.hypot(center[0], center[1]);
  if (!isTopSeen || outline.hiddenAboveShare > 0.1) return false;
  const [inM, outM] = [0.4 * box.widthM, 0.6 * box.widthM];
  const rimM = bottomM + (1 - HOLLOW_SHARE) * box.heightM;
  const { count, xyz } = turned;
  let onTop = 0;
  for (let i = 0; i < 3 * count; i += 3) {
    const [x, y] = [(xyz[i] ?? 0) - center[0], (xyz[i + 1] ?? 0) - center[1]];
    const square = x * x + y * y;
    if (square > outM * outM) return false;
    if (square < inM * inM && (xyz[i + 2] ?? 0) >= rimM) onTop += 1;
  }
  return onTop < LID_SHARE * count;
}
