/**
 * The tabletop's fixed dimensions in metres. World frame: origin on the floor under the table's
 * middle, x to the right as the camera sees it, y away from the camera, z up.
 */

/** Height of the table's upper face above the floor. */
export const TABLE_TOP_M = 0.72;
export const TABLE_HALF_M = { x: 0.5, y: 0.35, z: 0.015 } as const;

/** The mug's body, a cylinder; its handle sticks out beside it. */
export const MUG_RADIUS_M = 0.04;
export const MUG_HALF_HEIGHT_M = 0.045;

/** The box around the tray; its base is 10 mm thick, the rest of the height is the rim. */
export const TRAY_HALF_M = { x: 0.1, y: 0.08, z: 0.0125 } as const;
export const TRAY_BASE_M = 0.01;
export const TRAY_RIM_M = 0.006;

/** Each finger is a box; the gap between the fingers' inner faces is the gripper's opening. */
export const FINGER_HALF_M = { x: 0.009, y: 0.015, z: 0.04 } as const;
export const MAX_OPENING_M = 0.116;

/** Where the gripper's centre can be driven. */
export const REACH_M = {
  min: [-0.4, -0.28, TABLE_TOP_M + FINGER_HALF_M.z + 0.004],
  max: [0.4, 0.28, TABLE_TOP_M + 0.38],
} as const;

/** Height of the gripper's centre at which the gantry's z slide is at 0. */
export const GANTRY_ZERO_Z_M = TABLE_TOP_M + 0.3;

/** Instance ids in label images. 0 is floor and background. */
export const LABEL = {
  background: 0,
  gripper: 1,
  mug: 2,
  tray: 3,
  table: 4,
  arm: 5,
  /** The first distractor; the others follow. */
  firstDistractor: 10,
} as const;

/** Names of the fixed instance ids, as people would say them. */
export const FIXED_LABEL_NAMES: ReadonlyMap<number, string> = new Map([
  [LABEL.gripper, "robot gripper"],
  [LABEL.mug, "red mug"],
  [LABEL.tray, "blue tray"],
  [LABEL.table, "table"],
  [LABEL.arm, "robot arm"],
]);

/** A name as a TF frame: "green box" → `green_box`. */
export function tfFrameOf(name: string): string {
  return name.replaceAll(" ", "_");
}
