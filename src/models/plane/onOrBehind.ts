import type { Vec3 } from "../../base/index.js";
import { type PixelBox, pixelRay } from "../../camera/index.js";
import {
  type Normal,
  type SeenBox,
  type Symmetric3,
  toCanonical,
  type UprightBody,
  type UprightPrior,
} from "../../geometry/index.js";
import { anywhereBetween, type BoxView, footOf, footPixelOf } from "./BoxView.js";
import { type EdgeIndex, footEdgeOf, turned, turnedBack } from "./turned.js";

/** What is known of a thing's form. */
export type Form = Omit<UprightPrior, "bottomM" | "center">;
/** The body that the box of one thing is of; `seen` is that box, unless another one is given. */
export type Fit = (prior: UprightPrior, seen?: SeenBox) => UprightBody | undefined;

/** Height of the lowest point of what stands on the plane, metres. */
export const STANDS: Normal = { mean: 0, sigma: 0.003 };
/** The same of what an arm holds: low, higher and high, as how far away that is does not grow evenly. */
const HELD: readonly Normal[] = [0.05, 0.12, 0.2].map((mean) => ({ mean, sigma: 0.035 }));
/** With two degrees of freedom one good fit in 1000 is worse. */
export const WORST_CHI2 = 14;

/**
 * A thing that stands on the plane behind something that hides its foot, or somewhere on that. Where it ends in the
 * image is then the highest place of its foot, and where the other thing ends the lowest; what stands on the plane and
 * ends there is at most so high that it reaches up to where the first begins to be seen.
 *
 * @param box of the thing, pixels
 * @param endsAt how far down what it is behind or on reaches (see `turned`)
 * @returns one body, as uncertain as both together; undefined if it fits neither
 */
export function onOrBehind(
  fit: Fit,
  form: Form,
  seen: SeenBox,
  {
    box,
    endsAt,
    view,
  }: { readonly box: PixelBox; readonly endsAt: number; readonly view: BoxView },
): UprightBody | undefined {
  const edge = footEdgeOf(view);
  const [left, top, right, bottom] = turned(box, edge);
  const lowest = Math.max(bottom, endsAt);
  const foot = anywhereBetween(bottom, lowest);
  const own = turned(seen.edges, edge);
  const sigmaPx = (i: EdgeIndex) =>
    i === edge ? Math.hypot(seen.sigmasPx[i], foot.sigma) : seen.sigmasPx[i];
  const hidden: SeenBox = {
    edges: turnedBack([own[0], own[1], own[2], foot.mean], edge),
    sigmasPx: [sigmaPx(0), sigmaPx(1), sigmaPx(2), sigmaPx(3)],
  };
  const nearest = turnedBack([left, top, right, lowest], edge);
  const highestM = heightBetween(footPixelOf(box, view), nearest, view);
  if (highestM === undefined) return undefined;
  const on = anywhereBetween(0, highestM);
  const bottomM = { mean: on.mean, sigma: Math.hypot(on.sigma, STANDS.sigma) };
  return oneOfAll(
    fitting([fit({ ...form, bottomM: STANDS }, hidden), fit({ ...form, bottomM }, seen)]),
  );
}

/** How high what stands at the foot of a box reaches where it is seen in a pixel, metres. */
function heightBetween(
  [u, v]: readonly [number, number],
  box: PixelBox,
  view: BoxView,
): number | undefined {
  const foot = footOf(box, view);
  const ray = pixelRay(view.info, u, v);
  if (!foot || !ray) return undefined;
  const eye = toCanonical(view.canonical, [0, 0, 0]);
  const through = toCanonical(view.canonical, [...ray, 1]);
  const aside = Math.hypot(through[0] - eye[0], through[1] - eye[1]);
  const far = Math.hypot(foot[0] - eye[0], foot[1] - eye[1]);
  return Math.max(0, eye[2] + (far / aside) * (through[2] - eye[2]));
}

/** Less likely bodies count by this share at least. */
const LEAST_SHARE = 0.2;

/**
 * What stands, or is held in the air: the picture does not tell.
 *
 * @param standing how it fits a form if it is not held
 * @returns one body, as uncertain as both together; undefined if it fits neither
 */
export function heldOrNot(
  fit: Fit,
  form: Form,
  standing: UprightBody | undefined,
): UprightBody | undefined {
  return oneOfAll(fitting([standing, ...HELD.map((bottomM) => fit({ ...form, bottomM }))]));
}

function fitting(bodies: readonly (UprightBody | undefined)[]): readonly UprightBody[] {
  return bodies.flatMap((body) => (body && body.chi2 <= WORST_CHI2 ? [body] : []));
}

/** A body whose means and covariances are those of several, by how well they fit. */
function oneOfAll(bodies: readonly UprightBody[]): UprightBody | undefined {
  const best = bodies.toSorted((a, b) => a.chi2 - b.chi2)[0];
  if (!best) return undefined;
  const weights = bodies.map(({ chi2 }) => Math.max(LEAST_SHARE, Math.exp((best.chi2 - chi2) / 2)));
  const sum = weights.reduce((all, it) => all + it, 0);
  const meanOf = (of: (body: UprightBody) => number) =>
    bodies.reduce((all, body, i) => all + ((weights[i] ?? 0) / sum) * of(body), 0);
  const mixed = (
    of: (body: UprightBody) => Vec3,
    covarianceOf: (body: UprightBody) => Symmetric3,
  ): { readonly mean: Vec3; readonly covariance: Symmetric3 } => {
    const mean: Vec3 = [
      meanOf((body) => of(body)[0]),
      meanOf((body) => of(body)[1]),
      meanOf((body) => of(body)[2]),
    ];
    const entry = (k: 0 | 1 | 2 | 3 | 4 | 5, i: 0 | 1 | 2, j: 0 | 1 | 2) =>
      meanOf((body) => covarianceOf(body)[k] + (of(body)[i] - mean[i]) * (of(body)[j] - mean[j]));
    return {
      mean,
      covariance: [
        ...([entry(0, 0, 0), entry(1, 0, 1), entry(2, 0, 2)] as const),
        ...([entry(3, 1, 1), entry(4, 1, 2), entry(5, 2, 2)] as const),
      ],
    };
  };
  const place = mixed(
    ({ center }) => center,
    ({ covariance }) => covariance,
  );
  const form = mixed(
    ({ logHalfWidth, logDepth, logHeight }) => [logHalfWidth.mean, logDepth.mean, logHeight.mean],
    ({ formCovariance }) => formCovariance,
  );
  const [width, depth, height] = form.mean;
  const [ww, , wh, dd, , hh] = form.covariance;
  const bottomM = meanOf(({ bottom }) => bottom.mean);
  const bottomSigma = Math.sqrt(
    meanOf(({ bottom }) => bottom.sigma ** 2 + (bottom.mean - bottomM) ** 2),
  );
  const [widthM, heightM] = [2 * Math.exp(width), 2 * Math.exp(width + height)];
  return {
    ...{ center: place.mean, covariance: place.covariance },
    bottom: { mean: bottomM, sigma: bottomSigma },
    logHalfWidth: { mean: width, sigma: Math.sqrt(ww) },
    logDepth: { mean: depth, sigma: Math.sqrt(dd) },
    logHeight: { mean: height, sigma: Math.sqrt(hh) },
    formCovariance: form.covariance,
    ...{ widthM, depthM: widthM * Math.exp(depth), heightM },
    sizeSigmaM: Math.max(widthM * Math.sqrt(ww), heightM * Math.sqrt(ww + 2 * wh + hh)),
    ...{ chi2: best.chi2, logEvidence: best.logEvidence },
  };
}
