import type { Picture } from "./fitPicture.js";

/** Pixels that are compared: across an edge as a sharp camera shows it, and across a much blurred one. */
const [NEAR_PX, FAR_PX] = [1, 9];
/** One of so many pixels of a row is looked at, in the next row this much further to the right: no edge is missed. */
const [APART_PX, FURTHER_PX] = [8, 3];
/** Of the steps, those at the strongest edges. */
const STRONGEST = 0.01;
/** The largest step, along both axes. */
const LARGEST = Math.ceil(255 * Math.SQRT2);
/** Green stands for all: it is most of the light. */
const GREEN = 1;

/**
 * How sharp the strongest edges of a picture are, whatever its contrast: their steps from one pixel to
 * the next, as a share of those to the ninth. About 0.5 for a sharp camera; 1/9 where the picture
 * changes slowly everywhere; 1 for a picture without edges.
 */
export function sharpnessOf({ pixels, inside }: Pick<Picture, "pixels" | "inside">): number {
  const { left, top, columns, rows, width } = inside;
  const near = new Uint32Array(LARGEST + 1);
  const far = new Uint32Array(LARGEST + 1);
  let count = 0;
  for (let row = 0; row < rows - FAR_PX; row++) {
    const first = (FURTHER_PX * row) % APART_PX;
    for (let column = first; column < columns - FAR_PX; column += APART_PX) {
      const at = 3 * ((top + row) * width + left + column) + GREEN;
      countStep(near, pixels, at, 3 * NEAR_PX, width);
      countStep(far, pixels, at, 3 * FAR_PX, width);
      count += 1;
    }
  }
  const farthest = quantile(far, STRONGEST * count);
  return farthest === 0 ? 1 : Math.min(1, quantile(near, STRONGEST * count) / farthest);
}

function countStep(
  counts: Uint32Array,
  pixels: Uint8Array,
  at: number,
  apart: number,
  width: number,
): void {
  const light = pixels[at] ?? 0;
  const right = (pixels[at + apart] ?? 0) - light;
  const below = (pixels[at + apart * width] ?? 0) - light;
  const step = Math.round(Math.sqrt(right * right + below * below));
  counts[step] = (counts[step] ?? 0) + 1;
}

/** The step that `most` of those counted are above. */
function quantile(counts: Uint32Array, most: number): number {
  let above = 0;
  for (let step = counts.length - 1; step > 0; step--) {
    above += counts[step] ?? 0;
    if (above > most) return step;
  }
  return 0;
}
