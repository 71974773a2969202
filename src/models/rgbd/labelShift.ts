import type { DepthView } from "./DepthView.js";
import type { LabelIndex } from "./LabelIndex.js";

/** A step in depth is larger than this share of 1 m + depth. */
const STEP = 0.008;
/** Masks are looked for this far away, pixels of an image 640 wide. */
const REACH_PX = 14;
/** The coarse search looks at every so many pixels. */
const COARSE_PX = 3;
/** So many places of each side are compared at the most, and so many at least. */
const MOST_PLACES = 150;
const LEAST_PLACES = 20;
/** Shares of the masks' edges that lie on steps of the depth: of good masks, and gained by a shift. */
const GOOD_SHARE = 0.5;
const LEAST_GAIN = 0.15;

/** By how much a label image is moved to fit the depth image, pixels. */
export interface LabelShift {
  readonly x: number;
  readonly y: number;
}

/**
 * How a label image is shifted against the depth image as a whole, as by a wrong extrinsic or by
 * masks of an earlier image: where moving it puts clearly more of the things' edges on steps in depth,
 * those on the left and those on the right. Undefined where it fits as it is.
 *
 * @param isThing whether an id is a thing's, which has edges; a support has none of its own
 */
export function labelShift(
  labels: LabelIndex,
  view: DepthView,
  isThing: (id: number) => boolean,
): LabelShift | undefined {
  const sides = edgesOf(labels, view, isThing);
  const fitAt = (x: number, y: number): Fit => fitOf(sides, view, x, y);
  const now = fitAt(0, 0);
  const reachPx = Math.round((REACH_PX * view.width) / 640);
  let best = { x: 0, y: 0, fit: now };
  const look = (x: number, y: number): void => {
    const fit = fitAt(x, y);
    if (fit.score > best.fit.score) best = { x, y, fit };
  };
  const steps = Math.floor(reachPx / COARSE_PX);
  for (let i = -steps; i <= steps; i++)
    for (let j = -steps; j <= steps; j++) look(i * COARSE_PX, j * COARSE_PX);
  const { x, y } = best;
  for (let i = -2; i <= 2; i++) for (let j = -2; j <= 2; j++) look(x + i, y + j);
  const isBetter = best.fit.score > now.score + LEAST_GAIN && best.fit.across > GOOD_SHARE;
  return isBetter ? { x: best.x, y: best.y } : undefined;
}

interface Fit {
  /** Share of the left or of the right edges on steps, whichever is less. */
  readonly across: number;
  readonly score: number;
}

interface Sides {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly above: Int32Array;
}

/** Pixels of things beyond which, on a side, another id begins. */
function edgesOf(
  labels: LabelIndex,
  { width }: DepthView,
  isThing: (id: number) => boolean,
): Sides {
  const [left, right, above]: [number[], number[], number[]] = [[], [], []];
  for (const id of labels.ids()) {
    if (!isThing(id)) continue;
    for (const pixel of labels.pixelsOf(id)) {
      if (labels.idAt(pixel - 1) !== id) left.push(pixel);
      if (labels.idAt(pixel + 1) !== id) right.push(pixel);
      if (labels.idAt(pixel - width) !== id) above.push(pixel);
    }
  }
  return { left: thinned(left), right: thinned(right), above: thinned(above) };
}

function thinned(pixels: readonly number[]): Int32Array {
  const kept = Math.min(MOST_PLACES, pixels.length);
  return Int32Array.from(
    { length: kept },
    (_, i) => pixels[Math.floor((i * pixels.length) / kept)]!,
  );
}

function fitOf({ left, right, above }: Sides, view: DepthView, x: number, y: number): Fit {
  const across = Math.min(shareOnSteps(left, view, x, y, 1), shareOnSteps(right, view, x, y, -1));
  return { across, score: across + 0.5 * shareOnSteps(above, view, x, y, view.width) };
}

/** @param inward from an edge's pixel to its thing */
function shareOnSteps(
  pixels: Int32Array,
  { depthM, width, height }: DepthView,
  x: number,
  y: number,
  inward: number,
): number {
  let [known, on] = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const [column, row] = [(pixel % width) + x, Math.floor(pixel / width) + y];
    if (column < 4 || column >= width - 4 || row < 4 || row >= height - 4) continue;
    const at = row * width + column;
    const inside = depthM[at + inward]! || depthM[at + 2 * inward]!;
    const outside = depthM[at - 2 * inward]! || depthM[at - 3 * inward]!;
    if (!(inside > 0 && outside > 0)) continue;
    known += 1;
    if (Math.abs(outside - inside) > STEP * (1 + inside)) on += 1;
  }
  return known < LEAST_PLACES ? 0 : on / known;
}
