import type { Vec3 } from "../base/index.js";
import type { CameraInfo, Pose } from "../camera/index.js";
import type { Bearing } from "./bearings.js";
import type { EdgeCounts, EdgeImage } from "./maskEdges.js";
import type { MaskedThings } from "./maskedThings.js";
import type { SeenObject } from "./seenObjects.js";
import type { Worn } from "./wornColors.js";

/** What one image says about whether its parts belong together. */
export interface Look {
  readonly timeS: number;
  /** Things, and so the scene's main plane, are those of its other looks only. */
  readonly episode: string;
  readonly width: number;
  readonly height: number;
  /** Pixels of the colour image for each pixel that was looked at. */
  readonly scale: number;
  /** Boxes stand for the masks: nothing is known of edges. */
  readonly isCoarse: boolean;
  /** Of all masks, where they are, or, unless they clearly fit, near to it; and in others where they do not fit. */
  readonly near: EdgeCounts;
  readonly far?: EdgeCounts;
  /** Of the gripper's mask, while its frame moves. */
  readonly moving?: MovingGripper;
  /** Of the gripper's mask, in placements near to its own. */
  readonly gripper?: EdgeCounts;
  /** The task's things, by masks that are no boxes. */
  readonly masked?: MaskedThings;
  /** How fast the gripper's frame moves in the small image, pixels a second. */
  readonly speedPx?: number;
  /** The gripper's TF frame, in the optical frame. */
  readonly told?: Pose;
  readonly velocity?: Vec3;
  /** The support's TF frame, in which things at rest stay where they are, in the optical frame. */
  readonly rest?: Pose;
  /** The same in the frame before, so many seconds ago. */
  readonly restBefore?: { readonly pose: Pose; readonly seconds: number };
  readonly gripperId?: number;
  /** Where the gripper's mask is, whatever its depth. */
  readonly bearing?: Bearing;
  readonly seen: ReadonlyMap<number, SeenObject>;
  /** Of all depth that was looked at: images of equal ones are the same to the last bit. */
  readonly depthSum?: number;
  /** Masks in two parts that cannot be one thing's, and how far these are apart, m. */
  readonly split?: ReadonlyMap<number, number>;
  /** Ids of the task's objects, the support's left out. */
  readonly asked: ReadonlySet<number>;
  /** Objects whose masks have not the colour of their phrase; absent where it was not looked at. */
  readonly wears?: ReadonlyMap<string, Worn>;
  /** The support's depth, less what its frame and height say, and that, m. */
  readonly support?: { readonly offM: number; readonly toldM: number };
  /** Between the scene's main plane and the nearest axis of the support's TF frame, rad. */
  readonly tilt?: number;
  /** How far the camera is from that plane by depth, and from that frame's origin along that axis, m. */
  readonly climb?: { readonly axis: number; readonly shownM: number; readonly toldM: number };
}

/** The edges of the gripper's mask and the steps of the depth, to be compared at other times. */
export interface MovingGripper {
  readonly timeS: number;
  readonly edges: EdgeImage;
  readonly info: CameraInfo;
}
