import { sum } from "d3-array";
import { addScaled, dot, mapVec3, minus, type Vec3 } from "../base/index.js";
import type { Body } from "./Body.js";
import { ballBody } from "./ballBody.js";
import { type CanonicalFrame, toCanonical } from "./CanonicalFrame.js";
import { extentsAlong, type Footprint, footprintOf } from "./Footprint.js";
import { coordinate, type PointCloud, pickPoints, trimmedExtremes } from "./PointCloud.js";
import { ramp } from "./ramp.js";
import { roundedBack, type SeenFrom } from "./roundedBack.js";
import type { ObjectBox, SeenObject } from "./SpatialObject.js";
import { taperedFoot } from "./taperedFoot.js";
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
const OWN_SHADOW = 0.4;
/** What ends lower than this over the support is not seen to drop to it, metres. */
const LOW_M = 0.02;
const [UNSEEN_WALLS_RAD, STEEP_RAD] = [1.2, 1.4];

/**
 * Depth of an object as a share of its width or height, whichever is smaller, if it is not visible.
 */
const USUAL_DEPTH = 0.9;

/** Seen from this far aside, an object shows its depth on a second face. */
const OBLIQUE_RAD = 0.45;

/** How far the back of what is rounded may be from that of an ellipsoid, as a share of what that adds. */
const ROUNDED_DOUBT = 0.35;
/** The same of its lower end, which is hidden more often. */
const LOWERED_DOUBT = 0.45;

/**
 * The far corner of an end is hidden behind that end, and makes the object wider: by all that is unseen if the end is
 * square, by nothing if it is rounded, so by this share of it. And it may be off by so many times what the unseen may be.
 */
const [ASIDE, ASIDE_DOUBT] = [0.5, 1.5];

/**
 * A face without depth, seen from so far above that a top would be seen, is a plate, or the high end of what slopes down
 * behind it in its own shadow: its centre is off by this share of half the shadow. Without depth is what is less deep than
 * so many pixels and standard deviations of noise.
 */
const SHADOW_SHARE = 0.3;
const [FACE_PITCH, FACE_NOISE] = [4, 4];
/** A slope is no longer than so many times its height. */
const MOST_SHADOW = 2;

/**
 * A ball where the points are round in all directions, else what stands upright on its footprint.
 *
 * @param turned the points, canonical
 */
export function completeBody(turned: PointCloud, seen: SeenObject, frame: CanonicalFrame): Body {
  return ballBody(turned, seen, frame) ?? uprightBody(turned, seen, frame);
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
    asideM: 0,
    asideDoubtM: 0,
    roundness: print.roundness,
    arcRad: print.arcRad,
    onShape: print.onShape,
    doubts: [
      ...print.apart.map(([x, y]): Vec3 => [x, y, 0]),
      [shift * print.centerX, shift * print.centerY, 0],
      [0, 0, hiddenBottomM],
      [0, 0, foot.doubtM / 2],
      ...(onSupport ? bottomDoubts(bottomM, lowM, heightM, print) : []),
    ],
  };
  if (!onSupport) return body;
  const footed = taperedFoot(body, turned, print, lowM, seen, frame);
  return roundedBody(shadowed(footed, turned, print, seen, frame), turned, seen, frame);
}

/** With the doubt of what may slope down behind a face. */
function shadowed(
  body: Body,
  turned: PointCloud,
  print: Footprint,
  { pitchM }: SeenObject,
  frame: CanonicalFrame,
): Body {
  if (print.roundness === 1) return body;
  const { heightM } = body.box;
  const eye = toCanonical(frame, [0, 0, 0]);
  const view = Math.atan2(print.centerY - eye[1], print.centerX - eye[0]);
  const away = Math.hypot(print.centerX - eye[0], print.centerY - eye[1]);
  const axis = depthAxis(print.angle, view);
  const [deepM] = extentsAlong(turned, axis);
  const faceM = FACE_PITCH * pitchM + FACE_NOISE * (frame.residualM ?? 0);
  const thin = (1 - print.roundness) * ramp(2 - deepM / faceM);
  const overM = eye[2] - body.bottomM - heightM;
  if (thin === 0 || overM <= 0) return body;
  const shadowM = Math.min((heightM * away) / overM, MOST_SHADOW * heightM);
  const offM = (thin * SHADOW_SHARE * shadowM) / 2;
  const doubt: Vec3 = [offM * Math.cos(axis), offM * Math.sin(axis), 0];
  return {
    ...body,
    residualM: Math.hypot(body.residualM, offM),
    doubts: [...body.doubts, doubt],
  };
}

/** The body with the back of an ellipsoid, as far as the back is seen to be rounded. */
function roundedBody(
  body: Body,
  turned: PointCloud,
  { outline, pitchM }: SeenObject,
  frame: CanonicalFrame,
): Body {
  const { center, box, bottomM } = body;
  const eye = toCanonical(frame, [0, 0, 0]);
  const [x, y] = [center[0] - eye[0], center[1] - eye[1]];
  const from: SeenFrom = {
    eye,
    bottomM,
    noiseM: frame.residualM ?? 0,
    pitchM,
    frontSeen: 1 - ramp(2 * outline.hiddenBelowShare),
    topSeen: 1 - ramp(2 * outline.hiddenAboveShare),
  };
  const view = Math.atan2(y, x);
  const isLong = box.shape === "rectangle";
  // A long thing that lies obliquely is completed across its length and at its end, not along the view.
  const axis = isLong ? depthAxis(box.angle, view) : view;
  const axes = isLong ? [axis, axis + quarterAway(axis, view)] : [axis];
  const backs = axes.map((axisRad) => completedAlong(turned, from, axisRad));
  const right = minus(toCanonical(frame, [1, 0, 0]), eye);
  const { lowerM, loweredM } = backs.reduce((one, other) =>
    other.lowerM > one.lowerM ? other : one,
  );
  const aside = backs.map(({ way }) =>
    isLong ? sideways(way, minus(center, eye), box, right) : 0,
  );
  const moved = backs.reduce<Vec3>((at, { way, moveM }) => addScaled(at, way, moveM), center);
  return {
    ...body,
    center: addScaled(moved, [0, 0, 1], -lowerM / 2),
    box: { ...box, heightM: box.heightM + lowerM },
    bottomM: bottomM - lowerM,
    residualM: Math.hypot(body.residualM, loweredM, ...backs.map(({ movedM }) => movedM)),
    bottomDoubtM: Math.max(body.bottomDoubtM, loweredM, LOWERED_DOUBT * lowerM),
    behindM: body.behindM + 2 * (backs[0]?.moveM ?? 0),
    asideM: ASIDE * sum(backs, ({ moveM }, i) => 2 * moveM * (aside[i] ?? 0)),
    asideDoubtM: Math.hypot(
      body.asideDoubtM,
      ...backs.map(({ movedM }, i) => 2 * ASIDE_DOUBT * movedM * (aside[i] ?? 0)),
    ),
    doubts: [
      ...body.doubts,
      ...backs.map(({ way, movedM }) => mapVec3(way, (value) => movedM * value)),
      [0, 0, loweredM / 3],
    ],
  };
}

/**
 * How much farther to the side what goes on behind an end reaches, for each metre along its way. Of what lies aside, the far
 * corner of its outer end is hidden behind that end: at most as far out as the ray that passes the end.
 *
 * @param toBody from the eye to its centre
 * @param right the direction across the image
 */
function sideways(way: Vec3, toBody: Vec3, { lengthM }: ObjectBox, right: Vec3): number {
  const across = dot(way, right);
  const [x, y] = addScaled(toBody, right, (Math.sign(across) * lengthM) / 2);
  const outM = Math.sign(across) * (x * right[0] + y * right[1]);
  const aheadM = Math.sqrt(Math.max(0, x * x + y * y - outM * outM));
  return Math.min(Math.abs(across), Math.max(0, outM) / Math.max(1e-3, aheadM));
}

/** How a body is completed in a direction along the support: its centre moves, and its lower end. */
interface CompletedAlong {
  /** Unit vector, canonical. */
  readonly way: Vec3;
  readonly moveM: number;
  readonly lowerM: number;
  /** How far these may be off. */
  readonly movedM: number;
  readonly loweredM: number;
}

function completedAlong(turned: PointCloud, from: SeenFrom, axisRad: number): CompletedAlong {
  const back = roundedBack(turned, from, axisRad);
  const roundness = back.roundness * from.topSeen;
  const doubt = Math.hypot(back.roundnessSigma, ROUNDED_DOUBT * roundness);
  return {
    way: [Math.cos(axisRad), Math.sin(axisRad), 0],
    moveM: (roundness * back.unseenM) / 2,
    movedM: (doubt * back.unseenM) / 2,
    // Nothing goes on below the support.
    lowerM: Math.min(roundness * back.lowerM, Math.max(0, from.bottomM)),
    loweredM: doubt * back.lowerM,
  };
}

/** A quarter turn from the axis to the side that leads away from the eye. */
function quarterAway(axis: number, view: number): number {
  return (Math.sign(Math.sin(view - axis)) || 1) * (Math.PI / 2);
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
  // A sheet that lies lower than the support's plane everywhere is no higher than it is seen to be.
  if (isDown && highM < 0) return { bottomM: highM, doubtM: highM - lowM };
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
  // It stands on the support, or on something thin or hidden as well, up to where it is seen to end.
  if (bottomM === 0) return [[0, 0, Math.max(0, lowM) / 2 / Math.sqrt(6)]];
  const away = Math.hypot(centerX, centerY) || 1;
  const offM = ROUNDED_BELOW * Math.min(heightM, widthM);
  const alongM = (1 - roundness) * offM;
  return [
    [0, 0, offM],
    [(alongM * centerX) / away, (alongM * centerY) / away, 0],
    [(-alongM * centerY) / away / 4, (alongM * centerX) / away / 4, 0],
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
  const axis = depthAxis(print.angle, view);
  const headOn = ramp((OBLIQUE_RAD - Math.abs(view - axis)) / (OBLIQUE_RAD / 2));
  if (flatness * headOn === 0) return 0;
  const missing = partsOf(turned, seen.pitchM).map((part) => {
    const [deepM, acrossM] = extentsAlong(part, axis);
    // A face seen head-on is as deep as the noise of its points makes it.
    const surelyDeepM = Math.max(0, deepM - 4 * (frame.residualM ?? 0));
    return Math.max(0, USUAL_DEPTH * Math.min(acrossM, heightM) - surelyDeepM);
  });
  const meanM = missing.reduce((sum, m) => sum + m, 0) / Math.max(1, missing.length);
  return (1 - print.roundness) * flatness * headOn * meanM;
}

/** The side of a rectangle that runs along the view, as nearly as one does. */
function depthAxis(angle: number, view: number): number {
  const quarter = Math.PI / 2;
  return angle + quarter * Math.round((view - angle) / quarter);
}

/** Parts of an object that do not touch, such as two fingers. */
function partsOf(turned: PointCloud, pitchM: number): PointCloud[] {
  const grid = new VoxelGrid(turned, Math.max(0.01, 4 * pitchM));
  return [...pointsByComponent(grid.componentsOfPoints()).values()]
    .filter((part) => part.length >= 0.1 * turned.count)
    .map((part) => pickPoints(turned, part));
}
