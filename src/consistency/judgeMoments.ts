import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { MISFITS, shareNear } from "./maskedThings.js";
import { isAtBorder } from "./maskPixels.js";
import type { SmallView } from "./SmallView.js";

/** With more of its edges on steps a mask shows what depth shows. */
const FITS = 0.9;
/** Where a thing has left, so much of what is under its mask is farther by this share, and no thing. */
const GONE = { off: 0.03, share: 0.25 };
const ON_PLANE = 0.012;
/** Under the same masks, so much is at another distance by this share. */
const OTHER = { off: 0.04, share: 0.5 };
/** Of what is under a mask, in both images so much must have depth. */
const LEAST_KNOWN = 0.5;
/** A mask that has moved has less than this share in common with what it was. */
const MOVED = 0.5;
const LEAST_PIXELS = 40;
/** A few images: in one or two, masks may flicker. */
const LEAST_MISFITS = 3;

/**
 * Masks of another time than the depth, whatever TF says: a mask shows a thing where depth shows it in
 * another image and not in its own, or one of both stays as it is to the last bit while the other
 * changes. What rests says nothing: its mask fits all the time.
 */
export function judgeMoments(looks: readonly Look[]): Contradiction | undefined {
  for (const id of new Set(looks.flatMap(({ asked }) => [...asked]))) {
    let images = 0;
    for (const look of looks) {
      if (isOfAnotherTime(id, look, looks)) images += 1;
      if (images >= LEAST_MISFITS) return { kind: "moment", id, images };
    }
  }
  return undefined;
}

/** Whether masks fit the depth of their own images, while one of them moves. */
export function areMomentsWell(looks: readonly Look[]): boolean {
  const all = looks.flatMap(({ masked }) => masked ?? []);
  const isFitting = all.every(({ things }) => [...things.values()].every(fits));
  const [first] = all;
  return (
    isFitting &&
    all.some(({ things, view }) =>
      [...things.keys()].some((id) =>
        hasMoved(view.pixels.get(id) ?? [], first?.view.pixels.get(id), view),
      ),
    )
  );
}

function fits({ share }: { readonly share: number }): boolean {
  return share >= MISFITS;
}

function isOfAnotherTime(id: number, look: Look, looks: readonly Look[]): boolean {
  const { masked: now, depthSum, timeS, episode } = look;
  const own = now?.view.pixels.get(id);
  if (!now || !own) return false;
  const apartS = (other: Look) => Math.abs(other.timeS - timeS);
  const others = looks
    .filter((other) => other.episode === episode && other !== look)
    .sort((a, b) => apartS(a) - apartS(b));
  // What is cut off may look the same from elsewhere.
  const isWhole = !isAtBorder(own, now.view);
  const { edges, share = 1 } = now.things.get(id) ?? {};
  return others.some(({ masked: then, depthSum: thenSum }) => {
    if (then?.view.width !== now.view.width) return false;
    const isSame = isWhole && then.idSum === now.idSum;
    if (isSame && isOther(own, now.view, then.view)) return true;
    if (depthSum === thenSum && hasMoved(own, then.view.pixels.get(id), now.view)) return true;
    if (!edges || share >= MISFITS || !isGone(own, now.view, then.view)) return false;
    return shareNear({ ...edges, steps: then.steps }) > FITS;
  });
}

/** Whether a thing that was under a mask then is gone: the scene's main plane, or what is beyond, is there. */
function isGone(pixels: readonly number[], now: SmallView, then: SmallView): boolean {
  const isFarther = (pixel: number, a: number, b: number) =>
    a > (1 + GONE.off) * b && (now.nearer[pixel] ?? 0) < ON_PLANE;
  return shareWhere(pixels, now, then, isFarther) >= GONE.share;
}

function isOther(pixels: readonly number[], now: SmallView, then: SmallView): boolean {
  const differs = (_: number, a: number, b: number) => Math.abs(a - b) > OTHER.off * b;
  return shareWhere(pixels, now, then, differs) >= OTHER.share;
}

/** Of the pixels with depth in both images; 0 where most have none. */
function shareWhere(
  pixels: readonly number[],
  now: SmallView,
  then: SmallView,
  isMeant: (pixel: number, now: number, then: number) => boolean,
): number {
  let [known, meant] = [0, 0];
  for (const pixel of pixels) {
    const [a, b] = [now.depthM[pixel] ?? 0, then.depthM[pixel] ?? 0];
    if (!(a > 0 && b > 0)) continue;
    known += 1;
    if (isMeant(pixel, a, b)) meant += 1;
  }
  return known < LEAST_KNOWN * pixels.length ? 0 : meant / Math.max(1, known);
}

/** Whether two masks of one thing, neither of which is mostly hidden, lie in different places. */
function hasMoved(now: readonly number[], then: readonly number[] | undefined, { ids }: SmallView) {
  if (!then || Math.min(now.length, then.length) < LEAST_PIXELS) return false;
  const id = ids[now[0] ?? 0];
  const common = then.filter((pixel) => ids[pixel] === id).length;
  return common < MOVED * Math.min(now.length, then.length);
}
