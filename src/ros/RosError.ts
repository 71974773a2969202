import { UserError } from "../base/index.js";

/** ROS 2 is missing, incomplete, or refuses what was asked of it. */
export class RosError extends UserError {
  override readonly code = "ros.unavailable";
}
