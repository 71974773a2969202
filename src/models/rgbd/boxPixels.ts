import type { Detection } from "../../camera/index.js";
import { objectPoints, type Plane } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { type LiftedPixels, liftPixels, pickPixels } from "./liftPixels.js";
import { nearerDepths } from "./nearerDepths.js";

/** Points of the support are left out up to this height: boxes hold much of it. */
const ABOVE_PLANE_M = 0.006;

/**
 * Pixels of the object in the best box of one of the classes: what rises from the support, or,
 * without a support plane, what is nearer than the box's background; then what holds together
 * around it. `whole box` leaves out nothing (for the support itself). Undefined where no box is
 * of these classes.
 */
export function boxPixels(
  view: DepthView,
  detections: readonly Detection[],
  classIds: readonly string[],
  background: Plane | "whole box" | undefined,
): Uint32Array | undefined {
  const best = detections
    .filter(({ classId }) => classIds.includes(classId))
    .reduce<Detection | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined);
  if (!best) return undefined;
  const pixels = insideBox(view, best);
  if (background === "whole box") return pixels;
  const lifted = liftPixels(view, pixels, pixels.length);
  const front = pickPixels(
    lifted,
    background ? raisedIn(lifted, background) : nearerDepths(lifted.points),
  );
  return pickPixels(front, objectPoints(front.points)).pixels;
}

function insideBox(view: DepthView, box: Detection): Uint32Array {
  const { width, height, colorScale } = view;
  const clip = (value: number, limit: number) =>
    Math.min(limit, Math.max(0, Math.round(value / colorScale)));
  const left = clip(box.centerX - box.sizeX / 2, width);
  const right = clip(box.centerX + box.sizeX / 2, width);
  const top = clip(box.centerY - box.sizeY / 2, height);
  const bottom = clip(box.centerY + box.sizeY / 2, height);
  const pixels = new Uint32Array((right - left) * (bottom - top));
  let n = 0;
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) pixels[n++] = row * width + column;
  return pixels;
}

/** Above the support; what is below it is seen past its edge. */
function raisedIn({ points: { count, xyz } }: LiftedPixels, plane: Plane): Uint32Array {
  const [nx, ny, nz] = plane.normal;
  const limit = Math.max(ABOVE_PLANE_M, 3 * plane.residualM);
  const raised = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++)
    if (nx * xyz[3 * i]! + ny * xyz[3 * i + 1]! + nz * xyz[3 * i + 2]! + plane.offsetM > limit)
      raised[n++] = i;
  return raised.subarray(0, n);
}
