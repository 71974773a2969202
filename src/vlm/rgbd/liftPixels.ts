import { evenlySpread, type PointCloud, pickPoints } from "../../spatial/index.js";
import type { DepthView } from "./DepthView.js";

/** More points of an object than these cost time and tell nothing new. */
const MAX_POINTS = 2500;

/** Points of some pixels; `pixels[i]` is the pixel of point i. */
export interface LiftedPixels {
  readonly points: PointCloud;
  readonly pixels: Uint32Array;
}

/**
 * Back-projects pixels that have a depth; of very many, an even selection. Skips pixels whose
 * depth none of their neighbours among `pixels` shares: at the edge of an object, depth cameras
 * see mixtures of it and of what lies behind.
 */
export function liftPixels(
  view: DepthView,
  pixels: Uint32Array,
  maxPoints = MAX_POINTS,
): LiftedPixels {
  const { depthM, rays, scratch } = view;
  for (const pixel of pixels) scratch[pixel] = 1;
  const valid = new Uint32Array(pixels.length);
  let n = 0;
  for (const pixel of pixels)
    if (depthM[pixel]! > 0 && !Number.isNaN(rays[2 * pixel]!) && isShared(view, pixel))
      valid[n++] = pixel;
  for (const pixel of pixels) scratch[pixel] = 0;

  const chosen = evenlySpread(n, maxPoints);
  const kept = new Uint32Array(chosen.length);
  const xyz = new Float32Array(3 * chosen.length);
  for (let i = 0; i < chosen.length; i++) {
    const pixel = valid[chosen[i]!]!;
    const z = depthM[pixel]!;
    kept[i] = pixel;
    xyz[3 * i] = z * rays[2 * pixel]!;
    xyz[3 * i + 1] = z * rays[2 * pixel + 1]!;
    xyz[3 * i + 2] = z;
  }
  return { points: { count: chosen.length, xyz }, pixels: kept };
}

/** The lifted pixels at the given indices. */
export function pickPixels(lifted: LiftedPixels, indices: Uint32Array): LiftedPixels {
  return {
    points: pickPoints(lifted.points, indices),
    pixels: indices.map((i) => lifted.pixels[i]!),
  };
}

function isShared({ depthM, scratch, width }: DepthView, pixel: number): boolean {
  const z = depthM[pixel]!;
  const limit = 0.01 * (1 + z);
  const near = (other: number): boolean =>
    scratch[other] === 1 && Math.abs(depthM[other]! - z) <= limit;
  const column = pixel % width;
  return (
    (column > 0 && near(pixel - 1)) ||
    (column < width - 1 && near(pixel + 1)) ||
    near(pixel - width) ||
    near(pixel + width)
  );
}
