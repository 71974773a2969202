import type { Pose } from "./Pose.js";

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
}
