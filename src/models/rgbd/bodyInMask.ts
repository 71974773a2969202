import { boxAround, type PixelBox, scaledBox } from "../../camera/index.js";
import type { Plane } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { type LiftedPixels, raisedLimitM } from "./liftPixels.js";
import type { FoundObject } from "./located.js";

/** The edge of a mask is this wide, pixels of an image 640 wide. */
const EDGE_PX = 5;

/** Of a mask that has depth everywhere. */
export const NO_HOLES = [0, 0] as const;

/**
 * Share of what was lifted of a mask that is not the body's, at the mask's edge: there a mask bleeds. What
 * is lost inside, such as the floor of a tray in a noisy image, says nothing of its edge.
 */
export function lostShareOf(
  { scratch, width }: DepthView,
  mask: Uint32Array,
  lifted: LiftedPixels,
  { pixels }: LiftedPixels,
): number {
  // Iterators cost more than what is done here.
  for (let i = 0; i < mask.length; i++) scratch[mask[i]!] = 1;
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 2;
  const reach = Math.max(1, Math.round((EDGE_PX * width) / 640));
  const rows = reach * width;
  let lost = 0;
  for (let i = 0; i < lifted.pixels.length; i++) {
    const pixel = lifted.pixels[i]!;
    if (scratch[pixel] !== 1) continue;
    const isInner =
      scratch[pixel + reach] &&
      scratch[pixel - reach] &&
      scratch[pixel + rows] &&
      scratch[pixel - rows];
    if (!isInner) lost += 1;
  }
  for (let i = 0; i < mask.length; i++) scratch[mask[i]!] = 0;
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 0;
  return lost / lifted.pixels.length;
}

/** How far the middle of a body is moved if it has the pixels of its mask without depth too. */
export function holesOf(
  { depthM, width }: DepthView,
  mask: Uint32Array,
  { pixels }: LiftedPixels,
  pitchM: number,
): readonly [number, number] {
  let holes = 0;
  let columns = 0;
  let rows = 0;
  for (const pixel of mask) {
    if (depthM[pixel]! > 0) continue;
    holes += 1;
    columns += pixel % width;
    rows += Math.floor(pixel / width);
  }
  if (holes === 0) return NO_HOLES;
  let ownColumns = 0;
  let ownRows = 0;
  for (const pixel of pixels) {
    ownColumns += pixel % width;
    ownRows += Math.floor(pixel / width);
  }
  const share = (pitchM * holes) / mask.length;
  return [
    share * (columns / holes - ownColumns / pixels.length),
    share * (rows / holes - ownRows / pixels.length),
  ];
}

/**
 * How much farther a mask goes on without depth than its body, metres: at both ends across the image together, and at
 * both ends down. What is shiny or of glass at its ends is seen shorter than it is, and its middle says nothing of it.
 */
export function blindEndsOf(
  { depthM, width }: DepthView,
  mask: Uint32Array,
  { pixels }: LiftedPixels,
  pitchM: number,
): readonly [number, number] {
  const [left, top, right, bottom] = boxAround(pixels, width);
  const inRows = new Set<number>();
  const inColumns = new Set<number>();
  let across = 0;
  let down = 0;
  for (const pixel of mask) {
    if ((depthM[pixel] ?? 0) > 0) continue;
    const column = pixel % width;
    const row = (pixel - column) / width;
    if (column < left || column >= right) {
      across += 1;
      inRows.add(row);
    }
    if (row < top || row >= bottom) {
      down += 1;
      inColumns.add(column);
    }
  }
  // The strips' mean widths; a few pixels are strays.
  const meanM = (count: number, lines: number, most: number) =>
    (pitchM * count) / Math.max(1, lines, most / 2);
  return [meanM(across, inRows.size, bottom - top), meanM(down, inColumns.size, right - left)];
}

/**
 * How far a body goes on above what of it is in its mask, metres. Stereo makes what is near too wide: where a near rim
 * goes on over what lies behind it, it seems to be higher.
 */
export function aboveMask(
  { colorScale }: DepthView,
  whole: Omit<FoundObject, "ref">,
  inMask: Omit<FoundObject, "ref">,
): number {
  const abovePx = (inMask.boxPx?.[1] ?? 0) - (whole.boxPx?.[1] ?? 0);
  return (Math.max(0, abovePx) / colorScale) * whole.object.pitchM;
}

/** A few pixels beyond a body are strays, or its edge. */
const LEAST_BEYOND = 5;

/**
 * How far the middle of a body is moved if it reaches as far in the image as what of its mask rises from the support:
 * beside what hides a thing, its far end may be seen as a sliver, too thin to be measured.
 */
export function beyondOf(
  { depthM, rays, width }: DepthView,
  mask: Uint32Array,
  { pixels }: LiftedPixels,
  plane: Plane,
  pitchM: number,
): readonly [number, number] {
  const [nx, ny, nz] = plane.normal;
  const limitM = raisedLimitM(plane);
  const [left, top, right, bottom] = boxAround(pixels, width);
  const beyond: number[] = [];
  for (const pixel of mask) {
    const column = pixel % width;
    const row = (pixel - column) / width;
    if (column >= left && column < right && row >= top && row < bottom) continue;
    const z = depthM[pixel] ?? 0;
    if (!(z > 0)) continue;
    const [x, y] = [rays[2 * pixel] ?? 0, rays[2 * pixel + 1] ?? 0];
    if (z * (nx * x + ny * y + nz) + plane.offsetM > limitM) beyond.push(pixel);
  }
  if (beyond.length < LEAST_BEYOND) return NO_HOLES;
  const all = boxAround(Uint32Array.from(beyond), width);
  const wider = Math.max(0, all[2] - right) - Math.max(0, left - all[0]);
  const lower = Math.max(0, all[3] - bottom) - Math.max(0, top - all[1]);
  return [(pitchM * wider) / 2, (pitchM * lower) / 2];
}

/** Around a body, pixels of the colour image. */
export function boxOf({ width, colorScale }: DepthView, pixels: Uint32Array): PixelBox {
  return scaledBox(boxAround(pixels, width), colorScale, colorScale);
}
