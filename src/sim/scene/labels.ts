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
