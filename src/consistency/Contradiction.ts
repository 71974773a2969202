import type { Placement } from "./maskEdges.js";
import type { Misnamed } from "./misnamed.js";
import type { Part } from "./StillWatch.js";
import type { TrackCause } from "./trackFit.js";
import type { Worn } from "./wornColors.js";

/** What does not belong together in what a camera gives. */
export type Contradiction =
  /** The source's own name of a label id is another thing's. */
  | ({ readonly kind: "misnamed"; readonly images: number } & Misnamed)
  | { readonly kind: "masks"; readonly placement: Placement; readonly images: number }
  /** Depth is later than the masks by so much; negative: earlier; absent: by an unknown time. */
  | { readonly kind: "delay"; readonly delay?: Delay; readonly images: number }
  /** The gripper's mask, or with it the whole image, is later than the gripper's frame. */
  | {
      readonly kind: "late";
      readonly what: "masks" | "images";
      readonly delay: Delay;
      readonly images: number;
    }
  /** A thing's mask fits the depth of another image, and not that of its own. */
  | { readonly kind: "moment"; readonly id: number; readonly images: number }
  /** The mask of one id is from one image to the next that of another, which rested there. */
  | {
      readonly kind: "renamed";
      readonly id: number;
      readonly was: number;
      /** After the first image that was looked at, s. */
      readonly afterS: number;
      readonly images: number;
    }
  /** Depth over the focal length is so many times another, while a thing's mask is where it was. */
  | {
      readonly kind: "jump";
      readonly id: number;
      readonly of: "depth" | "lens";
      readonly factor: number;
      readonly images: number;
    }
  /** The mask of another object moves as the gripper does. */
  | { readonly kind: "swapped"; readonly id: number; readonly images: number }
  /** The mask of an object has not the colour of its phrase. */
  | ({ readonly kind: "colors"; readonly name: string; readonly images: number } & Worn)
  /** Masks have exchanged their ids in the middle, once or more often. */
  | {
      readonly kind: "exchanged";
      readonly ids: readonly [number, number];
      /** After the first image that was looked at, s. */
      readonly afterS: number;
      readonly times: number;
      readonly images: number;
    }
  /** Depth, or another part, does not change at all while the gripper moves in view, or the camera moves, m. */
  | {
      readonly kind: "frozen";
      readonly part: Part;
      readonly by: "gripper" | "camera";
      readonly movedM: number;
      readonly images: number;
    }
  /** All pixels of a depth image have one value. */
  | { readonly kind: "constant"; readonly images: number }
  /** A mask has two parts, so far from each other that they are two things, m. */
  | {
      readonly kind: "split";
      readonly id: number;
      readonly apartM: number;
      readonly images: number;
    }
  | {
      readonly kind: "track";
      readonly cause: TrackCause;
      readonly values: readonly number[];
      readonly sigmas: readonly number[];
      readonly images: number;
    }
  /** The same by things at rest, which do not stay where they are before a camera that moves. */
  | {
      readonly kind: "world";
      readonly cause: TrackCause;
      readonly values: readonly number[];
      readonly sigmas: readonly number[];
      readonly ids: readonly number[];
      readonly images: number;
    }
  /** Depth is too large by so much throughout, m. */
  | { readonly kind: "depth"; readonly offM: number; readonly images: number }
  /** Depth of another distance than the transforms say, and by how much in the middle, m. */
  | {
      readonly kind: "distance";
      readonly by: "gripper" | "support";
      readonly way: "nearer" | "farther" | "elsewhere";
      readonly offM: number;
      readonly images: number;
    }
  /** The gripper's frame is so far from what its mask shows, m. */
  | { readonly kind: "offset"; readonly offsetM: number; readonly images: number }
  /** What the gripper's mask shows does not move as its frame does. */
  | { readonly kind: "unrelated"; readonly images: number }
  /** Depth shows a camera rise and sink over the support so many times as far as TF. */
  | { readonly kind: "climb"; readonly factor: number; readonly images: number }
  /** Transforms are the same to the last bit while depth shows the camera rise and sink so far, m. */
  | { readonly kind: "stopped"; readonly movedM: number; readonly images: number }
  /** Of the camera's pose, by the support, rad. */
  | { readonly kind: "tilt"; readonly tilt: number; readonly images: number };

/** Later by so much, or, negative, earlier, s. */
export interface Delay {
  readonly seconds: number;
  /** Half of the range that fits hardly worse. */
  readonly toleranceS: number;
  /** It is at the border of what is tried: it may be more. */
  readonly isLeast: boolean;
}

/** Whether two are about the same thing, whatever their numbers. */
export function isSame(a: Contradiction, b: Contradiction): boolean {
  if (a.kind === "masks") return b.kind === "masks" && a.placement.kind === b.placement.kind;
  if (a.kind === "track") return b.kind === "track" && a.cause === b.cause;
  if (a.kind === "world") return b.kind === "world" && a.cause === b.cause;
  if (a.kind === "split") return b.kind === "split" && a.id === b.id;
  if (a.kind === "swapped") return b.kind === "swapped" && a.id === b.id;
  return a.kind === b.kind;
}
