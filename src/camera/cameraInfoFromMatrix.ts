import type { CameraInfo, Distortion } from "./CameraFrame.js";
import { checkIntrinsics } from "./checkIntrinsics.js";
import { CameraModelError } from "./FrameError.js";
import { lensOf } from "./lensModels.js";
import { scaleCameraInfo } from "./pixelRays.js";

/** A camera matrix and what it is of. */
export interface ToldMatrix {
  /** Rows of K one after the other, pixels; the centre of the first pixel is (0, 0). */
  readonly k: readonly number[];
  /** Of the image that K is of. */
  readonly width: number;
  readonly height: number;
  readonly distortion?: Distortion | undefined;
}

/** Intrinsics, or why they cannot be those of the image. */
export type MatrixResult =
  | { readonly ok: true; readonly info: CameraInfo }
  | { readonly ok: false; readonly reason: string };

/** What rounding leaves of the zeros and the one of a matrix. */
const ROUNDING = 1e-6;

/**
 * The intrinsics of a camera matrix that a program tells, by the rules for a recording's camera_info:
 * those of an image two to four times as large or small are scaled, those that no camera has are a
 * reason. Unlike a driver's message, a matrix from a program may also be transposed, which is found.
 *
 * @param image the size of the image that it comes with, where that is known
 */
export function cameraInfoFromMatrix(
  { k, width, height, distortion = { model: "", coefficients: [] } }: ToldMatrix,
  image: { readonly width: number; readonly height: number } | undefined,
): MatrixResult {
  const [fx = 0, , cx = 0, , fy = 0, cy = 0] = k;
  if (![...k, ...distortion.coefficients].every(Number.isFinite)) {
    return refused("its numbers must be finite");
  }
  if (!(fx > 0 && fy > 0)) {
    return refused(`its focal lengths fx = ${fx} and fy = ${fy} must be above 0 (k[0] and k[4])`);
  }
  const isLastRow = k.length === 9 && [0, 0, 1].every((n, i) => near(k[6 + i], n));
  if (!isLastRow || !near(k[3], 0)) {
    const rows = [k.slice(0, 3), k.slice(3, 6), k.slice(6, 9)].map((row) => row.join(" "));
    return refused(
      `its rows are ${rows.join(" | ")}, and must be fx 0 cx | 0 fy cy | 0 0 1. Is it transposed?`,
    );
  }
  const checked = checkIntrinsics({ fx, fy, cx, cy }, width, height);
  if (!checked.ok) return refused(checked.reason);
  const info = { width, height, ...checked.pinhole, distortion };
  try {
    lensOf(distortion);
    if (image) scaleCameraInfo(info, image.width, image.height);
  } catch (error) {
    if (error instanceof CameraModelError) return refused(error.message);
    throw error;
  }
  return { ok: true, info };
}

function near(value: number | undefined, expected: number): boolean {
  return value !== undefined && Math.abs(value - expected) <= ROUNDING;
}

function refused(reason: string): MatrixResult {
  return { ok: false, reason };
}
