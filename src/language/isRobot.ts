import type { ObjectRef } from "./SpatialQuestion.js";

/** Words for what does not stand on a table. */
const ROBOT = /\b(gripper|robot|hand|arm|finger|fingers|end[ _-]?effector|claw|manipulator)\b/i;

/** Whether an object is the robot's, by its words. */
export function isRobot({ phrase, name }: ObjectRef): boolean {
  return ROBOT.test(`${phrase} ${name.replaceAll("_", " ")}`);
}
