import type { Detection, DetectionMask } from "../../camera/index.js";
import { coordinate, objectPoints, type Plane, type PointCloud } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { type LiftedPixels, liftPixels, pickPixels } from "./liftPixels.js";

/** Points of the support are left out up to this height: boxes hold much of it. */
const ABOVE_PLANE_M = 0.006;

/**
 * Pixels of the object in the best box of one of the classes, or in its mask: what rises from the support, or,
 * without a support plane, what is nearer than the box's background; then what holds together
 * around it. `whole box` leaves out nothing (for the support itself). Undefined if no box is of
 * these classes.
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
  const pixels = pixelsOf(view, best);
  if (background === "whole box") return pixels;
  const lifted = liftPixels(view, pixels, pixels.length);
  const front = pickPixels(
    lifted,
    background ? raisedIn(lifted, background) : nearerDepths(lifted.points),
  );
  return pickPixels(front, objectPoints(front.points)).pixels;
}

function pixelsOf(view: DepthView, best: Detection): Uint32Array {
  if (best.mask) return insideMask(view, best.mask);
  return best.outline ? insideOutline(view, best.outline) : insideBox(view, best);
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

/** Pixels whose centres lie on a pixel of the object. */
function insideMask({ width, height, info }: DepthView, mask: DetectionMask): Uint32Array {
  const { imageWidth = info.width, imageHeight = info.height, pixels: isObject } = mask;
  const pixels: number[] = [];
  for (let row = 0; row < height; row++) {
    const y = Math.floor(((row + 0.5) * imageHeight) / height) - mask.top;
    if (y < 0 || y >= mask.height) continue;
    for (let column = 0; column < width; column++) {
      const x = Math.floor(((column + 0.5) * imageWidth) / width) - mask.left;
      if (x < 0 || x >= mask.width || isObject[y * mask.width + x] === 0) continue;
      pixels.push(row * width + column);
    }
  }
  return Uint32Array.from(pixels);
}

/** Pixels whose centres an outline encloses: between every other crossing of their row with it. */
function insideOutline(view: DepthView, outline: readonly number[]): Uint32Array {
  const { width, height, colorScale } = view;
  const corners = outline.length >> 1;
  // A pixel's centre has whole coordinates.
  const cornerAt = (i: number): readonly [number, number] => [
    (outline[2 * (i % corners)] ?? 0) / colorScale,
    (outline[2 * (i % corners) + 1] ?? 0) / colorScale,
  ];
  const crossings = Array.from({ length: height }, (): number[] => []);
  for (let i = 0; i < corners; i++) {
    const [a, b] = [cornerAt(i), cornerAt(i + 1)].sort((p, q) => p[1] - q[1]) as [
      readonly [number, number],
      readonly [number, number],
    ];
    const slope = (b[0] - a[0]) / (b[1] - a[1]);
    const last = Math.min(height, Math.ceil(b[1]));
    for (let row = Math.max(0, Math.ceil(a[1])); row < last; row++)
      crossings[row]?.push(a[0] + (row - a[1]) * slope);
  }
  const pixels: number[] = [];
  crossings.forEach((xs, row) => {
    xs.sort((p, q) => p - q);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const last = Math.min(width, Math.ceil(xs[i + 1] ?? 0));
      for (let column = Math.max(0, Math.ceil(xs[i] ?? 0)); column < last; column++)
        pixels.push(row * width + column);
    }
  });
  return Uint32Array.from(pixels);
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
  let [low, high] = [Infinity, -Infinity];
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
  let [best, split, below, sumBelow] = [-1, BINS - 1, 0, 0];
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
