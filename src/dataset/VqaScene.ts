import type { CameraInfo, RawImage, SourceImage } from "../camera/index.js";
import type { Plane, SpatialObject } from "../geometry/index.js";
import type { AnswerValue, QuestionKind } from "../language/index.js";

export const SPLITS = ["train", "val", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** A picture with what is known of the things in it: what questions are made from. */
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
  /** The things that can be seen well enough to ask about. */
  readonly objects: readonly VqaObject[];
  /** Exact captions of things that can be seen, but not well enough to ask about. */
  readonly bystanders: readonly string[];
  readonly support?: VqaSupport | undefined;
  /** In the optical frame, the normal up. Where it is known, kinds that need up can be asked. */
  readonly supportPlane?: Pick<Plane, "normal" | "offsetM"> | undefined;
  /** The truth; undefined where it is not known well enough. */
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
