import { inverted, solved, type Vec3 } from "../base/index.js";
import type { LengthEstimate } from "./answerKind.js";
import { varianceAlong } from "./centerSigma.js";
import type { Symmetric3 } from "./symmetricEigen3.js";

/** A mean and its standard deviation. */
export interface Normal {
  readonly mean: number;
  readonly sigma: number;
}

/** The box around a body in an image. */
export interface SeenBox {
  /** left, top, right, bottom, pixels. */
  readonly edges: Edges;
  /** Standard deviation of each edge, pixels; Infinity for one that is not the body's own. */
  readonly sigmasPx: Edges;
}

export type Edges = readonly [left: number, top: number, right: number, bottom: number];

/** What is known of a body beside its box. Lengths in a canonical frame, metres. */
export interface UprightPrior {
  /** Height of its lowest point over the plane. */
  readonly bottomM: Normal;
  /** Natural logarithm of half of its width across the view, in metres. */
  readonly logHalfWidth: Normal;
  /** Natural logarithm of its depth along the view as a share of its width. */
  readonly logDepth: Normal;
  /** Natural logarithm of its height as a share of its width. */
  readonly logHeight: Normal;
  /**
   * Covariance of the three logarithms, in this order, in place of their sigmas: one view tells the sum of what a
   * thing's depth and its height add to its box better than either.
   */
  readonly formCovariance?: Symmetric3;
  /** Where its centre is about, the same sigma in all directions. */
  readonly center?: { readonly at: Vec3; readonly sigmaM: number };
}

/** An upright cylinder with an elliptic foot, in a canonical frame (z up, the plane at 0). */
export interface UprightBody {
  readonly center: Vec3;
  /** Of its centre, in the canonical frame, m². */
  readonly covariance: Symmetric3;
  readonly bottom: Normal;
  readonly logHalfWidth: Normal;
  readonly logDepth: Normal;
  readonly logHeight: Normal;
  /** Of the three logarithms. */
  readonly formCovariance: Symmetric3;
  /** Across the ray to it, along it, and up, metres. */
  readonly widthM: number;
  readonly depthM: number;
  readonly heightM: number;
  /** Of the less known one of width and height. */
  readonly sizeSigmaM: number;
  /**
   * How badly box and prior fit: the sum of the squared deviations in sigmas. About 2 for a body
   * that is such a cylinder and stands where the prior says.
   */
  readonly chi2: number;
  /**
   * Natural logarithm of how likely the box is under the prior, but for what all priors share: by it, two priors of
   * one box compare.
   */
  readonly logEvidence: number;
}

const RIM_POINTS = 32;
const RIM = Array.from({ length: RIM_POINTS }, (_, i) => {
  const angle = (2 * Math.PI * i) / RIM_POINTS;
  return [Math.cos(angle), Math.sin(angle)] as const;
});

/** Of x, y, height of the bottom, and the three logarithms. */
const STEPS = [1e-4, 1e-4, 1e-4, 1e-3, 1e-3, 1e-3] as const;
const ITERATIONS = 30;

/**
 * The upright cylinder whose image has a box: the most likely one under the prior, by
 * Levenberg-Marquardt on the box's four edges (Nocedal and Wright, 10.3), with the covariance of the
 * linearised problem. The image of a cylinder is the convex hull of its rims' images, so the edges
 * are those of the rims' points.
 *
 * @param project a point of the canonical frame to pixels; NaN for what the camera cannot see
 * @param start where its foot is about, in the plane
 * @returns undefined if the camera cannot see such a body
 */
export function fitUpright(
  { edges, sigmasPx }: SeenBox,
  prior: UprightPrior,
  project: (point: Vec3) => readonly [u: number, v: number],
  start: readonly [x: number, y: number],
): UprightBody | undefined {
  const formOf = whitened(prior);
  const residuals = (p: Float64Array): Float64Array | undefined => {
    const predicted = boxOf(p, project);
    if (!predicted) return undefined;
    const [, , bottom = 0, width = 0, depth = 0, height = 0] = p;
    const own = [
      ...edges.map((edge, i) => ((predicted[i] ?? 0) - edge) / (sigmasPx[i] ?? 1)),
      deviation(bottom, prior.bottomM),
      ...formOf(width, depth, height),
    ];
    const { center } = prior;
    if (center) {
      const at = centerOf(p);
      own.push(...at.map((value, i) => (value - (center.at[i] ?? 0)) / center.sigmaM));
    }
    return Float64Array.from(own);
  };
  let best = Float64Array.of(
    ...start,
    prior.bottomM.mean,
    prior.logHalfWidth.mean,
    prior.logDepth.mean,
    prior.logHeight.mean,
  );
  let now = residuals(best);
  let damping = 1e-3;
  for (let i = 0; now && i < ITERATIONS && damping < 1e8; i++) {
    const { normal, gradient } = normalEquations(best, now, residuals);
    const damped = normal.map((row, k) =>
      row.map((value, l) => (k === l ? value * (1 + damping) + 1e-9 : value)),
    );
    const step = solved(damped, gradient);
    const next = step && best.map((value, k) => value - (step[k] ?? 0));
    const then = next && residuals(next);
    if (!next || !then || !(squared(then) < squared(now))) {
      damping *= 10;
      continue;
    }
    const gain = squared(now) - squared(then);
    [best, now, damping] = [next, then, damping / 10];
    if (gain < 1e-6) break;
  }
  if (!now) return undefined;
  return bodyOf(best, now, normalEquations(best, now, residuals).normal, prior);
}

function deviation(value: number, { mean, sigma }: Normal): number {
  return (value - mean) / sigma;
}

/** Deviations of the three logarithms from the prior that are independent and each of variance 1. */
function whitened(prior: Form) {
  const { logHalfWidth, logDepth, logHeight } = prior;
  // The covariance is L Lᵀ, and L⁻¹ makes deviations independent.
  const [a, b, c, d, e, f] = choleskyOf(prior);
  return (width: number, depth: number, height: number): readonly [number, number, number] => {
    const first = (width - logHalfWidth.mean) / a;
    const second = (depth - logDepth.mean - b * first) / c;
    return [first, second, (height - logHeight.mean - d * first - e * second) / f];
  };
}

type Form = Pick<UprightPrior, "logHalfWidth" | "logDepth" | "logHeight" | "formCovariance">;

/** The lower triangle L of a form's covariance L Lᵀ, row by row. */
function choleskyOf({ logHalfWidth, logDepth, logHeight, formCovariance }: Form) {
  const [xx, xy, xz, yy, yz, zz] = formCovariance ?? [
    logHalfWidth.sigma ** 2,
    0,
    0,
    logDepth.sigma ** 2,
    0,
    logHeight.sigma ** 2,
  ];
  const a = Math.sqrt(xx);
  const [b, d] = [xy / a, xz / a];
  const c = Math.sqrt(yy - b * b);
  const e = (yz - b * d) / c;
  const f = Math.sqrt(zz - d * d - e * e);
  return [a, b, c, d, e, f] as const;
}

/** Logarithm of the volume of a prior, but for factors that all priors share. */
function logSpread({ bottomM, center, ...form }: UprightPrior): number {
  const [a, , c, , , f] = choleskyOf(form);
  return Math.log(bottomM.sigma * a * c * f) + 3 * Math.log(center?.sigmaM ?? 1);
}

function squared(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function centerOf(p: Float64Array): [number, number, number] {
  const [x = 0, y = 0, bottom = 0, width = 0, , height = 0] = p;
  return [x, y, bottom + Math.exp(width + height)];
}

/** Of the rims, left, top, right, bottom; undefined if some point is not seen. */
function boxOf(
  p: Float64Array,
  project: (point: Vec3) => readonly [u: number, v: number],
): Edges | undefined {
  const [x = 0, y = 0, bottom = 0, width = 0, depth = 0, height = 0] = p;
  const across = Math.exp(width);
  const along = across * Math.exp(depth);
  const top = bottom + 2 * across * Math.exp(height);
  const away = Math.hypot(x, y);
  const [cos, sin] = away > 1e-6 ? [x / away, y / away] : [1, 0];
  let [left, upper, right, lower] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [c, s] of RIM) {
    const px = x + along * c * cos - across * s * sin;
    const py = y + along * c * sin + across * s * cos;
    for (const z of [bottom, top]) {
      const [u, v] = project([px, py, z]);
      if (!(Number.isFinite(u) && Number.isFinite(v))) return undefined;
      left = Math.min(left, u);
      right = Math.max(right, u);
      upper = Math.min(upper, v);
      lower = Math.max(lower, v);
    }
  }
  return [left, upper, right, lower];
}

/** JᵀJ and Jᵀr at `p`, by forward differences. */
function normalEquations(
  p: Float64Array,
  at: Float64Array,
  residuals: (p: Float64Array) => Float64Array | undefined,
): { readonly normal: number[][]; readonly gradient: number[] } {
  const columns = STEPS.map((step, k) => {
    const moved = residuals(p.map((value, i) => (i === k ? value + step : value)));
    return at.map((value, i) => ((moved?.[i] ?? value) - value) / step);
  });
  const product = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return {
    normal: columns.map((a) => columns.map((b) => product(a, b))),
    gradient: columns.map((column) => product(column, at)),
  };
}

/** Of a positive definite matrix, by elimination. */
function logDeterminant(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row]);
  return rows.reduce((sum, row, k) => {
    const lead = row[k] ?? 0;
    for (const below of rows.slice(k + 1)) {
      const factor = (below[k] ?? 0) / lead;
      row.forEach((value, j) => {
        below[j] = (below[j] ?? 0) - factor * value;
      });
    }
    return sum + Math.log(lead);
  }, 0);
}

function bodyOf(
  p: Float64Array,
  at: Float64Array,
  normal: number[][],
  prior: UprightPrior,
): UprightBody | undefined {
  const [, , bottomM = 0, width = 0, depth = 0, height = 0] = p;
  // A little is added for what nothing tells.
  const regular = normal.map((row, i) => row.map((value, j) => (i === j ? value + 1e-6 : value)));
  const covariance = inverted(regular);
  if (!covariance) return undefined;
  const at2 = (i: number, j: number) => covariance[j]?.[i] ?? 0;
  const sigma = (i: number) => Math.sqrt(Math.max(0, at2(i, i)));
  const halfHeight = Math.exp(width + height);
  // The centre's height is bottom + exp(width + height).
  const up = [2, 3, 5].map((i) => [i, i === 2 ? 1 : halfHeight] as const);
  const withUp = (i: number) => up.reduce((sum, [j, factor]) => sum + factor * at2(i, j), 0);
  const zz = up.reduce((sum, [j, factor]) => sum + factor * withUp(j), 0);
  const widthM = 2 * Math.exp(width);
  const depthM = widthM * Math.exp(depth);
  const heightM = widthM * Math.exp(height);
  const pairSigma = (i: number, j: number) =>
    Math.sqrt(Math.max(0, at2(i, i) + at2(j, j) + 2 * at2(i, j)));
  return {
    center: centerOf(p),
    covariance: [at2(0, 0), at2(0, 1), withUp(0), at2(1, 1), withUp(1), zz],
    bottom: { mean: bottomM, sigma: sigma(2) },
    logHalfWidth: { mean: width, sigma: sigma(3) },
    logDepth: { mean: depth, sigma: sigma(4) },
    logHeight: { mean: height, sigma: sigma(5) },
    formCovariance: [at2(3, 3), at2(3, 4), at2(3, 5), at2(4, 4), at2(4, 5), at2(5, 5)],
    ...{ widthM, depthM, heightM },
    sizeSigmaM: Math.max(widthM * sigma(3), heightM * pairSigma(3, 5)),
    chi2: squared(at),
    logEvidence: -(squared(at) + logDeterminant(regular)) / 2 - logSpread(prior),
  };
}

/** Correlation of what a foot is long along the ray to it and across: 0 is that of a circle, 1 of a line. */
const ASLANT_SIGMA = 0.25;

/** How long a body is along a direction of length 1 of its frame, with the sigma of its form. */
export function extentAlong(
  { center, widthM, depthM, heightM, formCovariance }: UprightBody,
  [x, y, z]: Vec3,
): LengthEstimate {
  const away = Math.hypot(center[0], center[1]) || 1;
  const along = (depthM * (x * center[0] + y * center[1])) / away;
  const across = (widthM * (y * center[0] - x * center[1])) / away;
  const footM = Math.hypot(along, across);
  const upM = heightM * Math.abs(z);
  const valueM = footM + upM;
  // By the logarithms of width, depth and height.
  const by: Vec3 = [valueM, footM > 0 ? along ** 2 / footM : 0, upM];
  // A foot that is longer aslant than along the ray or across it ends elsewhere, on the side that it points to.
  const aslantM = footM > 0 ? (ASLANT_SIGMA * along * across) / footM : 0;
  return { valueM, sigmaM: Math.hypot(Math.sqrt(varianceAlong(formCovariance, by)), aslantM) };
}
