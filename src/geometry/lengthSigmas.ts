import { cutReach, widensBeyond } from "./cutReach.js";
import { markedAtEnd } from "./markedAtEnd.js";
import { ramp } from "./ramp.js";
import type { LengthSigmas, ObjectBox, SeenObject } from "./SpatialObject.js";

/** A body of which lengths are told. */
export interface MeasuredBody {
  readonly box: ObjectBox;
  readonly bottomM: number;
  /** How far its lower end may be off by what was supposed of it, beside what was seen. */
  readonly bottomDoubtM: number;
  /** Lowest and highest point that was seen, over the support. */
  readonly lowM: number;
  readonly highM: number;
  /** Its outermost points along the optical x axis. */
  readonly leftM: number;
  readonly rightM: number;
  /** How much wider it is with its few outermost points; of that, what is left out because points are torn. */
  readonly fewM: number;
  readonly leftOutM: number;
  /** How far what was supposed of its hidden back may make it narrower or wider. */
  readonly asideDoubtM: number;
  /** How far what is hidden moves its centre across the image: it is wider by no less. */
  readonly hiddenAcrossM: number;
  /** How far beyond a surface's edge its height may reach where points are torn. */
  readonly tornM: number;
  /** How far its top may go on where it is not seen: beyond the edge of the image, or behind another thing. */
  readonly topBeyondM: number;
  /** What bows the support in depth moves its ends too. */
  readonly warpM: number;
  /** How far its lower side may be off because it is seen from above (standard deviation). */
  readonly lowerSideM: number;
}

// Chosen to cover the errors on the simulator's tables (66000..66023) that bench/corruption/run.ts draws.

/** Each end is seen to a fraction of a pixel; a sensor's noise moves the outermost point. */
const [WIDTH_PITCH, WIDTH_NOISE] = [0.6, 0.25];
/** Of what narrows to a point, pixels at that point are lost: by this share of what few points have. */
const WIDTH_FEW = 0.25;
/** Tops are the mean of many pixels, bottoms are seen where a wall ends. */
const [TOP_PITCH, BOTTOM_PITCH, HEIGHT_NOISE] = [0.03, 0.6, 0.6];
/** A top that few points reach is rounded, or an edge: it is higher by what they are higher than noise lifts them. */
const TOP_FEW = 0.8;
/** A hidden end may be farther out: by these shares of how far what hides it goes on, and of its own size. */
const [END_REACH, END_SIZE] = [0.35, 0.1];
/** A hidden top is a lower one more rarely: its front is seen; the points there may be what hides it. */
const [TOP_REACH, TOP_SIZE] = [0.15, 0.2];
/** An end without depth may be its own or not: by this share of how far the mask goes on there. */
const BLIND_SHARE = 0.5;
/** What is lost at a mask's edge was another thing's, or its own. */
const [WIDTH_LOST, HEIGHT_LOST] = [0.3, 0.1];
/** What is seen to end this low may stand on the support and be rounded below; from the second on it is in the air. */
const [STANDS_BELOW_M, RAISED_FROM_M] = [0.012, 0.024];
/** The lower end is then off by this share of where it is seen, and by this one of the size in any case. */
const [MAY_STAND, ROUNDED_BELOW] = [0.45, 0.04];
/**
 * What stands on the support was seen to end over it: the rest was in the shadow of the support's noise. What is seen to
 * end below it may lie in a hollow.
 */
const STANDS_SHARE = 0.45;
/** What is taken for a ball may be longer along one axis: its top is seen, its lower end is not. */
const [BALL_TOP, BALL_BOTTOM] = [0.02, 0.06];

/**
 * How far a top may be higher than it is measured because few points reach it (standard deviation, metres).
 *
 * @param z of the points up from the support
 * @param highM where the top is measured
 */
export function fewAbove(z: Float32Array, highM: number, noiseM: number): number {
  return TOP_FEW * Math.max(0, z.reduce((a, b) => Math.max(a, b), highM) - highM - noiseM);
}

/**
 * How far an object's width, height, top and bottom may be off, each by what was seen of its own ends.
 *
 * @param x of the points along the optical x axis
 * @param z of the points up from the support
 * @param noiseM of the depths (standard deviation)
 */
export function lengthSigmas(
  body: MeasuredBody,
  x: Float32Array,
  z: Float32Array,
  seen: SeenObject,
  noiseM: number,
  lostShare: number,
): LengthSigmas {
  const { box, bottomM, lowM } = body;
  const { pitchM, outline } = seen;
  const { reachPx, hiddenBelowShare } = outline;
  const diagonalM = Math.hypot(box.lengthM, box.widthM);
  const sizeM = Math.hypot(diagonalM, box.heightM);
  const [rightM, downM] = seen.holesM;
  const [blindAcrossM, blindDownM] = seen.blindM;
  const hiddenAt = (values: Float32Array, endM: number, sign: 1 | -1): number =>
    markedAtEnd(values, outline.nearHidden, endM, sign, pitchM);
  const isHidden = outline.hiddenShare > 0;
  const sideM = (values: Float32Array, endM: number, sign: 1 | -1, px: number): number =>
    isHidden && px > 0
      ? hiddenAt(values, endM, sign) * Math.hypot(END_REACH * px * pitchM, END_SIZE * diagonalM)
      : 0;
  const isCut = outline.cuts.length > 0;
  const cutAt = (values: Float32Array, endM: number, sign: 1 | -1): number =>
    isCut ? markedAtEnd(values, outline.nearCut, endM, sign, pitchM) : 0;
  const seenWidthM = body.rightM - body.leftM;
  const widthM = Math.hypot(
    WIDTH_PITCH * pitchM,
    WIDTH_NOISE * noiseM,
    body.leftOutM,
    WIDTH_FEW * body.fewM,
    body.asideDoubtM,
    cutReach(seen, seenWidthM) *
      Math.hypot(cutAt(x, body.leftM, -1), cutAt(x, body.rightM, 1), widensBeyond(seen)),
    // What is missing on one side moves the middle by half of it.
    2 * rightM,
    BLIND_SHARE * blindAcrossM,
    WIDTH_LOST * lostShare * sizeM,
    Math.max(
      body.hiddenAcrossM,
      Math.hypot(sideM(x, body.leftM, -1, reachPx.left), sideM(x, body.rightM, 1, reachPx.right)),
    ),
  );
  const seenM = Math.hypot(
    HEIGHT_NOISE * noiseM,
    body.warpM,
    downM,
    BLIND_SHARE * blindDownM,
    HEIGHT_LOST * lostShare * sizeM,
  );
  const ballM = box.shape === "sphere" ? box.heightM : 0;
  const topHidden = isHidden ? hiddenAt(z, body.highM, 1) : 0;
  const topM = Math.hypot(
    TOP_PITCH * pitchM,
    BALL_TOP * ballM,
    seenM,
    body.tornM,
    fewAbove(z, body.highM, noiseM),
    topHidden * Math.hypot(TOP_REACH * reachPx.above * pitchM, TOP_SIZE * box.heightM),
    body.topBeyondM,
  );
  const lowHidden = isHidden ? Math.max(ramp(2 * hiddenBelowShare), hiddenAt(z, lowM, -1)) : 0;
  const raised = ramp((bottomM - STANDS_BELOW_M) / (RAISED_FROM_M - STANDS_BELOW_M));
  const bottomSigmaM =
    bottomM === 0
      ? Math.hypot(STANDS_SHARE * Math.abs(lowM), noiseM)
      : Math.hypot(
          seenM,
          BOTTOM_PITCH * pitchM,
          BALL_BOTTOM * ballM,
          body.tornM,
          body.bottomDoubtM,
          ROUNDED_BELOW * Math.min(box.heightM, box.widthM),
          MAY_STAND * Math.abs(bottomM) * (1 - raised),
          // Of what is rounded and in the air, a camera that looks down does not see the lower side.
          raised * body.lowerSideM,
          (lowHidden * Math.abs(bottomM)) / Math.sqrt(3),
        );
  const heightM = Math.hypot(topM, bottomSigmaM);
  return { widthM, heightM, topM, bottomM: bottomSigmaM };
}
