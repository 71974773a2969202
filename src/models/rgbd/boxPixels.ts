import { type Detection, detectionPixels } from "../../camera/index.js";
import { coordinate, objectPoints, type Plane, type PointCloud } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { type LiftedPixels, liftPixels, pickPixels } from "./liftPixels.js";

/** Points of the support are left out up to this height: boxes hold much of it. */
const ABOVE_PLANE_M = 0.006;

/**
 * Pixels of the object in a detection's box, or in its mask: what rises from the support, or,
 * without a support plane, what is nearer than the box's background; then what holds together
 * around it.
 */
export function boxPixels(
  view: DepthView,
  detection: Detection,
  background: Plane | undefined,
): Uint32Array {
  const { width, height, info } = view;
  const pixels = detectionPixels(detection, { width, height }, info);
  const lifted = liftPixels(view, pixels, pixels.length);
  const front = pickPixels(
    lifted,
    background ? raisedIn(lifted, background) : nearerDepths(lifted.points),
  );
  return pickPixels(front, objectPoints(front.points)).pixels;
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

const BINS = 64;

/**
 * Indices of the points on the near side of the depth that splits them best (Otsu 1979): the object
 * in a box, before its background. All points if there is no such depth, because they are all about
 * as far.
 */
function nearerDepths(points: PointCloud): Uint32Array {
  const depths = coordinate(points, 2);
  const split = otsuSplit(depths);
  const nearer = new Uint32Array(points.count);
  let n = 0;
  for (let i = 0; i < points.count; i++) if (depths[i]! <= split) nearer[n++] = i;
  return nearer.subarray(0, n);
}

/** The depth that maximises the variance between the two sides. */
function otsuSplit(depths: Float32Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (const z of depths) {
    low = Math.min(low, z);
    high = Math.max(high, z);
  }
  // Less than this is the depth of one object, not the distance between two.
  if (!(high - low > 0.05)) return Infinity;
  const counts = new Float64Array(BINS);
  for (const z of depths)
    counts[Math.min(BINS - 1, Math.floor(((z - low) / (high - low)) * BINS))]! += 1;
  const total = depths.length;
  const sum = counts.reduce((weighted, count, bin) => weighted + bin * count, 0);
  let best = -1;
  let split = BINS - 1;
  let below = 0;
  let sumBelow = 0;
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin]!;
    sumBelow += bin * counts[bin]!;
    const above = total - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (between <= best) continue;
    best = between;
    split = bin;
  }
  return low + ((split + 1) / BINS) * (high - low);
}
