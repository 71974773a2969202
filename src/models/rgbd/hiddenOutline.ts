import type { Vec3 } from "../../base/index.js";
import type { Cut, Outline } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { isOneSurface } from "./growMask.js";

/** What hides an object is nearer to the camera by more than this, and than a few pixels. */
const NEARER_BY_M = 0.004;

/** Below a standing object the support comes nearer from pixel to pixel without hiding it. */
const NEARER_BELOW_BY_M = 0.012;

/** Noise takes neighbours apart by so many of its standard deviations. */
const NOISE_APART = 4;

/** So many pixels without depth may lie between two of an object, and what lies beyond them is seen. */
const HOLE_PX = 2;
/** What hides an object is followed so far, pixels of an image 640 wide, and metres where that is more: things are seldom wider. */
const MOST_REACH_PX = 100;
const MOST_REACH_M = 0.14;

/** A surface that is farther away by this does not touch the object's edge, metres. */
const DROP_M = 0.02;
/** A wall that is seen from right above is no wider than this, pixels. */
const WALL_PX = 4;

/** What stands on an object begins as far away as its top is there: so many pixels beyond the edge it is higher. */
const STANDING_PX = 6;

/** Pixels this close to where the object is hidden are not its own outline. */
const REACH_PX = 2;

/** A mask may end so many pixels before the image does, though its thing does not. */
const CUT_PX = 2;
/** Pixels this close to the image's end are at the cut: more of them than are left out as strays. */
const AT_CUT_PX = 6;
/** What is narrower at the cut than where it is widest, by this share, narrows towards it. */
const NARROWS = 0.02;
/** How it narrows at the cut is seen in so many pixels. */
const NEAR_CUT_PX = 12;
/** It does not narrow by itself if so many pixels of its outline from there to the cut are hidden, as a share of that way. */
const HIDES = 0.1;

/** What `scratch` holds of an object's pixels near which it is hidden, and near which the image ends. */
const [HIDDEN, CUT] = [2, 3] as const;

/** Other things in the image of a mask. */
export interface Others {
  /** Which pixels are theirs. */
  readonly isOther: (pixel: number) => boolean;
  /** Whether the mask may not end where its thing does: where its surface goes on on theirs, that is no outline. */
  readonly isLoose: boolean;
  /** Away from the support, in the optical frame; without it nothing tells what stands on the object. */
  readonly up?: Vec3 | undefined;
}

/**
 * How much of an object's outline is not its own: something nearer begins there, or the image
 * ends. The object may go on behind it.
 *
 * @param pixels all of the object's pixels.
 * @param chosen those that became points: `nearHidden` speaks of them.
 * @param noiseM of the depths there (standard deviation)
 * @param gapPx what hides an object begins so many pixels beyond it: a coarse mask leaves some out
 * @param others of a mask: the other things in the image
 */
export function hiddenOutline(
  view: DepthView,
  pixels: Uint32Array,
  chosen: Uint32Array,
  noiseM: number,
  gapPx: number,
  others?: Others,
): Outline {
  const { scratch, width } = view;
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 1;
  const nearerM = Math.max(NEARER_BY_M, NOISE_APART * noiseM);
  const border = borderOf(view, pixels);
  const mostPx = mostReachPx(view, view.depthM[chosen[chosen.length >> 1] ?? 0] ?? 0);
  const left = sideOf(view, border, -1, nearerM, gapPx, mostPx, others);
  const right = sideOf(view, border, 1, nearerM, gapPx, mostPx, others);
  const above = sideOf(view, border, -width, nearerM, gapPx, mostPx, others);
  const below = sideOf(
    view,
    border,
    width,
    Math.max(NEARER_BELOW_BY_M * gapPx, nearerM),
    gapPx,
    mostPx,
    others,
  );
  const sides = [left, right, above, below];
  for (const { hidden } of sides) for (const pixel of hidden) markAround(view, pixel);
  const nearHidden = marksOf(view, chosen, HIDDEN);
  for (const { cut, step } of sides) for (const pixel of cut) markInwards(view, pixel, -step);
  const nearCut = marksOf(view, chosen, CUT);
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 0;
  return {
    hiddenShare: shareHidden(sides),
    hiddenAboveShare: shareHidden([above]),
    hiddenBelowShare: shareHidden([below]),
    droppingBelowShare: below.dropping / Math.max(1, below.known),
    nearHidden,
    nearCut,
    reachPx: {
      left: left.reachPx,
      right: right.reachPx,
      above: above.reachPx,
      below: below.reachPx,
    },
    cuts: sides.flatMap((side) => (side.cut.length > 0 ? [cutAt(view, pixels, side, sides)] : [])),
  };
}

/** Of each pixel: 1 if `scratch` holds a mark there. */
function marksOf({ scratch }: DepthView, pixels: Uint32Array, mark: number): Uint8Array {
  const marks = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) if (scratch[pixels[i]!] === mark) marks[i] = 1;
  return marks;
}

/** One side of the outline: how many pixels it has, and those where it is not the object's. */
interface Side {
  /** From a pixel to its neighbour on that side. */
  readonly step: number;
  readonly length: number;
  readonly hidden: readonly number[];
  /** Of the hidden ones, those at which the image ends. */
  readonly cut: readonly number[];
  /** How far what hides it goes on, pixels, the mean of the hidden ones; 0 where nothing is hidden. */
  readonly reachPx: number;
  /** Of those that are not hidden and have a depth beyond them, and of these, those where that is farther away. */
  readonly known: number;
  readonly dropping: number;
}

function shareHidden(sides: readonly Side[]): number {
  const length = sides.reduce((sum, side) => sum + side.length, 0);
  return sides.reduce((sum, side) => sum + side.hidden.length, 0) / Math.max(1, length);
}

/** Pixels with a neighbour that is not marked, or beyond the image's left or right edge. */
function borderOf({ scratch, width }: DepthView, pixels: Uint32Array): Uint32Array {
  const border = new Uint32Array(pixels.length);
  let n = 0;
  let rowStart = 0;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    if (pixel < rowStart || pixel >= rowStart + width) rowStart = pixel - (pixel % width);
    if (
      !scratch[pixel - 1] ||
      !scratch[pixel + 1] ||
      !scratch[pixel - width] ||
      !scratch[pixel + width] ||
      pixel === rowStart ||
      pixel === rowStart + width - 1
    )
      border[n++] = pixel;
  }
  return border.subarray(0, n);
}

/**
 * @param step from a pixel to its neighbour on that side.
 * @param mostPx what hides the object is followed no farther
 */
function sideOf(
  view: DepthView,
  border: Uint32Array,
  step: number,
  nearerBy: number,
  gapPx: number,
  mostPx: number,
  others: Others | undefined,
): Side {
  const { depthM, scratch, width } = view;
  const { isOther, isLoose = false } = others ?? {};
  const hidden: number[] = [];
  const cut: number[] = [];
  let length = 0;
  let reachPx = 0;
  let known = 0;
  let dropping = 0;
  for (let i = 0; i < border.length; i++) {
    const pixel = border[i]!;
    const other = pixel + step;
    if (!isLast(view, pixel, step) && (scratch[other] !== 0 || isHole(view, other, step))) continue;
    length += 1;
    const ownM = knownFrom(depthM, pixel, -step);
    const isCut = endsAt(view, pixel, step);
    const isOthers = isOther?.(other) === true;
    // Below, an object stands on another one.
    const mayStandOnIt = isOthers && step !== width;
    let isHidden = isCut || (isLoose && isOthers && isOneSurface(depthM, pixel, other));
    let from = 1;
    for (let gap = 1; gap <= gapPx && !isHidden; gap++) {
      isHidden = knownFrom(depthM, pixel + gap * step, step) < ownM - nearerBy;
      from = gap;
    }
    isHidden ||= mayStandOnIt && risesFrom(view, pixel, step, nearerBy, others?.up);
    if (!isHidden) {
      const beyondM = knownFrom(depthM, other, step);
      if (beyondM > 0) known += 1;
      const within = pixel - WALL_PX * step;
      const withinM = scratch[within] ? depthM[within] || ownM : ownM;
      if (beyondM > Math.min(ownM, withinM) + DROP_M) dropping += 1;
      continue;
    }
    hidden.push(pixel);
    if (isCut) cut.push(pixel);
    const over = isLoose || mayStandOnIt ? isOther : undefined;
    reachPx += isCut ? mostPx : reachOf(view, pixel, step, from, ownM - nearerBy, mostPx, over);
  }
  const meanPx = reachPx / Math.max(1, hidden.length);
  return { step, length, hidden, cut, reachPx: meanPx, known, dropping };
}

/** Whether what begins at an object's edge is soon higher over the support than that. */
function risesFrom(
  { depthM, rays }: DepthView,
  pixel: number,
  step: number,
  byM: number,
  up: Vec3 | undefined,
): boolean {
  if (!up) return false;
  const heightM = (at: number) =>
    (depthM[at] ?? 0) * (up[0] * (rays[2 * at] ?? 0) + up[1] * (rays[2 * at + 1] ?? 0) + up[2]);
  const beyond = pixel + STANDING_PX * step;
  return (depthM[beyond] ?? 0) > 0 && heightM(beyond) > heightM(pixel) + byM;
}

/** @param awayM how far the object is */
function mostReachPx({ width, info, colorScale }: DepthView, awayM: number): number {
  const byImage = (MOST_REACH_PX * width) / 640;
  const bySize = (MOST_REACH_M * info.fx) / (colorScale * Math.max(MOST_REACH_M, awayM));
  return Math.round(Math.max(byImage, bySize));
}

/** Whether the image ends right beyond a pixel. */
function isLast({ depthM, width }: DepthView, pixel: number, step: number): boolean {
  const other = pixel + step;
  const edgeColumn = step === 1 ? width - 1 : step === -1 ? 0 : -1;
  return other < 0 || other >= depthM.length || pixel % width === edgeColumn;
}

/** Whether the image ends beyond a pixel, after few that may be of the same surface. */
function endsAt(view: DepthView, pixel: number, step: number): boolean {
  const { depthM } = view;
  for (let gap = 0; gap <= CUT_PX; gap++) {
    const at = pixel + gap * step;
    if (depthM[at] && !isOneSurface(depthM, pixel, at)) return false;
    if (isLast(view, at, step)) return true;
  }
  return false;
}

/** The first depth from a pixel on, of a few: pixels without depth tell nothing. 0 where none is known. */
function knownFrom(depthM: Float32Array, pixel: number, step: number): number {
  return depthM[pixel] || depthM[pixel + step] || depthM[pixel + 2 * step] || 0;
}

/** Whether pixels without depth, from one on, end at the object again: it has no outline there. */
function isHole({ depthM, scratch }: DepthView, pixel: number, step: number): boolean {
  for (let gap = 0; gap < HOLE_PX && !depthM[pixel + gap * step]; gap++)
    if (scratch[pixel + (gap + 1) * step]) return true;
  return false;
}

/**
 * How many pixels from a hidden one on what hides it goes on; 0 if the object is seen again behind it.
 *
 * @param from so many pixels from it on: what lies between is its own, left out by a coarse mask
 * @param mostPx it is followed no farther
 */
function reachOf(
  view: DepthView,
  pixel: number,
  step: number,
  from: number,
  limitM: number,
  mostPx: number,
  isOther?: (pixel: number) => boolean,
): number {
  const { depthM, scratch } = view;
  for (let gap = from; gap < mostPx; gap++) {
    const at = pixel + gap * step;
    if (isLast(view, at - step, step)) return mostPx;
    if (scratch[at]) return 0;
    if ((depthM[at] ?? 0) > limitM && !isOther?.(at)) return gap;
  }
  return mostPx;
}

/** How the edge of the image on a side cuts an object off. */
function cutAt(
  { width, height }: DepthView,
  pixels: Uint32Array,
  { step, cut, length }: Side,
  sides: readonly Side[],
): Cut {
  const isAcross = Math.abs(step) === 1;
  const lines = isAcross ? width : height;
  /** How far a pixel is from that edge. */
  const awayFrom = (pixel: number): number => {
    const line = isAcross ? pixel % width : Math.floor(pixel / width);
    return step < 0 ? line : lines - 1 - line;
  };
  /** How many pixels are so far from it. */
  const wide = new Uint32Array(lines);
  for (let i = 0; i < pixels.length; i++) {
    const away = awayFrom(pixels[i] ?? 0);
    wide[away] = (wide[away] ?? 0) + 1;
  }
  const atEdgePx = wide.subarray(0, CUT_PX + 1).reduce((most, n) => Math.max(most, n), 0);
  const widestPx = wide.reduce((most, n) => Math.max(most, n), 0);
  const narrowsFromPx = wide.findIndex((n) => n >= (1 - NARROWS) * widestPx);
  const endPx = wide.findLastIndex((n) => n > 0);
  const halfwayPx = wide[endPx >> 1] ?? 0;
  const narrowsByPx = widestPx - atEdgePx;
  const nearPx = Math.min(narrowsFromPx, NEAR_CUT_PX);
  const nearByPx = (wide[nearPx] ?? 0) - atEdgePx;
  const hiddenPx = sides.reduce((sum, { hidden, cut: atEnd }) => {
    const isNearer = (pixel: number) => awayFrom(pixel) < narrowsFromPx;
    return sum + hidden.filter(isNearer).length - atEnd.filter(isNearer).length;
  }, 0);
  const isOwn = hiddenPx <= HIDES * narrowsFromPx;
  return {
    isAside: isAcross,
    share: cut.length / length,
    // Both sides of what is convex meet no farther out than the lines from where it is widest to where it is cut. What
    // narrows less at the cut than before it, as a bottle does at its neck, goes on like that.
    reachPx:
      isOwn && narrowsByPx > NARROWS * widestPx && nearByPx > 0
        ? atEdgePx * Math.max(narrowsFromPx / narrowsByPx, nearPx / nearByPx)
        : Number.POSITIVE_INFINITY,
    widening: Math.max(0, 1 - halfwayPx / atEdgePx),
    seenPx: endPx + 1,
  };
}

/** @param step away from the image's edge */
function markInwards({ scratch }: DepthView, pixel: number, step: number): void {
  for (let gap = 0; gap <= AT_CUT_PX && scratch[pixel + gap * step]; gap++)
    scratch[pixel + gap * step] = CUT;
}

function markAround({ scratch, width, height }: DepthView, pixel: number): void {
  const column = pixel % width;
  const row = (pixel - column) / width;
  for (let y = Math.max(0, row - REACH_PX); y <= Math.min(height - 1, row + REACH_PX); y++)
    for (let x = Math.max(0, column - REACH_PX); x <= Math.min(width - 1, column + REACH_PX); x++)
      if (scratch[y * width + x] !== 0) scratch[y * width + x] = HIDDEN;
}
