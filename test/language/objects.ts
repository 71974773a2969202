import type { ObjectRef } from "../../src/language/index.js";

/** The objects that the specifications of this room speak of. */
export const gripper: ObjectRef = { name: "gripper", phrase: "the robot gripper" };
export const mug: ObjectRef = { name: "mug", phrase: "the red mug" };
export const can: ObjectRef = { name: "can", phrase: "the tomato can" };
export const bottle: ObjectRef = { name: "bottle", phrase: "the glass bottle" };
