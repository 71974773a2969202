import { dot, mapVec3, minus, type Vec3 } from "../base/index.js";
import type { Body } from "./Body.js";
import {
  bodyDoubts,
  hiddenSides,
  LOST_HARM,
  tornBy,
  tornFrom,
  USUALLY_LOST,
} from "./bodyDoubts.js";
import {
  type CanonicalFrame,
  cloudToCanonical,
  fromCanonical,
  toCanonical,
} from "./CanonicalFrame.js";
import {
  covarianceOf,
  doubtBy,
  varianceAlong,
  withOtherCenter,
  worstSigma,
} from "./centerSigma.js";
import { completeBody } from "./completeBody.js";
import { gripAbove, topBeyond } from "./cutReach.js";
import { fewAbove, lengthSigmas } from "./lengthSigmas.js";
import { mayHaveHandle } from "./mayHaveHandle.js";
import { coordinate, trimmedExtremes } from "./PointCloud.js";
import { ramp } from "./ramp.js";
import type {
  CenterDoubt,
  LengthSigmas,
  ObjectSize,
  SeenObject,
  SpatialObject,
} from "./SpatialObject.js";

/** Without a support nothing tells how far back and down an object goes: as noise of so much, metres. */
const NO_SUPPORT_M = 0.025;

/** A support that is seen flatter (sine of the angle) says no more of the depth of what stands on it. */
const LEAST_STEEPNESS = 0.2;

/** So much of a circle's rim is seen where its wall is, radians. */
const HALF_SEEN_RAD = 2.6;
/** What it is wider by counts if it is surely round, and may be off by this share. */
const SURELY_ROUND = 4;
const WALL_DOUBT = 0.5;

/** A cup may have a handle behind it: it is wider by so much, and reaches so far behind (standard deviations), metres. */
const [HANDLE_M, HANDLE_BEHIND_M] = [0.0042, 0.0085];

/** Of what both ends say of how far the middle between them may be off, this share is the least. */
const ENDS_SHARE = 0.5;

/** A box has corners if so much of its rim lies on straight sides, and surely with so much more. */
const [BOX_FROM, BOX_RAMP] = [0.8, 0.15];

/** What lies outside of the image, as a share of what is seen. */
const CUT_HARM = 0.25;
/** What is hidden of it anywhere says so much of its lower side, which has a doubt of its own where that is hidden. */
const LOWER_HIDDEN = 0.4;
/** A length has two ends. */
const ANY_LENGTH = 1.4;
/**
 * Of where the outermost points are, beside what moves the centre: a share of what a length may be off by without the
 * body's shape, and of that, these shares of what is hidden and cut off, which moves the centre.
 */
const [EDGE_SHARE, EDGE_HIDDEN, EDGE_CUT] = [0.75, 0.5, 0.4];

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
  const body = completeBody(turned, seen, frame);
  const { center, box } = body;
  const hidden = hiddenSides(body, turned, seen, frame);
  const sizeM = Math.hypot(box.lengthM, box.widthM, box.heightM);
  const noiseM = frame.residualM ?? Math.max(0.005, seen.noiseM);
  const scatterM = Math.hypot(pitchM, noiseM, body.residualM);
  const sparseM = (0.3 * sizeM) / Math.sqrt(points.count);
  const sigmaM = Math.hypot(scatterM, sparseM);
  // A hidden corner does no harm; what is hidden by a third or more is larger than it is seen. Round
  // objects are completed.
  const { hiddenShare } = seen.outline;
  const isCut = seen.outline.cuts.length > 0;
  const lostShare = Math.max(0, seen.lostShare - USUALLY_LOST);
  const harm = box.shape === "rectangle" ? 1 : 0.3 + 0.7 * ramp((hiddenShare - 0.3) / 0.3);
  const coveredM = harm * (1 + ramp((hiddenShare - 0.25) / 0.1)) * hiddenShare ** 2 * sizeM;
  const cutM = isCut ? CUT_HARM * sizeM : 0;
  const missingM = Math.hypot(LOST_HARM * lostShare * sizeM, ...seen.holesM);
  const hiddenSigmaM = Math.hypot(coveredM, cutM, missingM);
  const known = frame.residualM === undefined ? Math.max(NO_SUPPORT_M, noiseM) : noiseM;
  const z = coordinate(turned, 2);
  const [lowM, highM] = trimmedExtremes(z);
  const goesOn = isCut ? 1 : hidden.end;
  const topBeyondM = Math.hypot(
    topBeyond(z, seen, box.heightM),
    gripAbove(box, goesOn),
    2 * hidden.sliverUpM,
  );
  // The outermost points are its own, unless depth cameras mix them with what lies behind.
  const [leftM, rightM] = trimmedExtremes(x, 0);
  const fewM = rightM - leftM - (right - left);
  const leftOutM = (tornFrom(seen, noiseM) * fewM) / 2;
  const shownM = (rightM - leftM - leftOutM) / shownAcross(body, frame) + pitchM + body.asideM;
  const wallM = Math.max(0, roundAcross(body, frame) - pitchM - shownM);
  const handle = mayHaveHandle(body, turned, seen, frame) ? 1 : 0;
  const asideDoubtM = Math.hypot(body.asideDoubtM, WALL_DOUBT * wallM, handle * HANDLE_M);
  const anyM = Math.hypot(ANY_LENGTH * sigmaM, hiddenSigmaM);
  const lowerSideM = Math.hypot(ANY_LENGTH * sigmaM, LOWER_HIDDEN * hiddenSigmaM);
  const edgeSigmaM =
    EDGE_SHARE *
    Math.hypot(
      ...[pitchM, noiseM, sparseM].map((value) => ANY_LENGTH * value),
      EDGE_HIDDEN * coveredM,
      EDGE_CUT * cutM,
      missingM,
    );
  // A hidden end moves the centre by half of what it is off by, or less; what the image cuts off is doubted by itself.
  const times = isCut ? 1.3 : 3;
  const hiddenAcrossM = times * Math.hypot(...hidden.moves.map(acrossIn(frame)));
  const own = doubtBy([
    ...body.doubts,
    ...bodyDoubts(body, hidden, seen, known, topBeyondM),
    warpDoubt(center, frame),
    [0, 0, fewAbove(z, highM, noiseM) / 2],
  ]);
  const sigmas =
    frame.residualM === undefined
      ? undefined
      : inRolledImage(
          lengthSigmas(
            {
              ...{ ...body, lowM, highM, leftM, rightM, fewM, leftOutM, lowerSideM },
              ...{ asideDoubtM, hiddenAcrossM },
              tornM: tornBy(seen, noiseM, body),
              topBeyondM,
              warpM: frame.warpM ?? 0,
            },
            x,
            z,
            seen,
            noiseM,
            lostShare,
          ),
          frame,
        );
  const doubt = sigmas ? betweenEnds(own, sigmas) : own;
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
    hidden: {
      corners: (1 - body.roundness) * ramp((body.onShape - BOX_FROM) / BOX_RAMP),
      beyondM: hidden.beyondM,
      moves: hidden.moves,
      rim: box.shape === "circle" ? body.roundness : 0,
      behind: mapVec3(awayFrom(center), (value) => handle * HANDLE_BEHIND_M * value),
    },
    size: {
      widthM: shownM + body.roundness ** SURELY_ROUND * wallM,
      heightM: box.heightM,
      volumeM3: box.lengthM * box.widthM * box.heightM,
      sigmaM: anyM,
      edgeSigmaM,
      ...(sigmas && { sigmas }),
      box,
    },
  };
}

/** In a rolled image what is higher is farther aside too: a thing's width is known no better than its ends. */
function inRolledImage(sigmas: LengthSigmas, { z: up }: CanonicalFrame): LengthSigmas {
  const { widthM, topM, bottomM } = sigmas;
  return { ...sigmas, widthM: Math.hypot(widthM, up[0] * Math.hypot(topM, bottomM)) };
}

/** A centre's height is the mean of both ends': it is known little better than these say. */
function betweenEnds(own: CenterDoubt, { topM, bottomM }: LengthSigmas): CenterDoubt {
  const endsM = (ENDS_SHARE * Math.hypot(topM, bottomM)) / 2;
  const moreM2 = endsM ** 2 - varianceAlong(own.covariance, [0, 0, 1]);
  return moreM2 > 0 ? withOtherCenter(own, [0, 0, Math.sqrt(moreM2)]) : own;
}

/** What bows the support in depth moves an object too, along its ray. */
function warpDoubt(center: Vec3, frame: CanonicalFrame): Vec3 {
  const ray = minus(center, toCanonical(frame, [0, 0, 0]));
  const steepM = Math.max(Math.abs(ray[2]), LEAST_STEEPNESS * Math.hypot(...ray));
  return mapVec3(ray, (value) => ((frame.warpM ?? 0) * value) / steepM);
}

/** The direction along the plane that leads away from the camera. */
function awayFrom([x, y]: Vec3): Vec3 {
  const away = Math.hypot(x, y) || 1;
  return [x / away, y / away, 0];
}

/** How far a canonical vector leads across the image. */
function acrossIn({ x, y, z }: CanonicalFrame): (by: Vec3) => number {
  return (by) => dot(by, [x[0], y[0], z[0]]);
}

/**
 * What stands on a circle of which half is seen is as wide as that, though its wall ends in the image before. A ball is as
 * wide as its sphere: from near, its limb is so thin in the image that its outermost points lie before it.
 */
function roundAcross({ box, arcRad }: Body, { x, y }: CanonicalFrame): number {
  if (box.shape === "sphere") return box.lengthM;
  const isCircle = box.shape === "circle" && arcRad >= HALF_SEEN_RAD;
  return isCircle ? box.lengthM * Math.hypot(x[0], y[0]) : 0;
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

/**
 * An object that may as well be as another reading of the same one: its centre and its lengths are off by a share of
 * the way to that (one standard deviation), and by another share of it in all directions.
 *
 * @param aboveM how far its top may be off besides (standard deviation)
 */
export function doubted(
  object: SpatialObject,
  other: SpatialObject,
  share: number,
  allWays: number,
  aboveM = 0,
): SpatialObject {
  const apart = minus(other.canonicalCenter, object.canonicalCenter);
  const anyM = allWays * Math.hypot(...apart);
  return offBy(object, other, share, { acrossM: anyM, upM: anyM, aboveM });
}

/** An object that may be larger or smaller by so much (standard deviation): along the plane, and in height. */
export function doubtedSize(object: SpatialObject, acrossM: number, upM: number): SpatialObject {
  return offBy(object, object, 0, { acrossM, upM, aboveM: 0 });
}

interface Off {
  readonly acrossM: number;
  readonly upM: number;
  readonly aboveM: number;
}

function offBy(
  object: SpatialObject,
  other: SpatialObject,
  share: number,
  off: Off,
): SpatialObject {
  const { acrossM, upM, aboveM } = off;
  const apart = minus(other.canonicalCenter, object.canonicalCenter);
  const ways: Vec3[] = [
    mapVec3(apart, (value) => share * value),
    [acrossM, 0, 0],
    [0, acrossM, 0],
    [0, 0, upM],
    [0, 0, aboveM / 2],
  ];
  const own: CenterDoubt = {
    covariance: covarianceOf(object),
    shared: object.doubt?.shared ?? [],
  };
  const doubt = ways.reduce(withOtherCenter, own);
  const { size } = object;
  return {
    ...object,
    doubt,
    centerSigmaM: worstSigma(doubt),
    ...(size && { size: sizeOffBy(object, size, other, share, off) }),
  };
}

function sizeOffBy(
  object: SpatialObject,
  size: ObjectSize,
  other: SpatialObject,
  share: number,
  { acrossM, upM, aboveM }: Off,
): ObjectSize {
  const apart = minus(other.canonicalCenter, object.canonicalCenter);
  const sigmaM = Math.hypot(size.sigmaM, share * Math.hypot(...apart), acrossM, acrossM, upM);
  const { sigmas, edgeSigmaM } = size;
  const edges = edgeSigmaM !== undefined && {
    edgeSigmaM: Math.hypot(edgeSigmaM, share * Math.hypot(...apart), acrossM, acrossM, upM),
  };
  if (!sigmas || !other.size) return { ...size, sigmaM, ...edges };
  const or = (anyM: number, ownM = size.sigmaM, oneM: number, otherM: number) =>
    Math.hypot(ownM, share * (otherM - oneM), anyM);
  return {
    ...size,
    sigmaM,
    ...edges,
    sigmas: {
      widthM: or(acrossM, sigmas.widthM, size.widthM, other.size.widthM),
      heightM: Math.hypot(aboveM, or(upM, sigmas.heightM, size.heightM, other.size.heightM)),
      topM: Math.hypot(aboveM, or(upM, sigmas.topM, object.topM, other.topM)),
      bottomM: or(upM, sigmas.bottomM, object.bottomM, other.bottomM),
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
