import { evenlySpread, type Plane, type PointCloud, pickPoints } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";

/** More points of an object than these cost time and add nothing. */
const MAX_POINTS = 2500;

/** Neighbours on one surface differ by less at no distance, metres; a sensor's noise grows with its square. */
const SHARED_M = 0.005;

/** Points of some pixels; `pixels[i]` is the pixel of point i. */
export interface LiftedPixels {
  readonly points: PointCloud;
  readonly pixels: Uint32Array;
}

/** The same, and the share of the pixels that lie between two surfaces, 0..1. */
export interface LiftedMask extends LiftedPixels {
  readonly tornShare: number;
}

/**
 * Back-projects pixels that have a depth; of very many, an even selection. Skips pixels whose
 * depth fewer than two of their neighbours among `pixels` share: at the edge of an object, depth cameras
 * see mixtures of it and of what lies behind.
 */
export function liftPixels(
  view: DepthView,
  pixels: Uint32Array,
  maxPoints = MAX_POINTS,
): LiftedMask {
  const { shared, torn } = sharedPixels(view, pixels);
  const tornShare = torn / Math.max(1, pixels.length);
  return { ...backProject(view, pick(shared, maxPoints)), tornShare };
}

/** Back-projects an even selection of the pixels as they are: for planes, which strays do not hurt. */
export function liftSample(view: DepthView, pixels: Uint32Array, maxPoints: number): LiftedPixels {
  const { depthM } = view;
  return backProject(
    view,
    pick(pixels, maxPoints).filter((pixel) => depthM[pixel]! > 0),
  );
}

/** The lifted pixels at the given indices. */
export function pickPixels(lifted: LiftedPixels, indices: Uint32Array): LiftedPixels {
  return {
    points: pickPoints(lifted.points, indices),
    pixels: indices.map((i) => lifted.pixels[i]!),
  };
}

function pick(pixels: Uint32Array, most: number): Uint32Array {
  if (pixels.length <= most) return pixels;
  return evenlySpread(pixels.length, most).map((i) => pixels[i]!);
}

function backProject({ depthM, rays }: DepthView, pixels: Uint32Array): LiftedPixels {
  const kept = new Uint32Array(pixels.length);
  const xyz = new Float32Array(3 * pixels.length);
  let n = 0;
  for (const pixel of pixels) {
    const z = depthM[pixel]!;
    const x = z * rays[2 * pixel]!;
    // Where the lens sees nothing.
    if (Number.isNaN(x)) continue;
    kept[n] = pixel;
    xyz[3 * n] = x;
    xyz[3 * n + 1] = z * rays[2 * pixel + 1]!;
    xyz[3 * n + 2] = z;
    n += 1;
  }
  return { points: { count: n, xyz: xyz.subarray(0, 3 * n) }, pixels: kept.subarray(0, n) };
}

function sharedPixels(
  { depthM, scratch, width, height }: DepthView,
  pixels: Uint32Array,
): { readonly shared: Uint32Array; readonly torn: number } {
  const size = width * height;
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 1;
  const shared = new Uint32Array(pixels.length);
  let n = 0;
  let torn = 0;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const z = depthM[pixel]!;
    if (!(z > 0)) continue;
    const limit = SHARED_M * (1 + z * z);
    const column = pixel % width;
    let near = 0;
    let known = 0;
    if (column > 0 && scratch[pixel - 1] === 1) {
      const other = depthM[pixel - 1]!;
      if (other > 0) known += 1;
      if (Math.abs(other - z) <= limit) near += 1;
    }
    if (column < width - 1 && scratch[pixel + 1] === 1) {
      const other = depthM[pixel + 1]!;
      if (other > 0) known += 1;
      if (Math.abs(other - z) <= limit) near += 1;
    }
    if (pixel >= width && scratch[pixel - width] === 1) {
      const other = depthM[pixel - width]!;
      if (other > 0) known += 1;
      if (Math.abs(other - z) <= limit) near += 1;
    }
    if (pixel + width < size && scratch[pixel + width] === 1) {
      const other = depthM[pixel + width]!;
      if (other > 0) known += 1;
      if (Math.abs(other - z) <= limit) near += 1;
    }
    if (near >= 2) shared[n++] = pixel;
    else if (known >= 2) torn += 1;
  }
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 0;
  return { shared: shared.subarray(0, n), torn };
}

/** Points this close to the support are as likely to be the support's. */
const CLOSE_M = 0.003;

/** An object of which a smaller share rises from the support is flat: a sheet, a plate. */
const RAISED_SHARE = 0.3;

/** What is higher than this over the support is not the support. */
export function raisedLimitM({ residualM }: Plane): number {
  return Math.max(CLOSE_M, 2 * residualM);
}

/**
 * Indices of the points that rise from the support by more than its scatter. A mask that bleeds
 * over the object's edge brings points of the support; a flat object is kept whole.
 */
export function offPlane({ count, xyz }: PointCloud, plane: Plane): Uint32Array {
  const [nx, ny, nz] = plane.normal;
  const limit = raisedLimitM(plane);
  const raised = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++) {
    const height = nx * xyz[3 * i]! + ny * xyz[3 * i + 1]! + nz * xyz[3 * i + 2]! + plane.offsetM;
    if (height > limit) raised[n++] = i;
  }
  if (n >= RAISED_SHARE * count) return raised.subarray(0, n);
  return Uint32Array.from({ length: count }, (_, i) => i);
}
