import type { Vec3 } from "../../base/index.js";

/** How well TF knows where the camera is: root mean squares of its whole error. */
export interface CameraError {
  readonly offM: number;
  readonly turnRad: number;
}

/** A hand-eye calibration as usual, millimetres and degrees. */
export const USUAL_CAMERA_ERROR = { cameraErrorMm: 5, cameraErrorDeg: 0.5 } as const;

/** The same for `plane`: about half a degree about each axis. */
export const PLANE_CAMERA_ERROR = { ...USUAL_CAMERA_ERROR, cameraErrorDeg: 0.9 } as const;

/** Relative errors of depth that a model has estimated, and of a camera's depth scale or focal length. */
export const USUAL_DEPTH_ERROR = { depthError: 0.1, depthScaleError: 0.005 } as const;

export function cameraErrorOf(error: {
  readonly cameraErrorMm: number;
  readonly cameraErrorDeg: number;
}): CameraError {
  return { offM: error.cameraErrorMm / 1000, turnRad: (error.cameraErrorDeg * Math.PI) / 180 };
}

/** By one standard deviation of each of its six values: all that TF tells moves and turns together. */
export function cameraErrorsAt({ offM, turnRad }: CameraError, [x, y, z]: Vec3): readonly Vec3[] {
  const [off, turn] = [offM / Math.sqrt(3), turnRad / Math.sqrt(3)];
  return [
    [off, 0, 0],
    [0, off, 0],
    [0, 0, off],
    [0, -turn * z, turn * y],
    [turn * z, 0, -turn * x],
    [-turn * y, turn * x, 0],
  ];
}
