import type { CameraInfo, RawImage, SourceImage } from "../camera/index.js";
import {
  type CanonicalFrame,
  type Plane,
  relationMargin,
  type SpatialObject,
} from "../geometry/index.js";
import { type AnswerValue, kindInfo, type QuestionKind } from "../language/index.js";

export const SPLITS = ["train", "val", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** A picture with what is known of the objects in it: what questions are made from. */
export interface VqaScene {
  /** Unique in the data set; letters, digits, `_` and `-`. */
  readonly id: string;
  readonly split: Split;
  readonly source: string;
  readonly camera: string;
  readonly stampNs: bigint;
  readonly image: SourceImage;
  readonly depth?: SourceImage | undefined;
  readonly labels?: RawImage | undefined;
  readonly info: CameraInfo;
  /** The objects that can be seen well enough to ask about. */
  readonly objects: readonly VqaObject[];
  /** Exact captions of objects that can be seen, but not well enough to ask about. */
  readonly bystanders: readonly string[];
  readonly support?: VqaSupport | undefined;
  /** In the optical frame, the normal up. Where it is known, kinds that need up can be asked. */
  readonly supportPlane?: Pick<Plane, "normal" | "offsetM"> | undefined;
  /** Up is known all the same. */
  readonly knowsUp?: boolean;
  /** The truth; undefined if it is not known well enough. */
  answer(kind: QuestionKind, a: VqaObject, b?: VqaObject): AnswerValue | undefined;
}

export interface VqaObject {
  /** An identifier, unique in the scene. */
  readonly name: string;
  readonly labels: readonly number[];
  /** How one can say it, without article, from short to exact: "box", "green box". */
  readonly captions: readonly string[];
  readonly body: SpatialObject;
  /** Of its centre, pixels of the colour image. */
  readonly centerPx: readonly [u: number, v: number];
}

export interface VqaSupport {
  readonly name: string;
  readonly phrase: string;
  readonly labels: readonly number[];
}

/** Differences that one can see: metres, and as a part of the larger size. */
const APART_M = 0.02;
const HIGHER_M = 0.015;
const SIZE_M = 0.005;
const SIZE_SHARE = 0.1;

/**
 * Whether a person who looks at the picture would not hesitate: no questions are asked about
 * differences of a hair's breadth, nor where the picture's left is not the scene's left.
 */
export function isClear(
  kind: QuestionKind,
  frame: CanonicalFrame,
  a: VqaObject,
  b: VqaObject | undefined,
  value: AnswerValue,
): boolean {
  const relation = kindInfo(kind).relations[0];
  const isSideways = /left|right/.test(kind);
  if (b && isSideways) {
    const right = b.centerPx[0] - a.centerPx[0];
    if (Math.sign(right) !== Math.sign(b.body.center[0] - a.body.center[0])) return false;
  }
  if (value.shape === "quantity" || relation === undefined || b === undefined) return true;
  const byM = Math.abs(relationMargin(relation, frame, a.body, b.body).valueM);
  switch (relation) {
    case "above":
    case "below":
      return byM >= HIGHER_M;
    case "tall":
    case "short":
      return byM >= Math.max(SIZE_M, SIZE_SHARE * largest(a, b, "heightM"));
    case "wide":
    case "thin":
      return byM >= Math.max(SIZE_M, SIZE_SHARE * largest(a, b, "widthM"));
    case "big":
    case "small": {
      const side = ({ body }: VqaObject) => Math.cbrt(body.size?.volumeM3 ?? 0);
      return byM >= Math.max(SIZE_M, SIZE_SHARE * Math.max(side(a), side(b)));
    }
    default:
      return byM >= APART_M;
  }
}

function largest(a: VqaObject, b: VqaObject, side: "heightM" | "widthM"): number {
  return Math.max(a.body.size?.[side] ?? 0, b.body.size?.[side] ?? 0);
}
