import { itemAt, mulberry32 } from "../base/index.js";
import type { DepthMap } from "./SourceImage.js";

/** Pixels that are looked at for a value that many have. */
const SAMPLED = 4096;
/** Of the pixels with depth, as many have the value of a limit. */
const LEAST_PLATEAU = 0.02;
/** Of these, to find out why. */
const LOOKED_AT = 20_000;
/** Depth so near to the limit, as a share of it, shows the surface that it cuts; of all pixels, as many. */
const BAND = 0.05;
const LEAST_BAND = 0.003;
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
  const stride = strideFor(depthM, SAMPLED);
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

/** Odd, so that it meets all columns. */
function strideFor({ length }: Float32Array, most: number): number {
  return Math.max(1, Math.floor(length / most)) | 1;
}

function isCut({ depthM, width, height }: DepthMap, limitM: number, isFar: boolean): boolean {
  const stride = strideFor(depthM, LOOKED_AT);
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
    spread(pixels).map((i): Sample => [i % width, Math.floor(i / width), 1 / (depthM[i] ?? 0)]);
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

/** In pixels, and 1 / m: so a plane is linear in the image, whatever the lens. */
type Sample = readonly [column: number, row: number, inverse: number];

/** The plane that most samples are on; undefined where that are few. */
function surfaceOf(samples: readonly Sample[]): Sample | undefined {
  const random = mulberry32(1);
  const draw = () => itemAt(samples, Math.floor(random() * samples.length));
  let best: Sample | undefined;
  let most = LEAST_ON_SURFACE * samples.length;
  for (let i = 0; i < DRAWS; i++) {
    const plane = through(draw(), draw(), draw());
    if (!plane) continue;
    const [a, b, c] = plane;
    let count = 0;
    for (const [x, y, inverse] of samples) {
      if (Math.abs(a * x + b * y + c - inverse) < ON_SURFACE * inverse) count++;
    }
    if (count > most) [best, most] = [plane, count];
  }
  return best && refined(best, samples);
}

/** The middles of three parts of what is on it, across and along the image: noise moves them less than a sample. */
function refined(plane: Sample, samples: readonly Sample[]): Sample {
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
  return (p && q && r && through(p, q, r)) ?? plane;
}

function middleOf(samples: readonly Sample[]): Sample {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  return [mean(([x]) => x), mean(([, y]) => y), mean(([, , inverse]) => inverse)];
}

/** a · column + b · row + c through three samples. */
function through(p: Sample, q: Sample, r: Sample): Sample | undefined {
  const [ax, ay, az] = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
  const [bx, by, bz] = [r[0] - p[0], r[1] - p[1], r[2] - p[2]];
  const area = ax * by - ay * bx;
  if (!(Math.abs(area) > 0)) return undefined;
  const a = (az * by - ay * bz) / area;
  const b = (ax * bz - az * bx) / area;
  return [a, b, p[2] - a * p[0] - b * p[1]];
}
