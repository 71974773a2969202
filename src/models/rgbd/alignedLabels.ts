import { itemAt } from "../../base/index.js";
import { evenlySpread } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import type { LabelIndex, LabelShift } from "./LabelIndex.js";

/** A step in depth is larger than this share of 1 m + depth: by a third more than what `isOneSurface` lets pass. */
const STEP = 0.008;
/** How masks are looked for. */
interface Search {
  /** So far away, pixels of an image 640 wide. */
  readonly reach: number;
  /** First at every so many pixels. */
  readonly coarse: number;
  /** By how much of the score a place must be better. */
  readonly gain: number;
}
/**
 * With a focal length of 550 px, 1° and 1 cm at 1 m are 10 and 6 px. Edges count as on a step up to a pixel or two
 * beside it, so every third place misses none. A share of 150 places has a standard error of 0.04, a score one of
 * 0.05: a gain of three of these is none of chance, of two where the others have moved already.
 */
const OF_ALL: Search = { reach: 14, coarse: 3, gain: 0.15 };
/**
 * Of one thing: where the others are, and what its own distance from the camera adds. 2 cm of the camera's place move
 * a thing at 0.5 m by 11 px more than one at 1 m.
 */
const OF_ONE: Search = { reach: 12, coarse: 3, gain: 0.1 };
/** So many places of each side are compared at the most, and so many at least: a share of 20 is known to 0.1. */
const MOST_PLACES = 150;
const LEAST_PLACES = 20;
/** Share of the masks' edges that lie on steps of the depth: most of them, of good masks. */
const GOOD_SHARE = 0.5;
/** A score from which on masks are where they should be: 70 % of each side lie on steps (0.7 + 0.5 · 0.7). */
const SOUND_SCORE = 1.05;
/** Places as near to the best one as edges count as on a step, and as good: by one standard error of a share. */
const PLATEAU_PX = 3;
const AS_GOOD = 0.04;

/**
 * A mask in its place has no more steps inside than where it was, give or take this share of its side: a step that
 * crosses it is as long as that. Edges of two other things may be as far apart as its own.
 */
const MORE_STEPS = 0.1;

const NO_SHIFT: LabelShift = { x: 0, y: 0 };

export interface Aligned {
  readonly labels: LabelIndex;
  /** Whether the masks end where things do; else what a mask ends at may go on. */
  readonly isSure: boolean;
}

/**
 * A label image that is moved to where the depth image has its edges, as after a wrong extrinsic or with masks of
 * an earlier image: as a whole where that puts clearly more of the things' edges on steps in depth, those on
 * the left and those on the right, and then each thing by what its distance makes it differ. The same
 * where the masks fit as they are.
 *
 * @param isThing whether an id is a thing's, which has edges; a support has none of its own
 */
export function alignedLabels(
  labels: LabelIndex,
  view: DepthView,
  isThing: (id: number) => boolean,
): Aligned {
  const things = new Map(
    labels
      .ids()
      .filter(isThing)
      .map((id) => [id, edgesOf(labels, view, id)]),
  );
  const all = joined([...things.values()]);
  const isThingAt = (pixel: number) => things.has(labels.idAt(pixel));
  let free: ThinnedEdges | undefined;
  const isFitAt = (at: LabelShift): boolean => {
    if (fitOf(all, view, at).score > SOUND_SCORE) return true;
    // Things that touch have no step between them.
    free ??= joined([...things.keys()].map((id) => edgesOf(labels, view, id, isThingAt)));
    return fitOf(free, view, at).score > SOUND_SCORE;
  };
  if (isFitAt(NO_SHIFT)) return { labels, isSure: true };
  const whole = shiftFrom(NO_SHIFT, all, view, OF_ALL);
  const isSure = isFitAt(whole);
  const shifts = new Map<number, LabelShift>();
  for (const [id, edges] of isSure ? [] : things) {
    const its = thinnedEdges(edges);
    if (fitOf(its, view, whole).score > SOUND_SCORE) continue;
    const shift = shiftFrom(whole, its, view, OF_ONE);
    const pixels = labels.pixelsOf(id);
    const more =
      stepsInside(pixels, labels, view, shift) - stepsInside(pixels, labels, view, whole);
    if (more <= MORE_STEPS * Math.sqrt(pixels.length)) shifts.set(id, shift);
  }
  const isAlike = [...shifts.values()].every(({ x, y }) => x === whole.x && y === whole.y);
  if (!isAlike) {
    const { depthM } = view;
    // What things stand on is behind them all.
    const distanceAt = (pixel: number, id: number) =>
      (things.has(id) && depthM[pixel]) || Number.POSITIVE_INFINITY;
    return { labels: labels.movedEach((id) => shifts.get(id) ?? whole, distanceAt), isSure };
  }
  return { labels: whole.x === 0 && whole.y === 0 ? labels : labels.moved(whole), isSure };
}

/** How many neighbours of a mask, if it is moved, have a step in depth between them. */
function stepsInside(
  pixels: Uint32Array,
  labels: LabelIndex,
  { depthM, width }: DepthView,
  { x, y }: LabelShift,
): number {
  const by = y * width + x;
  let steps = 0;
  for (const pixel of pixels) {
    const z = depthM[pixel + by] ?? 0;
    if (!(z > 0)) continue;
    const id = labels.idAt(pixel);
    for (const step of [1, width]) {
      const beside = depthM[pixel + step + by] ?? 0;
      if (labels.idAt(pixel + step) === id && beside > 0 && Math.abs(beside - z) > STEP * (1 + z))
        steps += 1;
    }
  }
  return steps;
}

/** Where edges fit clearly better than where the search begins; else that. */
function shiftFrom(
  from: LabelShift,
  edges: ThinnedEdges,
  view: DepthView,
  { reach, coarse, gain }: Search,
): LabelShift {
  const now = fitOf(edges, view, from);
  let [best, fit] = [from, now];
  const look = (x: number, y: number): void => {
    const here = fitOf(edges, view, { x, y });
    if (here.score > fit.score) [best, fit] = [{ x, y }, here];
  };
  const steps = Math.floor((reach * view.width) / 640 / coarse);
  for (let i = -steps; i <= steps; i++)
    for (let j = -steps; j <= steps; j++) look(from.x + i * coarse, from.y + j * coarse);
  const { x, y } = best;
  for (let i = 1 - coarse; i < coarse; i++)
    for (let j = 1 - coarse; j < coarse; j++) look(x + i, y + j);
  if (fit.score <= now.score + gain || fit.across <= GOOD_SHARE) return from;
  return middleOf(edges, view, best, fit.score - AS_GOOD);
}

/** An edge may be a pixel or two from its step: of the places around the best that are as good, the middle. */
function middleOf(
  edges: ThinnedEdges,
  view: DepthView,
  best: LabelShift,
  least: number,
): LabelShift {
  let [x, y, n] = [0, 0, 0];
  for (let i = -PLATEAU_PX; i <= PLATEAU_PX; i++)
    for (let j = -PLATEAU_PX; j <= PLATEAU_PX; j++) {
      if (fitOf(edges, view, { x: best.x + i, y: best.y + j }).score < least) continue;
      x += i;
      y += j;
      n += 1;
    }
  return { x: best.x + Math.round(x / n), y: best.y + Math.round(y / n) };
}

interface Fit {
  /** Share of the left or of the right edges on steps, whichever is less. */
  readonly across: number;
  readonly score: number;
}

/** Pixels of things beyond which, on a side, another id begins. */
interface Edges<Pixels = readonly number[]> {
  readonly left: Pixels;
  readonly right: Pixels;
  readonly above: Pixels;
}

type ThinnedEdges = Edges<Uint32Array>;

/** @param isLeftOut edges beyond which such a pixel lies */
function edgesOf(
  labels: LabelIndex,
  { width }: DepthView,
  id: number,
  isLeftOut = (_pixel: number): boolean => false,
): Edges {
  const [left, right, above]: [number[], number[], number[]] = [[], [], []];
  let before = -1;
  for (const pixel of labels.pixelsOf(id)) {
    if (pixel !== before + 1) {
      if (before >= 0 && !isLeftOut(before + 1)) right.push(before);
      if (!isLeftOut(pixel - 1)) left.push(pixel);
    }
    if (labels.idAt(pixel - width) !== id && !isLeftOut(pixel - width)) above.push(pixel);
    before = pixel;
  }
  if (before >= 0 && !isLeftOut(before + 1)) right.push(before);
  return { left, right, above };
}

function joined(all: readonly Edges[]): ThinnedEdges {
  const side = (name: keyof Edges) => all.flatMap((edges) => edges[name]);
  return thinnedEdges({ left: side("left"), right: side("right"), above: side("above") });
}

function thinnedEdges({ left, right, above }: Edges): ThinnedEdges {
  return { left: thinned(left), right: thinned(right), above: thinned(above) };
}

function thinned(pixels: readonly number[]): Uint32Array {
  return evenlySpread(pixels.length, MOST_PLACES).map((i) => itemAt(pixels, i));
}

function fitOf({ left, right, above }: ThinnedEdges, view: DepthView, { x, y }: LabelShift): Fit {
  const across = Math.min(shareOnSteps(left, view, x, y, 1), shareOnSteps(right, view, x, y, -1));
  return { across, score: across + 0.5 * shareOnSteps(above, view, x, y, view.width) };
}

/** @param inward from an edge's pixel to its thing */
function shareOnSteps(
  pixels: Uint32Array,
  { depthM, width, height }: DepthView,
  x: number,
  y: number,
  inward: number,
): number {
  let [known, on] = [0, 0];
  for (const pixel of pixels) {
    const [column, row] = [(pixel % width) + x, Math.floor(pixel / width) + y];
    if (column < 4 || column >= width - 4 || row < 4 || row >= height - 4) continue;
    const at = row * width + column;
    const inside = depthM[at + inward] || depthM[at + 2 * inward] || 0;
    const outside = depthM[at - 2 * inward] || depthM[at - 3 * inward] || 0;
    if (!(inside > 0 && outside > 0)) continue;
    known += 1;
    if (Math.abs(outside - inside) > STEP * (1 + inside)) on += 1;
  }
  return known < LEAST_PLACES ? 0 : on / known;
}
