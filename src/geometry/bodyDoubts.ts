import { minus, type Vec3 } from "../base/index.js";
import type { Body } from "./Body.js";
import { type CanonicalFrame, toCanonical } from "./CanonicalFrame.js";
import { sliverAtCut } from "./cutReach.js";
import { markedAtEnd } from "./markedAtEnd.js";
import type { PointCloud } from "./PointCloud.js";
import { ramp } from "./ramp.js";
import type { BoxSides, SeenObject } from "./SpatialObject.js";

// These numbers are chosen to cover the errors on the simulator's tables, which bench/corruption/run.ts measures.

/** Shares of the pixel's pitch, of the depth's noise and of its size that a whole body's centre is off by. */
const PITCH_SHARE = 0.07;
const NOISE_SHARE = 0.33;
/** The size counts more where a footprint is round: of its circle, only the near side is seen. */
const [SIZE_SHARE, ROUND_SIZE_SHARE] = [0.0006, 0.003];
/** What is round in all directions may be longer along the view than it is wide. */
const BALL_SHARE = 0.04;
/** Across the view, and in height, it is off by less than along the view, by these factors. */
const ACROSS = 0.22;
const UPWARDS = 0.25;

/**
 * A footprint of which less of the rim than `FORM_FROM` lies on a circle or a rectangle is of another form; of one of
 * which `FORM_ALL` lies there, the centre is off by a share of its diagonal, and less across the view and in height.
 */
const [FORM_FROM, FORM_ALL] = [0.95, 0.5];
const FORM_SHARE = 0.009;
const [FORM_ACROSS, FORM_UPWARDS] = [0.35, 0.25];
/** A ball cannot reach below the support: it is off in all directions by this share of what it does. */
const SUNK_SHARE = 0.35;

/** Where a side is hidden, the centre is off by this share of the footprint's diagonal, and of at least so much, metres. */
const HIDDEN_HARM = 0.075;
const LEAST_HIDDEN_M = 0.05;
/**
 * But it goes on no farther than what hides it: its centre is off by no more, and no less, than a share of that. The centre of
 * what goes on as far as that is off by half of it, which is three of the most.
 */
const [LEAST_REACH, MOST_REACH] = [0.07, 0.17];
/** A sliver, behind what is so many times larger than what is seen of it, is off by the most. */
const [SLIVER_FROM, SLIVER_ALL] = [2, 5];
/** And what hides more than so many times all that is seen of a thing hides how high it is: it is off by this share of that. */
const SLIVER_UP = 0.1;
const [SLIVER_UP_FROM, SLIVER_UP_RAMP] = [3.5, 2];
/** Flatter than this (sine of the angle) what is hidden goes on no farther: it ends at other things. */
const LEAST_STEEPNESS = 0.25;
/** And things are seldom longer than this behind what hides them, metres. */
const MOST_LYING_M = 0.2;
/** What is so many times longer than wide begins to be, and is, a handle or a bar: any share of it may be hidden at an end. */
const [LONG_FROM, LONG] = [1.2, 1.7];
/** What is higher than this does not stand on the support, metres: it need not be upright. */
const HELD_M = 0.024;
/** What is lower than this for its width is no upright can, but may be the end of what lies. */
const UPRIGHT_SHARE = 0.7;
/** A ball, or what is held, may be an end of a capsule: from this share of its outline on that is hidden, and surely so much later. */
const [CAPSULE_FROM, CAPSULE_RAMP] = [0.15, 0.3];
/** A short arc of a circle, radians, tells this much of where its centre is; a long one tells all of it. */
const [SHORT_ARC, LONG_ARC] = [(140 * Math.PI) / 180, (200 * Math.PI) / 180];
const SHORT_TELLS = 0.75;
/** But never all: what hides it may hide where it is no circle. */
const MOST_TELLS = 0.75;
/** An arc tells less where much of the outline is hidden: from this share of it on, half at the second. */
const [ARC_FROM, ARC_HALF] = [0.2, 0.5];
/** What hides its top may hide its far side too: by these shares of its width, and of its height. */
const TOP_ALONG = 0.07;
const TOP_UP = 0.035;
/**
 * Nothing tells how far a side goes on that the image cuts off: the centre is off by this share of what is seen, and of
 * at least so much, metres.
 */
const CUT_HARM = 0.3;
const LEAST_CUT_M = 0.1;
const UNCUT = [0, 0, 0, 0] as const;

/** A good mask loses this much: its lowest points, which may be the support's. */
export const USUALLY_LOST = 0.05;
/**
 * A mask that is shifted by a share of the object's size loses that on one side, and on the other
 * it has as much of something else: sizes are off by all of it. One that is too large on all sides moves
 * no centre, which is off by less.
 */
export const LOST_HARM = 0.6;
const LOST_CENTER_HARM = 0.04;

/** Where a mask goes on without depth, its thing is completed from a part: its centre is off by this share of that. */
const [BLIND_HARM, BLIND_UPWARDS] = [0.6, 0.65];
/** What of a mask has no depth is its own or not: its centre is off by such a share of how far that moves its middle. */
const [HOLES_HARM, HOLES_UPWARDS] = [0.75, 0.4];

/**
 * Beyond this share of torn pixels, and of more where noise tears surfaces (a share for each metre of it), what
 * lies between two surfaces is in the body too; it is surely so at a share that is larger by `TORN_RAMP`.
 */
const TORN_FROM = 0.01;
const TORN_BY_NOISE = 10;
const TORN_RAMP = 0.02;
/** Of what passes for one surface at a metre, how far beyond its edge the body may reach. */
const TORN_M = 0.0019;
/** Across the view both of its edges are torn, which moves its middle less. */
const TORN_ACROSS = 0.7;

/**
 * How far a body's centre may be off, and in which direction of the canonical frame: each by one standard
 * deviation. What is seen along the view is less certain than across it, and what is hidden is uncertain
 * on its side only.
 *
 * @param noiseM of the depths (standard deviation)
 * @param topBeyondM how far its top may go on where it is not seen (standard deviation)
 */
export function bodyDoubts(
  body: Body,
  hidden: HiddenSides,
  seen: SeenObject,
  noiseM: number,
  topBeyondM: number,
): Vec3[] {
  const { center, box, roundness, onShape, bottomM } = body;
  const away = Math.hypot(center[0], center[1]) || 1;
  const [cos, sin] = [center[0] / away, center[1] / away];
  /** A doubt of its own along the view, across it and upwards. */
  const allWays = (alongM: number, acrossM: number, upM: number): Vec3[] => [
    [alongM * cos, alongM * sin, 0],
    [-acrossM * sin, acrossM * cos, 0],
    [0, 0, upM],
  ];
  const diagonalM = Math.hypot(box.lengthM, box.widthM);
  const sizeM = Math.hypot(diagonalM, box.heightM);
  const seenM = Math.hypot(
    PITCH_SHARE * seen.pitchM,
    NOISE_SHARE * noiseM,
    (SIZE_SHARE + (ROUND_SIZE_SHARE - SIZE_SHARE) * roundness) * diagonalM,
    box.shape === "sphere" ? BALL_SHARE * box.lengthM : 0,
  );
  const formM = FORM_SHARE * diagonalM * ramp((FORM_FROM - onShape) / (FORM_FROM - FORM_ALL)) ** 2;
  const sunkM = box.shape === "sphere" ? SUNK_SHARE * Math.max(0, -bottomM) : 0;
  const lostM = LOST_CENTER_HARM * Math.max(0, seen.lostShare - USUALLY_LOST) * sizeM;
  const [rightM, downM] = [HOLES_HARM * seen.holesM[0], HOLES_HARM * seen.holesM[1]];
  const tornM = tornBy(seen, noiseM, body);
  const blindM = BLIND_HARM * Math.hypot(...seen.blindM);
  const doubts = [
    ...allWays(seenM, ACROSS * seenM, UPWARDS * seenM),
    ...allWays(downM, rightM, HOLES_UPWARDS * downM),
    ...(blindM > 0 ? allWays(blindM, blindM, BLIND_UPWARDS * blindM) : []),
    ...allWays(formM, FORM_ACROSS * formM, FORM_UPWARDS * formM),
    ...(sunkM > 0 ? allWays(sunkM, sunkM, sunkM) : []),
    ...(lostM > 0 ? allWays(lostM, lostM, lostM) : []),
    ...(tornM > 0 ? allWays(tornM, TORN_ACROSS * tornM, tornM / 4) : []),
  ];
  const { moves, top } = hidden;
  const topM = TOP_ALONG * top * box.widthM;
  return [
    ...doubts,
    ...moves,
    [topM * cos, topM * sin, 0],
    [0, 0, Math.hypot(TOP_UP * top * box.heightM, topBeyondM / 2)],
  ];
}

/** How far a body may go on where it is hidden, or cut off. */
export interface HiddenSides {
  /** How its centre may be off along its length, and across that (standard deviations), canonical. */
  readonly moves: readonly Vec3[];
  /** How much farther out each side of its box may be (standard deviation), metres. */
  readonly beyondM: BoxSides;
  /** How surely its top, and one of its ends, is hidden, 0..1. */
  readonly top: number;
  readonly end: number;
  /** How far its centre may be higher than the sliver of it that is seen (standard deviation), metres. */
  readonly sliverUpM: number;
}

const NOTHING_HIDDEN: HiddenSides = {
  moves: [],
  beyondM: { front: 0, back: 0, left: 0, right: 0 },
  top: 0,
  end: 0,
  sliverUpM: 0,
};

/** @param turned the points, canonical */
export function hiddenSides(
  body: Body,
  turned: PointCloud,
  seen: SeenObject,
  frame: CanonicalFrame,
): HiddenSides {
  if (seen.outline.hiddenShare === 0) return NOTHING_HIDDEN;
  const { box, roundness, arcRad } = body;
  const diagonalM = Math.hypot(box.lengthM, box.widthM);
  const sizeM = Math.hypot(diagonalM, box.heightM);
  const { nearHidden, nearCut, cuts } = seen.outline;
  const [front, back, left, right, top] = sharesAtSides(box.angle, turned, nearHidden, seen.pitchM);
  const cut = cuts.length > 0 ? sharesAtSides(box.angle, turned, nearCut, seen.pitchM) : UNCUT;
  // Round on its footprint alone, it stands upright in a gripper: its axis is seen, and only its top is hidden.
  const isUpright = box.shape === "circle" && box.heightM > UPRIGHT_SHARE * box.lengthM;
  const isOneEnd = box.shape === "sphere" || (!isUpright && body.bottomM > HELD_M);
  const capsule = isOneEnd ? ramp((seen.outline.hiddenShare - CAPSULE_FROM) / CAPSULE_RAMP) : 0;
  const told =
    MOST_TELLS *
    (1 - sliverAtCut(seen)) *
    (1 - capsule) *
    roundness *
    (1 - ramp((seen.outline.hiddenShare - ARC_FROM) / (ARC_HALF - ARC_FROM)) / 2) *
    (SHORT_TELLS + (1 - SHORT_TELLS) * ramp((arcRad - SHORT_ARC) / (LONG_ARC - SHORT_ARC)));
  const { left: leftPx, right: rightPx, above, below } = seen.outline.reachPx;
  const reachM = Math.max(leftPx, rightPx, above, below) * seen.pitchM;
  const [acrossLong, downLong] = lyingLengths(body, frame);
  const lyingPx = Math.max(
    acrossLong * Math.max(leftPx, rightPx),
    downLong * Math.max(above, below),
  );
  const lyingM = Math.max(reachM, Math.min(lyingPx * seen.pitchM, MOST_LYING_M));
  const usualM = HIDDEN_HARM * Math.max(LEAST_HIDDEN_M, diagonalM);
  const harmOver = (extentM: number, likely: number): number => {
    const sliver = ramp((reachM / extentM - SLIVER_FROM) / (SLIVER_ALL - SLIVER_FROM));
    const leastM =
      LEAST_REACH * reachM +
      (MOST_REACH - LEAST_REACH) * Math.max(sliver * reachM, likely * lyingM);
    return (1 - told) * Math.max(Math.min(usualM, MOST_REACH * reachM), leastM);
  };
  const long = ramp((box.lengthM / box.widthM - LONG_FROM) / (LONG - LONG_FROM));
  const likelyEnd = Math.max(long, capsule / 2);
  // Of a side that is seen in part, that tells where it ends.
  const harmAt = (share: number, extentM: number, likely: number): number =>
    share && share * harmOver(extentM, Math.max(likely, ramp(2 * share - 1)));
  const cutM = (1 - told) * CUT_HARM * Math.max(LEAST_CUT_M, diagonalM);
  const offM = {
    front: Math.hypot(harmAt(front, box.lengthM, likelyEnd), cutM * cut[0]),
    back: Math.hypot(harmAt(back, box.lengthM, likelyEnd), cutM * cut[1]),
    left: Math.hypot(harmAt(left, box.widthM, capsule / 2), cutM * cut[2]),
    right: Math.hypot(harmAt(right, box.widthM, capsule / 2), cutM * cut[3]),
  };
  const lengthM = Math.hypot(offM.front, offM.back);
  const widthM = Math.hypot(offM.left, offM.right);
  const [c, s] = [Math.cos(box.angle), Math.sin(box.angle)];
  return {
    moves: [
      [lengthM * c, lengthM * s, 0],
      [-widthM * s, widthM * c, 0],
    ],
    // The centre moves by half of what a side does.
    beyondM: {
      front: 2 * offM.front,
      back: 2 * offM.back,
      left: 2 * offM.left,
      right: 2 * offM.right,
    },
    top,
    end: Math.max(front, back),
    sliverUpM: SLIVER_UP * reachM * ramp((reachM / sizeM - SLIVER_UP_FROM) / SLIVER_UP_RAMP),
  };
}

/**
 * How much longer what lies along the plane is than it is seen in the image: across the image, and down. Seen from a
 * quarter turn above it is so; flat, what hides a little of the image hides much behind it.
 */
function lyingLengths({ center, bottomM }: Body, frame: CanonicalFrame): readonly [number, number] {
  if (bottomM > HELD_M) return [1, 1];
  const ray = minus(center, toCanonical(frame, [0, 0, 0]));
  const steepness = Math.max(LEAST_STEEPNESS, Math.abs(ray[2]) / Math.hypot(...ray));
  const { z: up } = frame;
  return [Math.hypot(1, up[0] / steepness), Math.hypot(1, up[1] / steepness)];
}

/** How far beyond its edges a body may reach along the view, because depths between two surfaces are in it. */
export function tornBy(seen: SeenObject, noiseM: number, { center: [x, y] }: Body): number {
  return TORN_M * (1 + x * x + y * y) * tornFrom(seen, noiseM);
}

/** How surely a body has what lies between two surfaces, 0..1. */
export function tornFrom({ tornShare }: SeenObject, noiseM: number): number {
  return ramp((tornShare - TORN_FROM - TORN_BY_NOISE * noiseM) / TORN_RAMP);
}

/**
 * Of both ends of the box, its two sides and its top: how many of the points there are marked, 0: few, to 1: most.
 *
 * @param marks for each point: 1 if the outline near it is not the object's own.
 */
function sharesAtSides(
  angle: number,
  { count, xyz }: PointCloud,
  marks: Uint8Array,
  pitchM: number,
): [number, number, number, number, number] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [along, across, up] = [0, 1, 2].map(() => new Float32Array(count)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < count; i++) {
    const x = xyz[3 * i]!;
    const y = xyz[3 * i + 1]!;
    along[i] = c * x + s * y;
    across[i] = c * y - s * x;
    up[i] = xyz[3 * i + 2]!;
  }
  /** Of the outermost points in a direction: 1 for larger, -1 for smaller values. */
  const shareAt = (values: Float32Array, sign: 1 | -1): number => {
    let most = -Infinity;
    for (let i = 0; i < values.length; i++) most = Math.max(most, sign * (values[i] ?? 0));
    return markedAtEnd(values, marks, sign * most, sign, pitchM);
  };
  return [
    shareAt(along, 1),
    shareAt(along, -1),
    shareAt(across, 1),
    shareAt(across, -1),
    shareAt(up, 1),
  ];
}
