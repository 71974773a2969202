import type { Vec3 } from "../src/base/index.js";
import type { CameraFrame } from "../src/camera/index.js";

/** Where the simulator has a thing, in the optical frame of a camera frame, m. */
export function placeOf({ poses }: Pick<CameraFrame, "poses">, name: string): Vec3 {
  const found = poses?.get(name);
  if (!found?.ok) throw new Error(`the simulator gives no pose of ${name}`);
  return found.pose.position;
}
