import type { DepthView } from "./DepthView.js";
import { isOneSurface } from "./growMask.js";

/**
 * A part beyond this share of the mask is the thing itself, and touches what is beside it: masks are moved by up to
 * 12 px, which is this share of a thing of 40 px.
 */
const LARGE_SHARE = 0.3;
/**
 * What is another thing's is a strip along its mask: at most so wide, pixels of an image 640 wide. 1° is 10 px with
 * a focal length of 550 px.
 */
const STRIP_PX = 10;
/** A surface that goes on at fewer places does so by chance: one pixel between two surfaces touches two others. */
const LEAST_PLACES = 3;

/**
 * A mask without strips of what is beside it: parts that a step in depth divides from the rest, and whose
 * surface goes on in another thing's mask. A mask that is too large or not quite in its place has them.
 *
 * @param isOther whether a pixel is in another thing's mask
 */
export function ownParts(
  { depthM, scratch, width }: DepthView,
  mask: Uint32Array,
  isOther: (pixel: number) => boolean,
): Uint32Array {
  const steps = [-1, 1, -width, width];
  for (const pixel of mask) scratch[pixel] = 1;
  const seeds: number[] = [];
  for (const pixel of mask) {
    const isInner =
      scratch[pixel - 1] === 1 &&
      scratch[pixel + 1] === 1 &&
      scratch[pixel - width] === 1 &&
      scratch[pixel + width] === 1;
    if (isInner) continue;
    const goesOn = (step: number) =>
      scratch[pixel + step] === 0 &&
      isOther(pixel + step) &&
      isOneSurface(depthM, pixel, pixel + step);
    if (steps.some(goesOn)) seeds.push(pixel);
  }
  const most = Math.min(LARGE_SHARE * mask.length, ((seeds.length * STRIP_PX) / 640) * width);
  let lost = 0;
  for (const seed of seeds.length < LEAST_PLACES ? [] : seeds) {
    if (scratch[seed] !== 1) continue;
    const part = partAround(seed, most);
    const places = part.isWhole ? seedsIn(part.pixels, seeds) : 0;
    const isStrip =
      places >= LEAST_PLACES && part.pixels.length <= ((places * STRIP_PX) / 640) * width;
    for (const pixel of part.pixels) scratch[pixel] = isStrip ? STRIP : THING;
    if (isStrip) lost += part.pixels.length;
  }
  // A thing is not made of others' strips alone.
  const own =
    lost === 0 || lost === mask.length ? mask : mask.filter((pixel) => scratch[pixel] !== STRIP);
  for (const pixel of mask) scratch[pixel] = 0;
  return own;

  /** As far as no step in depth ends it; not whole where it is larger, or is known to be the thing's. */
  function partAround(seed: number, most: number) {
    const pixels = [seed];
    scratch[seed] = VISITED;
    let isWhole = true;
    for (const pixel of pixels) {
      for (const step of steps) {
        const mark = scratch[pixel + step];
        if (!mark || mark === VISITED || !isOneSurface(depthM, pixel, pixel + step)) continue;
        if (mark === THING) isWhole = false;
        if (mark !== 1) continue;
        scratch[pixel + step] = VISITED;
        pixels.push(pixel + step);
      }
      if (pixels.length > most) isWhole = false;
      if (!isWhole) break;
    }
    return { pixels, isWhole };
  }
}

/** Marks of pixels of a mask, all of which have 1 at first. */
const [VISITED, THING, STRIP] = [2, 3, 4];

function seedsIn(part: readonly number[], seeds: readonly number[]): number {
  const pixels = new Set(part);
  return seeds.filter((seed) => pixels.has(seed)).length;
}
