import type { Pose } from "../camera/index.js";

/** What a camera can only guess: the state of the world at one moment. */
export interface SimTruth {
  /** Simulated time, the stamp of the images taken at this moment. */
  readonly stampNs: bigint;
  /** Poses in `world` (metres) of `table`, `gripper`, `red_mug`, `blue_tray` and each distractor. */
  readonly poses: ReadonlyMap<string, Pose>;
  /** Gap between the fingers, metres. */
  readonly openingM: number;
  /** Both fingers press on the mug. */
  readonly isHeld: boolean;
  /** The mug stands on the tray, upright, still, and let go. */
  readonly isSuccess: boolean;
}

/** Position and speed of the robot's joints, as sensor_msgs/JointState has them. */
export interface SimJoints {
  readonly names: readonly string[];
  /** Metres. */
  readonly positions: readonly number[];
  /** Metres a second. */
  readonly velocities: readonly number[];
}
