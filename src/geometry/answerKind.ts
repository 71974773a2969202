import { distanceBetween, dot, itemAt, mapVec3, minus, unit, type Vec3 } from "../base/index.js";
import {
  type AnswerValue,
  type KindInfo,
  kindInfo,
  type QuantityKind,
  type QuestionKind,
  type Relation,
  relationOf,
} from "../language/index.js";
import type { CanonicalFrame } from "./CanonicalFrame.js";
import { differenceSigma, distanceSigma, without } from "./centerSigma.js";
import { gapBetween } from "./gapBetween.js";
import type { ObjectSize, SpatialObject } from "./SpatialObject.js";

/** A length in metres and its standard deviation. */
export interface LengthEstimate {
  readonly valueM: number;
  readonly sigmaM: number;
}

/** Thrown where a kind needs an object's size and only a point of it is known. */
export class NoSizeError extends Error {
  constructor(readonly which: "subject" | "object") {
    super(`only one point of the ${which} is known, so it has no size`);
    this.name = "NoSizeError";
  }
}

/**
 * The answer to a kind, as QuestionKind.ts defines it, about subject a and object b. For kinds
 * that need up, `frame` must be a canonical frame on a support plane.
 *
 * @throws NoSizeError
 */
export function answerKind(
  kind: QuestionKind,
  frame: CanonicalFrame,
  a: SpatialObject,
  b?: SpatialObject,
): AnswerValue {
  const info = kindInfo(kind);
  if (info.shape === "quantity")
    return { shape: "quantity", ...quantityOf(kind as QuantityKind, frame, a, b) };
  return relate(info, relationMargin(relationOf(kind), frame, a, must(b)));
}

/** How much more a is `relation` than b, in metres: positive where the relation holds of a. */
export function relationMargin(
  relation: Relation,
  frame: CanonicalFrame,
  a: SpatialObject,
  b: SpatialObject,
): LengthEstimate {
  switch (relation) {
    case "left":
      return negated(relationMargin("right", frame, a, b));
    case "right": {
      const right: Vec3 = [frame.x[0], frame.y[0], frame.z[0]];
      return {
        valueM: a.center[0] - b.center[0],
        sigmaM: differenceSigma(a, right, b, right),
      };
    }
    case "above":
      return {
        valueM: a.canonicalCenter[2] - b.canonicalCenter[2],
        sigmaM: differenceSigma(a, UP, b, UP),
      };
    case "below":
      return relationMargin("above", frame, b, a);
    case "behind":
      return {
        valueM: Math.hypot(...a.center) - Math.hypot(...b.center),
        sigmaM: differenceSigma(a, awayFromCamera(a, frame), b, awayFromCamera(b, frame)),
      };
    case "front":
      return negated(relationMargin("behind", frame, a, b));
    case "tall":
      return difference(lengthOf(a, "subject", "heightM"), lengthOf(b, "object", "heightM"));
    case "short":
      return negated(relationMargin("tall", frame, a, b));
    case "wide":
      return difference(lengthOf(a, "subject", "widthM"), lengthOf(b, "object", "widthM"));
    case "thin":
      return negated(relationMargin("wide", frame, a, b));
    case "big":
      return difference(sideOf(a, "subject"), sideOf(b, "object"));
    case "small":
      return negated(relationMargin("big", frame, a, b));
  }
}

function relate(info: KindInfo, { valueM, sigmaM }: LengthEstimate): AnswerValue {
  const holds = valueM > 0;
  const confidence = normalCdf(Math.abs(valueM) / sigmaM);
  if (info.shape === "yes_no") return { shape: "yes_no", yes: holds, confidence };
  if (info.shape === "choice")
    return { shape: "choice", choice: holds ? "subject" : "object", confidence };
  return { shape: "class", relation: itemAt(info.relations, holds ? 0 : 1), confidence };
}

function quantityOf(
  kind: QuantityKind,
  frame: CanonicalFrame,
  a: SpatialObject,
  maybeB: SpatialObject | undefined,
): LengthEstimate {
  switch (kind) {
    case "height":
      return lengthOf(a, "subject", "heightM");
    case "width":
      return lengthOf(a, "subject", "widthM");
    case "elevation":
      return { valueM: Math.max(0, a.bottomM), sigmaM: endSigma(a, "subject", "bottomM") };
  }
  const b = must(maybeB);
  switch (kind) {
    case "distance":
      return between(a, b, distanceBetween(a.center, b.center), [1, 1, 1]);
    case "gap":
      return gapOf(a, b, frame);
    case "vertical_distance":
      return between(a, b, Math.abs(a.canonicalCenter[2] - b.canonicalCenter[2]), [0, 0, 1]);
    case "horizontal_distance": {
      const [ax, ay] = a.canonicalCenter;
      const [bx, by] = b.canonicalCenter;
      return between(a, b, Math.hypot(ax - bx, ay - by), [1, 1, 0]);
    }
    case "above_difference":
      return { valueM: a.topM - b.topM, sigmaM: endDifferenceSigma(a, b, "topM") };
    case "below_difference":
      return { valueM: b.bottomM - a.bottomM, sigmaM: endDifferenceSigma(a, b, "bottomM") };
    case "behind_difference":
      return relationMargin("behind", frame, a, b);
    case "front_difference":
      return relationMargin("front", frame, a, b);
    case "left_difference":
      return relationMargin("left", frame, a, b);
    case "right_difference":
      return relationMargin("right", frame, a, b);
  }
}

function between(a: SpatialObject, b: SpatialObject, valueM: number, axes: Vec3): LengthEstimate {
  const isAlike = a.doubt === undefined && b.doubt === undefined;
  return {
    valueM,
    sigmaM: isAlike ? Math.hypot(a.centerSigmaM, b.centerSigmaM) : distanceSigma(a, b, axes),
  };
}

function negated({ valueM, sigmaM }: LengthEstimate): LengthEstimate {
  return { valueM: -valueM, sigmaM };
}

const UP: Vec3 = [0, 0, 1];

/** How far the unseen sides of an object, and its unseen corners, may be off, as a share of what they make a gap smaller. */
const [SUPPOSED_DOUBT, CORNER_DOUBT] = [0.35, 0.45];

/** In the canonical frame; of what is at the camera itself, its view. */
function awayFromCamera({ center }: SpatialObject, frame: CanonicalFrame): Vec3 {
  const away = unit(center) ?? [0, 0, 1];
  return [dot(away, frame.x), dot(away, frame.y), dot(away, frame.z)];
}

function difference(a: LengthEstimate, b: LengthEstimate): LengthEstimate {
  return { valueM: a.valueM - b.valueM, sigmaM: Math.hypot(a.sigmaM, b.sigmaM) };
}

function lengthOf(
  object: SpatialObject,
  which: "subject" | "object",
  length: "widthM" | "heightM",
): LengthEstimate {
  const size = sizeOf(object, which);
  return { valueM: size[length], sigmaM: size.sigmas?.[length] ?? size.sigmaM };
}

/** Of the cube with its volume. */
function sideOf(object: SpatialObject, which: "subject" | "object"): LengthEstimate {
  const { volumeM3, sigmaM } = sizeOf(object, which);
  return { valueM: Math.cbrt(volumeM3), sigmaM };
}

/** Of the highest or lowest point. */
function endSigma(
  object: SpatialObject,
  which: "subject" | "object",
  end: "topM" | "bottomM",
): number {
  const { sigmas, sigmaM } = sizeOf(object, which);
  return sigmas?.[end] ?? Math.hypot(sigmaM, object.bottomSigmaM ?? 0);
}

function endDifferenceSigma(a: SpatialObject, b: SpatialObject, end: "topM" | "bottomM"): number {
  return Math.hypot(endSigma(a, "subject", end), endSigma(b, "object", end));
}

/** What moves the centres moves the ends; what is hidden only those where it is. */
function gapOf(a: SpatialObject, b: SpatialObject, frame: CanonicalFrame): LengthEstimate {
  const edgesM = Math.hypot(edgeSigma(a, "subject"), edgeSigma(b, "object"));
  const { gapM, supposedM, cornersM, beyondM } = gapBetween(a, b, frame);
  const towards = unit(minus(b.canonicalCenter, a.canonicalCenter)) ?? UP;
  return {
    valueM: gapM,
    sigmaM: Math.hypot(
      edgesM,
      SUPPOSED_DOUBT * supposedM,
      CORNER_DOUBT * cornersM,
      beyondM,
      behindTowards(a, towards),
      behindTowards(
        b,
        mapVec3(towards, (value) => -value),
      ),
      distanceSigma(asSeen(a), asSeen(b), [1, 1, 1]),
    ),
  };
}

/** Without what is hidden of it. */
function asSeen(object: SpatialObject): SpatialObject {
  const moves = object.hidden?.moves ?? [];
  return moves.length === 0 ? object : { ...object, doubt: without(object, moves) };
}

/** Of its outermost points, beside what moves its centre: that is counted there. */
function edgeSigma(object: SpatialObject, which: "subject" | "object"): number {
  const { edgeSigmaM, sigmaM } = sizeOf(object, which);
  return edgeSigmaM ?? sigmaM;
}

/** What is behind an object is hidden up to so far aside, radians. */
const BEHIND_RAD = (40 * Math.PI) / 180;

/** How far what it may have behind itself reaches towards another object (standard deviation). */
function behindTowards({ hidden }: SpatialObject, towards: Vec3): number {
  const behindM = Math.hypot(...(hidden?.behind ?? [0]));
  if (!hidden || behindM === 0) return 0;
  const aside = Math.acos(Math.max(-1, Math.min(1, dot(hidden.behind, towards) / behindM)));
  return behindM * Math.max(0, Math.cos(Math.max(0, aside - BEHIND_RAD)));
}

function sizeOf(object: SpatialObject, which: "subject" | "object"): ObjectSize {
  if (!object.size) throw new NoSizeError(which);
  return object.size;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("this kind needs an object to compare with");
  return value;
}

/**
 * Probability that a standard normal variable is below z; absolute error below 7.5e-8
 * (Abramowitz and Stegun 26.2.17).
 */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    Math.exp((-z * z) / 2) *
    t *
    (0.127414796 + t * (-0.142248368 + t * (0.7107068705 + t * (-0.7265760135 + t * 0.530702715))));
  return z >= 0 ? 1 - tail : tail;
}
