/**
 * Pinhole intrinsics and lens distortion of a camera (sensor_msgs/CameraInfo).
 * Pixels are image_raw pixels; the optical frame is z forward, x right, y down (REP-103).
 */
export interface CameraInfo {
  readonly width: number;
  readonly height: number;
  /** Focal lengths and principal point in pixels. */
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly distortion: Distortion;
}

/** Lens distortion as sensor_msgs/CameraInfo names it. No coefficients: no distortion. */
export interface Distortion {
  /** `plumb_bob` (k1 k2 t1 t2 k3), `rational_polynomial` (8), `equidistant` (4), or empty. */
  readonly model: string;
  readonly coefficients: readonly number[];
}
