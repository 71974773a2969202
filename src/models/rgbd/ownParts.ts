import type { DepthView } from "./DepthView.js";
import { isOneSurface } from "./growMask.js";

/** A part beyond this share of the mask is the thing itself, and touches what is beside it. */
const LARGE_SHARE = 0.3;
/** What is another thing's is a strip along its mask: at most so wide, pixels of an image 640 wide. */
const STRIP_PX = 10;
/** A surface that goes on at fewer places does so by chance. */
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
  let lost = 0;
  for (const seed of seeds.length < LEAST_PLACES ? [] : seeds) {
    if (scratch[seed] !== 1) continue;
    scratch[seed] = 2;
    const part = [seed];
    for (const pixel of part)
      for (const step of steps) {
        if (scratch[pixel + step] !== 1 || !isOneSurface(depthM, pixel, pixel + step)) continue;
        scratch[pixel + step] = 2;
        part.push(pixel + step);
      }
    const isLarge = part.length > LARGE_SHARE * mask.length;
    const places = isLarge ? 0 : seedsIn(part, seeds);
    if (places < LEAST_PLACES || part.length > ((places * STRIP_PX) / 640) * width) continue;
    for (const pixel of part) scratch[pixel] = 3;
    lost += part.length;
  }
  const own = lost === 0 ? mask : mask.filter((pixel) => scratch[pixel] !== 3);
  for (const pixel of mask) scratch[pixel] = 0;
  return own;
}

function seedsIn(part: readonly number[], seeds: readonly number[]): number {
  const pixels = new Set(part);
  return seeds.filter((seed) => pixels.has(seed)).length;
}
