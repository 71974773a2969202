import { mapVec3, minus, type Vec3 } from "../base/index.js";
import { bodyDoubts, LOST_HARM, tornBy, tornFrom, USUALLY_LOST } from "./bodyDoubts.js";
import {
  type CanonicalFrame,
  cloudToCanonical,
  fromCanonical,
  toCanonical,
} from "./CanonicalFrame.js";
import { covarianceOf, doubtBy, orAt, worstSigma } from "./centerSigma.js";
import { extentsAlong, type Footprint, footprintOf } from "./Footprint.js";
import { fitSphere } from "./fitRound.js";
import { lengthSigmas } from "./lengthSigmas.js";
import { coordinate, type PointCloud, pickPoints, trimmedExtremes } from "./PointCloud.js";
import { ramp } from "./ramp.js";
import { roundedBack } from "./roundedBack.js";
import type {
  CenterDoubt,
  ObjectBox,
  ObjectSize,
  SeenObject,
  SpatialObject,
} from "./SpatialObject.js";
import { pointsByComponent, VoxelGrid } from "./VoxelGrid.js";

/** The lowest point of what stands on the support is seen this close to it. */
const STANDS_WITHIN_M = 0.006;

/** Where the lower outline is hidden, what ends this low is taken to reach the support. */
const HIDDEN_STANDS_WITHIN_M = 0.04;

/**
 * From above, an object hides its own foot: what ends in the air over the support may be in the air, or the top of what
 * stands. It can be that only if its foot is in its own shadow, and if more is below than is seen. By this share of the
 * height over the support its lower end is off then; and where no wall can be seen, it is taken to stand.
 */
const OWN_SHADOW = 0.5;
/** What ends lower than this over the support is not seen to drop to it, metres. */
const LOW_M = 0.02;
const [UNSEEN_WALLS_RAD, STEEP_RAD] = [1.2, 1.4];

/**
 * Depth of an object as a share of its width or height, whichever is smaller, if it is not visible.
 */
const USUAL_DEPTH = 0.9;

/** Seen from this far aside, an object shows its depth on a second face. */
const OBLIQUE_RAD = 0.45;

/** Without a support nothing tells how far back and down an object goes: as noise of so much, metres. */
const NO_SUPPORT_M = 0.025;

/** A support that is seen flatter (sine of the angle) says no more of the depth of what stands on it. */
const LEAST_STEEPNESS = 0.2;

/** What lies outside of the image, as a share of what is seen. */
const CUT_HARM = 0.25;

/** How far the back of what is rounded may be from that of an ellipsoid, as a share of what that adds. */
const ROUNDED_DOUBT = 0.35;
/** The same of its lower end, which is hidden more often. */
const LOWERED_DOUBT = 0.45;

interface Body {
  readonly center: Vec3;
  readonly box: ObjectBox;
  readonly bottomM: number;
  readonly residualM: number;
  /** How far the lower end may be off by what was supposed of it. */
  readonly bottomDoubtM: number;
  /** How far it goes on behind what is seen, along the plane. */
  readonly behindM: number;
  readonly roundness: number;
  readonly arcRad: number;
  readonly onShape: number;
  /** How the centre may be off by what was supposed of the unseen, each by one standard deviation. */
  readonly doubts: readonly Vec3[];
}

/**
 * Completes what the camera saw of an object to a body with a centre. The centroid of the visible
 * surface is centimetres nearer to the camera than the object's centre; so
 *
 * - a ball is fitted where the points are round in all directions;
 * - else the footprint (circle or smallest rectangle) gives the centre in the plane, and top and
 *   bottom the height; the bottom is the support where the object stands on it;
 * - where the camera looks too flat to see a top face, or up is not known, the unseen half is
 *   supposed to be about as deep as the object is wide.
 */
export function measureObject(seen: SeenObject, on: CanonicalFrame): SpatialObject {
  const { points, pitchM } = seen;
  const frame =
    on.residualM === undefined ? on : { ...on, residualM: Math.max(on.residualM, seen.noiseM) };
  const turned = cloudToCanonical(frame, points);
  const x = coordinate(points, 0);
  const [left, right] = trimmedExtremes(x);
  const [upper, lower] = trimmedExtremes(coordinate(points, 1));
  const body =
    ballBody(turned, seen, frame, Math.min(right - left, lower - upper)) ??
    uprightBody(turned, seen, frame);
  const { center, box } = body;
  const sizeM = Math.hypot(box.lengthM, box.widthM, box.heightM);
  const noiseM = frame.residualM ?? Math.max(0.005, seen.noiseM);
  const scatterM = Math.hypot(pitchM, noiseM, body.residualM);
  const sigmaM = Math.hypot(scatterM, (0.3 * sizeM) / Math.sqrt(points.count));
  // A hidden corner does no harm; what is hidden by a third or more is larger than it is seen. Round
  // objects are completed.
  const { hiddenShare } = seen.outline;
  const lostShare = Math.max(0, seen.lostShare - USUALLY_LOST);
  const harm = box.shape === "rectangle" ? 1 : 0.3 + 0.7 * ramp((hiddenShare - 0.3) / 0.3);
  const hiddenSigmaM = Math.hypot(
    harm * (1 + ramp((hiddenShare - 0.25) / 0.1)) * hiddenShare ** 2 * sizeM,
    LOST_HARM * lostShare * sizeM,
    seen.isCut ? CUT_HARM * sizeM : 0,
    ...seen.holesM,
  );
  const known = frame.residualM === undefined ? Math.max(NO_SUPPORT_M, noiseM) : noiseM;
  const z = coordinate(turned, 2);
  const [lowM, highM] = trimmedExtremes(z);
  // The outermost points are its own, unless depth cameras mix them with what lies behind.
  const [leftM, rightM] = trimmedExtremes(x, 0);
  const fewM = rightM - leftM - (right - left);
  const leftOutM = (tornFrom(seen, noiseM) * fewM) / 2;
  const anyM = Math.hypot(1.4 * sigmaM, hiddenSigmaM);
  const doubt = doubtBy([
    ...body.doubts,
    ...bodyDoubts(body, turned, seen, known),
    warpDoubt(center, frame),
  ]);
  return {
    center: fromCanonical(frame, center),
    centerSigmaM: worstSigma(doubt),
    doubt,
    canonicalCenter: center,
    topM: body.bottomM + box.heightM,
    bottomM: body.bottomM,
    points,
    pitchM,
    behindM: body.behindM,
    size: {
      widthM: (rightM - leftM - leftOutM) / shownAcross(body, frame) + pitchM,
      heightM: box.heightM,
      volumeM3: box.lengthM * box.widthM * box.heightM,
      sigmaM: anyM,
      ...(frame.residualM !== undefined && {
        sigmas: lengthSigmas(
          {
            ...{ ...body, lowM, highM, leftM, rightM, fewM, leftOutM, sigmaM: anyM },
            tornM: tornBy(seen, noiseM, body),
            warpM: frame.warpM ?? 0,
          },
          x,
          z,
          seen,
          noiseM,
          lostShare,
        ),
      }),
      box,
    },
  };
}

/** What bows the support in depth moves an object too, along its ray. */
function warpDoubt(center: Vec3, frame: CanonicalFrame): Vec3 {
  const ray = minus(center, toCanonical(frame, [0, 0, 0]));
  const steepM = Math.max(Math.abs(ray[2]), LEAST_STEEPNESS * Math.hypot(...ray));
  return mapVec3(ray, (value) => ((frame.warpM ?? 0) * value) / steepM);
}

/**
 * An object that may as well be as another reading of the same one: its centre and its lengths are off by a share of
 * the way to that (one standard deviation), and by another share of it in all directions.
 */
export function doubted(
  object: SpatialObject,
  other: SpatialObject,
  share: number,
  allWays: number,
): SpatialObject {
  const apart = minus(other.canonicalCenter, object.canonicalCenter);
  const anyM = allWays * Math.hypot(...apart);
  const ways: Vec3[] = [
    mapVec3(apart, (value) => share * value),
    [anyM, 0, 0],
    [0, anyM, 0],
    [0, 0, anyM],
  ];
  const own: CenterDoubt = {
    covariance: covarianceOf(object),
    shared: object.doubt?.shared ?? [],
  };
  const doubt = ways.reduce(orAt, own);
  const { size } = object;
  return {
    ...object,
    doubt,
    centerSigmaM: worstSigma(doubt),
    ...(size && { size: doubtedSize(object, size, other, share, anyM) }),
  };
}

function doubtedSize(
  object: SpatialObject,
  size: ObjectSize,
  other: SpatialObject,
  share: number,
  anyM: number,
): ObjectSize {
  const apart = minus(other.canonicalCenter, object.canonicalCenter);
  const sigmaM = Math.hypot(size.sigmaM, share * Math.hypot(...apart), Math.sqrt(3) * anyM);
  const { sigmas } = size;
  if (!sigmas || !other.size) return { ...size, sigmaM };
  const or = (ownM = size.sigmaM, oneM: number, otherM: number) =>
    Math.hypot(ownM, share * (otherM - oneM), anyM);
  return {
    ...size,
    sigmaM,
    sigmas: {
      widthM: or(sigmas.widthM, size.widthM, other.size.widthM),
      heightM: or(sigmas.heightM, size.heightM, other.size.heightM),
      topM: or(sigmas.topM, object.topM, other.topM),
      bottomM: or(sigmas.bottomM, object.bottomM, other.bottomM),
    },
  };
}

/** An object of which one point is known: the origin of its TF frame. */
export function pointObject(center: Vec3, sigmaM: number, frame: CanonicalFrame): SpatialObject {
  const canonicalCenter = toCanonical(frame, center);
  const height = canonicalCenter[2];
  return {
    center,
    centerSigmaM: sigmaM,
    canonicalCenter,
    topM: height,
    bottomM: height,
    points: { count: 1, xyz: Float32Array.from(center) },
    pitchM: 0,
  };
}

/** @param acrossM how wide or high the object is seen, whichever is less. */
function ballBody(
  turned: PointCloud,
  { pitchM }: SeenObject,
  frame: CanonicalFrame,
  acrossM: number,
): Body | undefined {
  const toleranceM = Math.max(0.003, 1.5 * pitchM);
  const ball = fitSphere(turned, toleranceM);
  if (!ball || ball.share < 0.9 || ball.residualM > toleranceM) return undefined;
  // A small or distant patch of anything is close to some sphere, but not seen as wide as one.
  if (acrossM < 1.6 * ball.radiusM) return undefined;
  if (ball.radiusM > 0.25 || ball.radiusM < 3 * toleranceM) return undefined;
  const sideM = 2 * ball.radiusM;
  const toBall = minus(ball.center, toCanonical(frame, [0, 0, 0]));
  return {
    center: ball.center,
    box: { shape: "sphere", lengthM: sideM, widthM: sideM, heightM: sideM, angle: 0 },
    bottomM: ball.center[2] - ball.radiusM,
    residualM: ball.residualM,
    bottomDoubtM: 0,
    // From above more of its back is seen.
    behindM: ball.radiusM * (1 - Math.abs(toBall[2]) / Math.hypot(...toBall)),
    roundness: 1,
    arcRad: 2 * Math.PI,
    onShape: ball.share,
    doubts: [],
  };
}

/**
 * How much of its width across the image a camera sees: of a ball only the side that faces it, up to the limb, which
 * lies nearer than the middle, the more so beside the optical axis.
 */
function shownAcross({ box, center }: Body, frame: CanonicalFrame): number {
  if (box.shape !== "sphere") return 1;
  const toCenter = fromCanonical(frame, center);
  const awayM = Math.hypot(...toCenter);
  const limbRad = Math.asin(Math.min(1, box.lengthM / 2 / awayM));
  const asideRad = Math.asin(Math.abs(toCenter[0]) / awayM);
  return (Math.cos(Math.max(0, limbRad - asideRad)) + Math.cos(limbRad + asideRad)) / 2;
}

function uprightBody(turned: PointCloud, seen: SeenObject, frame: CanonicalFrame): Body {
  const print = footprintOf(turned, seen.outline.nearHidden, frame.residualM);
  const [lowM, highest] = trimmedExtremes(coordinate(turned, 2));
  // The outermost of a top face's many noisy points lies above it; the support shows the noise.
  const highM = Math.max(lowM, highest - 1.5 * (frame.residualM ?? 0));
  const { residualM } = frame;
  const onSupport = residualM !== undefined;
  const foot = onSupport
    ? completedBottom(lowM, highM, seen, print, frame)
    : { bottomM: lowM, doubtM: 0 };
  const { bottomM } = foot;
  const heightM = highM - bottomM + (onSupport ? 0 : seen.pitchM);
  const unseenM = unseenDepth(turned, print, heightM, seen, frame);
  const away = Math.hypot(print.centerX, print.centerY) || 1;
  const shift = unseenM / 2 / away;
  const hiddenBottomM = onSupport ? hiddenBottomSigma(bottomM, seen) : 0;
  const body: Body = {
    center: [print.centerX * (1 + shift), print.centerY * (1 + shift), (bottomM + highM) / 2],
    box: {
      shape: print.shape,
      lengthM: print.lengthM + seen.pitchM,
      widthM: print.widthM + seen.pitchM + unseenM,
      heightM,
      angle: print.angle,
    },
    bottomM,
    residualM: Math.hypot(print.residualM, unseenM / 2, hiddenBottomM),
    bottomDoubtM: foot.doubtM,
    behindM: unseenM,
    roundness: print.roundness,
    arcRad: print.arcRad,
    onShape: print.onShape,
    doubts: [
      [print.apartX, print.apartY, 0],
      [shift * print.centerX, shift * print.centerY, 0],
      [0, 0, hiddenBottomM],
      [0, 0, foot.doubtM / 2],
      ...(onSupport ? bottomDoubts(bottomM, lowM, heightM, print) : []),
    ],
  };
  return onSupport ? roundedBody(body, turned, seen, frame) : body;
}

/** The body with the back of an ellipsoid, as far as the back is seen to be rounded. */
function roundedBody(
  body: Body,
  turned: PointCloud,
  { outline }: SeenObject,
  frame: CanonicalFrame,
): Body {
  const { center, box, bottomM } = body;
  const eye = toCanonical(frame, [0, 0, 0]);
  const [x, y] = [center[0] - eye[0], center[1] - eye[1]];
  const back = roundedBack(turned, eye, Math.atan2(y, x), bottomM, frame.residualM ?? 0);
  const seenShare = 1 - ramp(2 * outline.hiddenAboveShare);
  const roundness = back.roundness * seenShare;
  const doubt = Math.hypot(back.roundnessSigma * seenShare, ROUNDED_DOUBT * roundness);
  if (doubt === 0) return body;
  const moveM = (roundness * back.unseenM) / 2;
  // Nothing goes on below the support.
  const lowerM = Math.min(roundness * back.lowerM, Math.max(0, bottomM));
  const away = Math.hypot(x, y);
  const shift = moveM / away;
  const movedM = (doubt * back.unseenM) / 2;
  const loweredM = doubt * back.lowerM;
  return {
    center: [center[0] + shift * x, center[1] + shift * y, center[2] - lowerM / 2],
    box: { ...box, heightM: box.heightM + lowerM },
    bottomM: bottomM - lowerM,
    residualM: Math.hypot(body.residualM, movedM, loweredM),
    bottomDoubtM: Math.max(body.bottomDoubtM, loweredM, LOWERED_DOUBT * lowerM),
    behindM: body.behindM + 2 * moveM,
    roundness: body.roundness,
    arcRad: body.arcRad,
    onShape: body.onShape,
    doubts: [
      ...body.doubts,
      [(movedM * x) / away, (movedM * y) / away, 0],
      // A long thing that lies obliquely is completed across its length, not along the view.
      ...(box.shape === "rectangle"
        ? [[(-movedM * y) / away / 2, (movedM * x) / away / 2, 0] as const]
        : []),
      [0, 0, loweredM / 2],
    ],
  };
}

/** Where the lower end is seen, or the support if that is where it must be; and how far it may be off for want of a view. */
function completedBottom(
  lowM: number,
  highM: number,
  { outline }: SeenObject,
  print: Footprint,
  frame: CanonicalFrame,
): { readonly bottomM: number; readonly doubtM: number } {
  const { hiddenBelowShare } = outline;
  const isDown = Math.abs(lowM) <= Math.max(STANDS_WITHIN_M, 3 * (frame.residualM ?? 0));
  if (isDown || (hiddenBelowShare > 0.5 && lowM > 0 && lowM <= HIDDEN_STANDS_WITHIN_M))
    return { bottomM: 0, doubtM: 0 };
  if (lowM <= 0) return { bottomM: lowM, doubtM: 0 };
  const eye = toCanonical(frame, [0, 0, 0]);
  const away = Math.hypot(print.centerX - eye[0], print.centerY - eye[1]);
  const steepness = Math.atan2(Math.max(0, eye[2] - highM), away);
  const chance =
    (lowM < LOW_M ? 1 : ramp((outline.droppingBelowShare - 0.3) / 0.4)) *
    ramp(((Math.tan(steepness) * print.lengthM) / lowM - 1) * 2) *
    ramp((lowM / Math.max(1e-3, highM - lowM) - 0.4) / 0.4);
  const stands = chance * ramp((steepness - UNSEEN_WALLS_RAD) / (STEEP_RAD - UNSEEN_WALLS_RAD));
  return { bottomM: (1 - stands) * lowM, doubtM: chance * OWN_SHADOW * lowM };
}

/** What does not reach the support may be rounded below, so that its lowest part is not seen: by this share. */
const ROUNDED_BELOW = 0.04;

/**
 * How the centre may be off where the lower end is not that of what was seen: completed down to the support
 * from `lowM`, or over it.
 */
function bottomDoubts(
  bottomM: number,
  lowM: number,
  heightM: number,
  { widthM, centerX, centerY, roundness }: Footprint,
): readonly Vec3[] {
  if (bottomM === 0) return [[0, 0, lowM > STANDS_WITHIN_M ? lowM / 2 / Math.sqrt(12) : 0]];
  const away = Math.hypot(centerX, centerY) || 1;
  const offM = ROUNDED_BELOW * Math.min(heightM, widthM);
  const alongM = (1 - roundness) * offM;
  return [
    [0, 0, offM],
    [(alongM * centerX) / away, (alongM * centerY) / away, 0],
    [(-alongM * centerY) / away / 2, (alongM * centerX) / away / 2, 0],
  ];
}

/** Where something nearer hides how far down an object goes, its centre may be lower. */
function hiddenBottomSigma(bottomM: number, { outline: { hiddenBelowShare } }: SeenObject): number {
  return (ramp(2 * hiddenBelowShare) * bottomM) / 2 / Math.sqrt(3);
}

/** How much deeper than seen the object, or each part of it, is supposed to be along the view. */
function unseenDepth(
  turned: PointCloud,
  print: Footprint,
  heightM: number,
  seen: SeenObject,
  frame: CanonicalFrame,
): number {
  if (print.roundness === 1) return 0;
  const eye = toCanonical(frame, [0, 0, 0]);
  const away = Math.hypot(print.centerX, print.centerY);
  const upright = frame.residualM !== undefined;
  const elevation = upright ? Math.atan2(eye[2] - heightM, away) : 0;
  const flatness = Math.max(
    ramp((0.3 - elevation) / 0.15),
    ramp((seen.outline.hiddenAboveShare - 0.3) / 0.3),
  );
  if (flatness === 0) return 0;
  const view = Math.atan2(print.centerY, print.centerX);
  const quarter = Math.PI / 2;
  // The side of the rectangle that runs along the view, as nearly as one does.
  const depthAxis = print.angle + quarter * Math.round((view - print.angle) / quarter);
  const headOn = ramp((OBLIQUE_RAD - Math.abs(view - depthAxis)) / (OBLIQUE_RAD / 2));
  if (flatness * headOn === 0) return 0;
  const missing = partsOf(turned, seen.pitchM).map((part) => {
    const [deepM, acrossM] = extentsAlong(part, depthAxis);
    // A face seen head-on is as deep as the noise of its points makes it.
    const surelyDeepM = Math.max(0, deepM - 4 * (frame.residualM ?? 0));
    return Math.max(0, USUAL_DEPTH * Math.min(acrossM, heightM) - surelyDeepM);
  });
  const meanM = missing.reduce((sum, m) => sum + m, 0) / Math.max(1, missing.length);
  return (1 - print.roundness) * flatness * headOn * meanM;
}

/** Parts of an object that do not touch, such as two fingers. */
function partsOf(turned: PointCloud, pitchM: number): PointCloud[] {
  const grid = new VoxelGrid(turned, Math.max(0.01, 4 * pitchM));
  return [...pointsByComponent(grid.componentsOfPoints()).values()]
    .filter((part) => part.length >= 0.1 * turned.count)
    .map((part) => pickPoints(turned, part));
}
