import { invertPose, type Pose, rotate, transformPoint } from "../camera/index.js";
import { MUG_HALF_HEIGHT_M, TRAY_BASE_M, TRAY_HALF_M } from "./scene/dimensions.js";

const HEIGHT_TOLERANCE_M = 0.01;
/** Cosine of the largest tilt that counts as upright (20°). */
const UPRIGHT = 0.94;

/** The mug stands upright on the tray's base. Poses in one common frame. */
export function isMugOnTray(mug: Pose, tray: Pose): boolean {
  const [x, y, z] = transformPoint(invertPose(tray), mug.position);
  const standingZ = TRAY_BASE_M - TRAY_HALF_M.z + MUG_HALF_HEIGHT_M;
  const isInside = Math.abs(x) < TRAY_HALF_M.x && Math.abs(y) < TRAY_HALF_M.y;
  const isUpright = rotate(mug.rotation, [0, 0, 1])[2] > UPRIGHT;
  return isInside && isUpright && Math.abs(z - standingZ) < HEIGHT_TOLERANCE_M;
}
