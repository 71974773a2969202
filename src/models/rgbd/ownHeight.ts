import type { Plane } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { isOneSurface } from "./growMask.js";
import { type LiftedPixels, pickPixels } from "./liftPixels.js";

/** A strip of another thing that no step in depth shows is at most so wide, pixels of an image 640 wide. */
const STRIP_PX = 2;
/** Its surface is looked for twice as far: pixels beside the mask may have no depth. */
const LOOK = 2;
/** A thing's slanted top rises within a strip too, by less than so many pixels. */
const RISE_PX = 4;
/** A surface that goes on at fewer places, or in a smaller share of a strip, does so by chance. */
const LEAST_PLACES = 3;
const LEAST_SHARE = 0.5;
/** What is more than this share of a thing is no strip beside it. */
const MOST_SHARE = 0.3;

/**
 * A body without what alone makes it taller and is no wider than the edge of a mask may be off: a strip
 * at its left or right whose surface goes on in another thing's mask. Where two things are one flat
 * front, it is the taller one's, and no step in depth shows that. Above and below it could be the thing's
 * own: seen steeply, a wall rises much from row to row.
 *
 * @param isOther whether a pixel is in another thing's mask
 */
export function ownHeight(
  view: DepthView,
  body: LiftedPixels,
  plane: Plane,
  pitchM: number,
  isOther: (pixel: number) => boolean,
): LiftedPixels {
  const [nx, ny, nz] = plane.normal;
  const { xyz, count } = body.points;
  const heightM = (i: number) =>
    nx * (xyz[3 * i] ?? 0) +
    ny * (xyz[3 * i + 1] ?? 0) +
    nz * (xyz[3 * i + 2] ?? 0) +
    plane.offsetM;
  const stripPx = Math.max(1, Math.round((STRIP_PX * view.width) / 640));
  let topM = -Infinity;
  let highestM = -Infinity;
  for (let i = 0; i < count; i++) {
    const atM = heightM(i);
    if (atM <= topM) continue;
    highestM = Math.max(highestM, atM);
    if (!isBesideOther(body.pixels[i] ?? 0, stripPx, isOther)) topM = atM;
  }
  if (highestM <= topM + RISE_PX * pitchM) return body;
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const kept = all.filter((i) => heightM(i) <= topM);
  const lost = count - kept.length;
  if (lost > MOST_SHARE * count) return body;
  const places = all.filter(
    (i) => heightM(i) > topM && goesOnInOther(view, body.pixels[i] ?? 0, LOOK * stripPx, isOther),
  ).length;
  return places < Math.max(LEAST_PLACES, LEAST_SHARE * lost) ? body : pickPixels(body, kept);
}

function isBesideOther(
  pixel: number,
  stripPx: number,
  isOther: (pixel: number) => boolean,
): boolean {
  for (let gap = 1; gap <= stripPx; gap++)
    if (isOther(pixel - gap) || isOther(pixel + gap)) return true;
  return false;
}

function goesOnInOther(
  { depthM }: DepthView,
  pixel: number,
  reachPx: number,
  isOther: (pixel: number) => boolean,
): boolean {
  for (let gap = 1; gap <= reachPx; gap++)
    for (const other of [pixel - gap, pixel + gap])
      if (isOther(other) && isOneSurface(depthM, pixel, other)) return true;
  return false;
}
