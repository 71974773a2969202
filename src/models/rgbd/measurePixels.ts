import {
  type CanonicalFrame,
  measureObject,
  objectPoints,
  type Plane,
} from "../../geometry/index.js";
import type { Refusal } from "../../language/index.js";
import { beyondOf, blindEndsOf, boxOf, holesOf, lostShareOf, NO_HOLES } from "./bodyInMask.js";
import type { DepthView } from "./DepthView.js";
import { hiddenOutline, type Others } from "./hiddenOutline.js";
import { type LiftedPixels, liftPixels, offPlane, pickPixels } from "./liftPixels.js";
import { type FoundObject, notFound } from "./located.js";
import { ownHeight } from "./ownHeight.js";

/** A mask that loses more of its edge than this, and keeps few points, may have kept another thing's. */
const MOSTLY_LOST = 0.3;

/** How pixels of a frame are seen. */
export interface PixelsSeen {
  readonly view: DepthView;
  /** The support's. */
  readonly plane: Plane | undefined;
  readonly canonical: CanonicalFrame;
  readonly minPixels: number;
  /** Noise of the depth at 1 m, metres; it grows with the distance squared. 0: not known. */
  readonly depthNoise: number;
  /** What hides an object begins so many pixels beyond it. */
  readonly gapPx: number;
  /** The mask that they are of, or that they correct; absent of a box. */
  readonly ofMask?: Omit<Others, "up"> & { readonly mask: Uint32Array };
}

/** What was measured of them, or why it was not. */
export type MeasuredPixels = Omit<FoundObject, "ref"> | { readonly refusal: Refusal };

/**
 * What is measured of some pixels of a frame, ascending.
 *
 * @param what they are, for refusals
 */
export function measurePixels(
  pixels: Uint32Array,
  what: string,
  { view, plane, canonical, minPixels, depthNoise, gapPx, ofMask }: PixelsSeen,
): MeasuredPixels {
  const lifted = liftPixels(view, pixels);
  if (lifted.points.count < minPixels)
    return {
      refusal: {
        reason: "no_depth",
        detail: `${what} has depth in ${lifted.points.count} of ${pixels.length} px, but at least ${minPixels} are needed`,
      },
    };
  const body = cleaned(view, lifted, plane, ofMask?.isOther);
  if (body.points.count < minPixels)
    return notFound(`${what} is scattered: only ${body.points.count} of its points are connected`);
  // A box is larger than its object by nature.
  const lostShare = ofMask ? lostShareOf(view, ofMask.mask, lifted, body) : 0;
  if (lostShare > MOSTLY_LOST && body.points.count < 2 * minPixels)
    return notFound(
      `${what} is mostly on what lies around it: ${body.points.count} of its points rise from the support`,
    );
  const pitchM = pitchOf(view, body);
  const noiseM = depthNoise * depthOf(view, body) ** 2;
  const seen = {
    points: body.points,
    pitchM,
    noiseM,
    lostShare,
    holesM: ofMask ? missingOf(view, ofMask.mask, body, plane, pitchM) : NO_HOLES,
    blindM: ofMask ? blindEndsOf(view, ofMask.mask, body, pitchM) : NO_HOLES,
    tornShare: lifted.tornShare,
    outline: hiddenOutline(
      view,
      pixels,
      body.pixels,
      Math.max(noiseM, plane?.residualM ?? 0),
      gapPx,
      ofMask && { ...ofMask, up: plane?.normal },
    ),
  };
  return { object: measureObject(seen, canonical), boxPx: boxOf(view, body.pixels) };
}

/** How far the middle of a body may move by what of its mask is not in it. */
function missingOf(
  view: DepthView,
  mask: Uint32Array,
  body: LiftedPixels,
  plane: Plane | undefined,
  pitchM: number,
): readonly [number, number] {
  const holes = holesOf(view, mask, body, pitchM);
  const beyond = plane ? beyondOf(view, mask, body, plane, pitchM) : NO_HOLES;
  return [Math.hypot(holes[0], beyond[0]), Math.hypot(holes[1], beyond[1])];
}

/** Without what is the support's, nobody's or, of a mask, another thing's. */
function cleaned(
  view: DepthView,
  lifted: LiftedPixels,
  plane: Plane | undefined,
  isOther: ((pixel: number) => boolean) | undefined,
): LiftedPixels {
  const raised = plane ? pickPixels(lifted, offPlane(lifted.points, plane)) : lifted;
  const body = pickPixels(raised, objectPoints(raised.points));
  if (!plane || !isOther || body.points.count === 0) return body;
  return ownHeight(view, body, plane, pitchOf(view, body), isOther);
}

function pitchOf(view: DepthView, body: LiftedPixels): number {
  const { info, colorScale } = view;
  return (depthOf(view, body) * colorScale) / info.fx;
}

function depthOf({ depthM }: DepthView, { points, pixels }: LiftedPixels): number {
  return depthM[pixels[points.count >> 1] ?? 0] ?? 0;
}
