import type { FramePose, Pose } from "./Pose.js";
import type { CompressedImage, RawImage, SensorPoints, SourceImage } from "./SourceImage.js";

/** One hypothesis box of vision_msgs/Detection2D, in image_raw pixels. */
export interface Detection {
  /** The detector's class id, as text (vision_msgs ≥ 3 has string ids). */
  readonly classId: string;
  /** 0..1 */
  readonly score: number;
  readonly centerX: number;
  readonly centerY: number;
  readonly sizeX: number;
  readonly sizeY: number;
  /** The corners of its mask in order, x and y in turn, pixels of the colour image. */
  readonly outline?: readonly number[];
  readonly mask?: DetectionMask;
}

/** Where an object is, pixel by pixel: the part of an image of masks that has any of it. */
export interface DetectionMask {
  /** Of its first pixel, in the image that it lies on. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** 1 for the object's pixels, row by row. */
  readonly pixels: Uint8Array;
  /** Size of the image that it lies on, where that is not the colour image's. */
  readonly imageWidth?: number;
  readonly imageHeight?: number;
}

/**
 * One image of one camera and everything that was seen with it. Images are kept as they came and
 * decoded by whoever needs the pixels, so that a frame that is dropped costs nothing.
 * Images may not be written to: several consumers share them.
 */
export interface CameraFrame {
  /** The camera's name in the task, or the colour topic where the task names no camera. */
  readonly camera: string;
  /** Stamp of the colour image's header, in ns; the log time where headers have no usable stamps. */
  readonly stampNs: bigint;
  /** Log (receive) time of the colour image's message, ns, where it came as one. */
  readonly logNs?: bigint;
  /** The optical frame of the colour image's header. */
  readonly frameId: string;
  /** The attempt at the task that the frame belongs to: a bag's name, a simulator's reset count, … */
  readonly episode: string;
  readonly image: SourceImage;
  /**
   * Registered to the colour image (same optical frame), unless `views` says otherwise; size may
   * differ by an integer factor.
   */
  readonly depth?: SourceImage;
  /** Instance ids, registered to the colour image unless `views` says otherwise. */
  readonly labels?: RawImage;
  /** Label image as PNG: `registerParts` makes `labels` of it. */
  readonly packedLabels?: CompressedImage;
  /**
   * The parts that another camera saw: to be carried over with `registerParts` by whoever needs
   * them.
   */
  readonly views?: { readonly depth?: PartView; readonly labels?: PartView };
  /** Why a part that the source has is not with this frame. */
  readonly absent?: ReadonlyMap<FramePart, string>;
  /** Names of the instance ids if the source gives them (vision_msgs/LabelInfo). */
  readonly labelNames?: ReadonlyMap<number, string>;
  readonly detections?: readonly Detection[];
  readonly info?: CameraInfo;
  /** The TF frames that were asked for, at this image's stamp, in this image's optical frame. */
  readonly poses?: ReadonlyMap<string, FramePose>;
  /**
   * The robot's kinematics up to this image's stamp, oldest first: since the camera's previous
   * frame, or longer. Whoever follows them skips what it has seen by stamp.
   */
  readonly kinematics?: readonly KinematicSample[];
  /** What its episode is to do, in words, where the source tells: `pick up the red mug`. */
  readonly instruction?: string;
  /** Where the frame stands in the data set that it was read from, if it was one. */
  readonly row?: DatasetRow;
  /** Why its masks, depth, intrinsics and transforms cannot all be right; what is measured in them is not. */
  readonly contradiction?: string;
  /**
   * Relative standard error that all lengths in it have in common, by what its masks, depth, intrinsics
   * and transforms leave open.
   */
  readonly lengthDoubt?: number;
  /** Set when the frame cannot be used (a truncated JPEG, say): what is wrong with which topic. */
  readonly fault?: string;
}

/** The camera that saw a part, where that is not the colour camera. */
export interface PartView {
  readonly topic: string;
  /** Its optical frame. */
  readonly frameId: string;
  /** Its own intrinsics, if they are known. */
  readonly info?: CameraInfo;
  /** Why those that came with it are of no use. */
  readonly noInfo?: string;
  /** Where its optical frame is in the colour camera's. */
  readonly pose?: FramePose;
  /** A point cloud in place of a depth image: it needs no intrinsics. */
  readonly points?: SensorPoints;
}

/** A row of a data set of episodes; all counted from 0. */
export interface DatasetRow {
  /** Over the whole data set. */
  readonly index: number;
  readonly episode: number;
  /** In its episode. */
  readonly frame: number;
}

/** Parts of a frame that a consumer can need. */
export type FramePart = "depth" | "labels" | "detections" | "info" | "poses";

/**
 * Pinhole intrinsics and lens distortion of a camera (sensor_msgs/CameraInfo).
 * Pixels are image_raw pixels; the optical frame is z forward, x right, y down (REP-103).
 */
export interface CameraInfo {
  readonly width: number;
  readonly height: number;
  /** Focal lengths and principal point in pixels. */
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly distortion: Distortion;
  /** Of a region of interest: the size of the whole image that it is cut out of, pixels. */
  readonly cutOutOf?: { readonly width: number; readonly height: number };
}

/** Lens distortion as sensor_msgs/CameraInfo names it. No coefficients: no distortion. */
export interface Distortion {
  /** `plumb_bob` (k1 k2 t1 t2 k3), `rational_polynomial` (8), `equidistant` (4), or empty. */
  readonly model: string;
  readonly coefficients: readonly number[];
}

/**
 * What the robot itself told at one time: where its own frames are and how its joints stand. It
 * never contains the pose of an object that the robot only looks at: that would be truth, not
 * evidence.
 */
export interface KinematicSample {
  readonly stampNs: bigint;
  /** Poses of the robot's TF frames (gripper, cameras) in the fixed frame, by frame name. */
  readonly poses: ReadonlyMap<string, Pose>;
  /** Joint positions at that time by joint name, m or rad; empty if none have been told. */
  readonly joints: ReadonlyMap<string, number>;
  /**
   * Whether objects' frames are attached to the gripper's, by frame, where transforms tell; absent
   * unless that was asked for. Where they are stays out.
   */
  readonly attached?: ReadonlyMap<string, boolean>;
  /** Why poses that were asked for are unknown at that time, by frame name; absent if none is. */
  readonly missing?: ReadonlyMap<string, string>;
}

/** Which of a source's transforms and joints the frames shall carry as kinematics. */
export interface KinematicSelection {
  /**
   * The TF frame in which resting objects do not move. If absent: the root of the TF tree in which
   * the robot's frames are.
   */
  readonly fixedFrame?: string;
  /** TF frames of the robot itself. The frames of the cameras are added by the source. */
  readonly frames: readonly string[];
  /** Topics of joint positions (sensor_msgs/JointState). */
  readonly jointTopics: readonly string[];
  /** For a source that knows the robot by numbers alone; absent: by the names of the numbers. */
  readonly states?: StateFrames;
  /** Frames of objects that are asked to be attached to the first of `frames`, the gripper's. */
  readonly attachable?: readonly string[];
}

/** How the numbers of a data set's `observation.state` tell where frames are. */
export interface StateFrames {
  /** Path of a URDF, whose links are frames; its joints are told by the state. */
  readonly urdf?: string;
  /** The number of the state that is the position of a joint of the URDF, by joint. */
  readonly joints: ReadonlyMap<string, string>;
  /** Factor that makes radians of the angles in the state. */
  readonly radPerUnit: number;
  /** By name of the frame, or of the camera whose optical frame it is. */
  readonly frames: ReadonlyMap<string, StatedFrame>;
}

/** A link of the URDF under another name, or a pose by numbers of the state (names) or constants. */
export type StatedFrame =
  | { readonly link: string }
  | {
      /** m */
      readonly position: readonly StatedNumber[];
      /** A quaternion x, y, z, w, or a rotation vector, rad; empty: not turned. */
      readonly rotation: readonly StatedNumber[];
    };

export type StatedNumber = string | number;
