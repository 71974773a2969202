import type { CameraInfo } from "../../camera/index.js";

/** Focal length in image widths: a horizontal field of view of 58°, as a common RGB-D camera's. */
const FOCAL_WIDTHS = 0.9;

/** An ideal pinhole; a pixel's centre lies at whole coordinates. */
export function pinhole(width: number, height: number): CameraInfo {
  const focal = FOCAL_WIDTHS * width;
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: (width - 1) / 2,
    cy: (height - 1) / 2,
    distortion: { model: "plumb_bob", coefficients: [0, 0, 0, 0, 0] },
  };
}
