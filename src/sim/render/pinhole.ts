import type { CameraInfo } from "../../camera/index.js";

/** An ideal pinhole of a focal length in image widths; a pixel's centre lies at whole coordinates. */
export function pinhole(width: number, height: number, focalWidths: number): CameraInfo {
  const focal = focalWidths * width;
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
