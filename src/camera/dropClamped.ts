import {
  drawPlane,
  type InversePlane,
  type InverseSample,
  itemAt,
  oddStride,
  planeThrough,
} from "../base/index.js";
import type { DepthMap } from "./SourceImage.js";

/** Pixels that are looked at for a value that many have. */
const SAMPLED = 4096;
/** Of the pixels with depth, as many have the value of a limit. */
const LEAST_PLATEAU = 0.02;
/** Of these, to find out why. */
const LOOKED_AT = 20_000;
/** Depth so near to the limit, as a share of it, shows the surface that it cuts; of all pixels, as many. */
const BAND = 0.05;
const LEAST_BAND = 0.02;
/** A limit has so many times as many pixels as any value beside it: a step of coarse depth has as many. */
const TIMES_OTHERS = 4;
/** Of the band, as many are in each of the two slices beside the limit. */
const SLICE = BAND / 4;
const LEAST_IN_SLICE = 0.08;
/** Of the band, as many lie on the surface, which is so exact as a share of the distance. */
const LEAST_ON_SURFACE = 0.4;
const ON_SURFACE = 0.01;
/** Of what has the limit's value, as many lie where the surface is beyond the limit. */
const LEAST_BEYOND = 0.8;
/** What stands upright on a table that is seen from right above is no such surface: in the middle it is far away. */
const LEAST_IN_MIDDLE = 0.25;
const DRAWS = 40;
/** Square pixels: three samples in a line span no surface. */
const LEAST_AREA = 1;
const LEAST_SAMPLES = 24;
const MOST_SAMPLES = 300;

/**
 * Takes out depth that a camera or driver has limited: pixels that all have the farthest (or the nearest)
 * value of the picture, where a surface that comes up to that value would go on beyond it. A wall or table that
 * is seen from right before it has one value, too, but no surface leads over it; it stays. So do a background
 * at a far plane, and the steps of coarse depth.
 */
export function dropClamped(map: DepthMap): void {
  const { depthM } = map;
  for (const isFar of [true, false]) {
    const limitM = plateauOf(depthM, isFar);
    if (limitM === undefined || !isCut(map, limitM, isFar)) continue;
    for (let i = 0; i < depthM.length; i++) if (depthM[i] === limitM) depthM[i] = Number.NaN;
  }
}

/** The farthest or the nearest value, if many pixels have it. */
function plateauOf(depthM: Float32Array, isFar: boolean): number | undefined {
  const stride = oddStride(depthM, SAMPLED);
  let [limitM, count, known] = [isFar ? 0 : Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0; i < depthM.length; i += stride) {
    const value = depthM[i] ?? 0;
    if (!(value > 0)) continue;
    known++;
    if (value === limitM) count++;
    else if (isFar ? value > limitM : value < limitM) [limitM, count] = [value, 1];
  }
  return count > Math.max(1, LEAST_PLATEAU * known) ? limitM : undefined;
}

function isCut({ depthM, width, height }: DepthMap, limitM: number, isFar: boolean): boolean {
  const stride = oddStride(depthM, LOOKED_AT);
  const [least, most] = [limitM * (1 - BAND), limitM * (1 + BAND)];
  const [plateau, band]: [number[], number[]] = [[], []];
  for (let i = 0; i < depthM.length; i += stride) {
    const value = depthM[i] ?? 0;
    if (!(value > least && value < most)) continue;
    (value === limitM ? plateau : band).push(i);
  }
  const looked = depthM.length / stride;
  if (band.length < Math.max(LEAST_SAMPLES, LEAST_BAND * looked)) return false;
  const counts = new Map<number, number>();
  for (const pixel of band) {
    const value = depthM[pixel] ?? 0;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (plateau.length < TIMES_OTHERS * Math.max(...counts.values())) return false;
  // A surface that comes up to the limit is seen at all depths before it; a low thing's top is not.
  let [nearest, near] = [0, 0];
  for (const pixel of band) {
    const off = Math.abs((depthM[pixel] ?? 0) / limitM - 1);
    if (off < SLICE) nearest++;
    else if (off < 2 * SLICE) near++;
  }
  if (Math.min(nearest, near) < LEAST_IN_SLICE * band.length) return false;
  const sampled = (pixels: readonly number[]) =>
    spread(pixels).map(
      (i): InverseSample => [i % width, Math.floor(i / width), 1 / (depthM[i] ?? 0)],
    );
  const surface = surfaceOf(sampled(band));
  if (!surface) return false;
  const [a, b, c] = surface;
  if ((a * width + b * height) / 2 + c < LEAST_IN_MIDDLE / limitM) return false;
  const limited = sampled(plateau);
  const beyond = limited.filter(([x, y, inverse]) => {
    const told = a * x + b * y + c;
    return isFar ? told < inverse : told > inverse;
  });
  return beyond.length >= LEAST_BEYOND * limited.length;
}

function spread(pixels: readonly number[]): readonly number[] {
  const kept = Math.min(MOST_SAMPLES, pixels.length);
  return Array.from({ length: kept }, (_, i) =>
    itemAt(pixels, Math.floor((i * pixels.length) / kept)),
  );
}

/** The plane that most samples are on; undefined where that are few. */
function surfaceOf(samples: readonly InverseSample[]): InversePlane | undefined {
  const best = drawPlane(samples, {
    draws: DRAWS,
    within: ON_SURFACE,
    moreThan: LEAST_ON_SURFACE * samples.length,
    leastArea: LEAST_AREA,
  });
  return best && refined(best, samples);
}

/** The middles of three parts of what is on it, across and along the image: noise moves them less than a sample. */
function refined(plane: InversePlane, samples: readonly InverseSample[]): InversePlane {
  const [a, b, c] = plane;
  const own = samples.filter(
    ([x, y, inverse]) => Math.abs(a * x + b * y + c - inverse) < ON_SURFACE * inverse,
  );
  const [x, y] = middleOf(own);
  const parts = [
    own.filter((it) => it[1] < y && it[0] < x),
    own.filter((it) => it[1] < y && it[0] >= x),
    own.filter((it) => it[1] >= y),
  ];
  const [p, q, r] = parts.map(middleOf);
  return (p && q && r && planeThrough(p, q, r, LEAST_AREA)) ?? plane;
}

function middleOf(samples: readonly InverseSample[]): InverseSample {
  const mean = (of: (sample: InverseSample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  return [mean(([x]) => x), mean(([, y]) => y), mean(([, , inverse]) => inverse)];
}
