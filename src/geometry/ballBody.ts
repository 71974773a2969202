import { cross, dot, minus, unit, type Vec3 } from "../base/index.js";
import type { Body } from "./Body.js";
import { type CanonicalFrame, toCanonical } from "./CanonicalFrame.js";
import { fitSphere } from "./fitRound.js";
import { coordinate, type PointCloud, pointAt, spreadOf, trimmedExtremes } from "./PointCloud.js";
import type { SeenObject } from "./SpatialObject.js";

/** Of a ball that is seen from above its top is seen, but for this share of its radius, which may be shiny. */
const MOST_BELOW_TOP = 0.25;

/**
 * The ball that an object is, if its points are round in all directions.
 *
 * @param turned the points, canonical
 */
export function ballBody(
  turned: PointCloud,
  { outline, pitchM }: SeenObject,
  frame: CanonicalFrame,
): Body | undefined {
  const toleranceM = Math.max(0.003, 1.5 * pitchM);
  const ball = fitSphere(turned, toleranceM);
  if (!ball || ball.share < 0.9 || ball.residualM > toleranceM) return undefined;
  if (ball.radiusM > 0.25 || ball.radiusM < 3 * toleranceM) return undefined;
  const eye = toCanonical(frame, [0, 0, 0]);
  const toBall = minus(ball.center, eye);
  const toPoints = minus(spreadOf(turned).mean, eye);
  // The inside of a bowl is round about a middle that is nearer than it.
  if (dot(minus(toBall, toPoints), toPoints) <= 0) return undefined;
  // A small or distant patch of anything is close to some sphere, but not seen as wide as one.
  if (acrossSight(turned, eye, toBall) < 1.6 * ball.radiusM) return undefined;
  // What is open above, as a conical cup, is round below its rim alone.
  const topM = ball.center[2] + ball.radiusM;
  const isTopInSight =
    frame.residualM !== undefined &&
    eye[2] > topM &&
    outline.hiddenAboveShare <= 0.1 &&
    outline.cuts.length === 0;
  const [, highM] = trimmedExtremes(coordinate(turned, 2));
  if (isTopInSight && highM < topM - MOST_BELOW_TOP * ball.radiusM) return undefined;
  const sideM = 2 * ball.radiusM;
  return {
    center: ball.center,
    box: { shape: "sphere", lengthM: sideM, widthM: sideM, heightM: sideM, angle: 0 },
    bottomM: ball.center[2] - ball.radiusM,
    residualM: ball.residualM,
    bottomDoubtM: 0,
    asideM: 0,
    asideDoubtM: 0,
    // From above more of its back is seen.
    behindM: ball.radiusM * (1 - Math.abs(toBall[2]) / Math.hypot(...toBall)),
    roundness: 1,
    arcRad: 2 * Math.PI,
    onShape: ball.share,
    doubts: [],
  };
}

/** How wide points are seen in a direction across the sight, or across that, whichever is less. */
function acrossSight(turned: PointCloud, eye: Vec3, sight: Vec3): number {
  const aside = unit(cross(sight, [0, 0, 1])) ?? [0, 1, 0];
  const across = unit(cross(sight, aside)) ?? [1, 0, 0];
  const extents = [aside, across].map((way) => {
    const along = Float32Array.from({ length: turned.count }, (_, i) =>
      dot(minus(pointAt(turned, i), eye), way),
    );
    const [low, high] = trimmedExtremes(along);
    return high - low;
  });
  return Math.min(...extents);
}
