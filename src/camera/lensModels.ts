import type { Vec3 } from "../base/index.js";
import type { CameraInfo, Distortion } from "./CameraFrame.js";
import { CameraModelError } from "./FrameError.js";

/** A point of the normalised image plane (x/z, y/z); written to, so that hot loops allocate nothing. */
export type PlanePoint = [x: number, y: number];

/** A lens: from where a ray would hit an ideal image plane to where it does, and back. */
export interface Lens {
  /** False if the model says nothing sensible: beyond where it folds back on itself. */
  distort(x: number, y: number, out: PlanePoint): boolean;
  /** The inverse; `out` comes in as a first guess. False if there is none. */
  undistort(x: number, y: number, out: PlanePoint): boolean;
}

const NO_DISTORTION: Lens = {
  distort: write,
  undistort: write,
};

function write(x: number, y: number, out: PlanePoint): boolean {
  out[0] = x;
  out[1] = y;
  return true;
}

type LensModel = (k: readonly number[]) => Lens;

/** sensor_msgs/distortion_models.hpp; `fisheye` is what OpenCV users call equidistant. */
const LENS_MODELS: ReadonlyMap<string, LensModel> = new Map([
  ["", radialTangential],
  ["plumb_bob", radialTangential],
  ["rational_polynomial", radialTangential],
  ["equidistant", equidistant],
  ["fisheye", equidistant],
]);

/** @throws CameraModelError for a model that is not known */
export function lensOf({ model, coefficients }: Distortion): Lens {
  if (coefficients.every((coefficient) => coefficient === 0)) {
    // An equidistant lens bends rays even where all its corrections are zero.
    const isFisheye = LENS_MODELS.get(model) === equidistant && coefficients.length > 0;
    if (!isFisheye) return NO_DISTORTION;
  }
  const lensModel = LENS_MODELS.get(model);
  if (lensModel === undefined) {
    const known = [...LENS_MODELS.keys()].filter((name) => name !== "").join(", ");
    throw new CameraModelError(
      `CameraInfo names the unknown distortion model "${model}". Known: ${known}. ` +
        "Rectify the image (image_proc) and use its topic",
    );
  }
  return lensModel(coefficients);
}

/**
 * Brown-Conrady with a rational radial term, in OpenCV's order k1 k2 p1 p2 k3 [k4 k5 k6]:
 * x' = x·R(r²) + 2·p1·x·y + p2·(r² + 2x²), R = (1+k1r²+k2r⁴+k3r⁶) / (1+k4r²+k5r⁴+k6r⁶).
 * plumb_bob is the case k4 = k5 = k6 = 0.
 */
function radialTangential(k: readonly number[]): Lens {
  const [k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0] = k;
  if (k.slice(8).some((coefficient) => coefficient !== 0)) {
    throw new CameraModelError(
      `CameraInfo has ${k.length} distortion coefficients; thin-prism and tilt terms (after the ` +
        "eighth) are not supported. Rectify the image (image_proc) and use its topic",
    );
  }
  const bend = (x: number, y: number, out: PlanePoint): void => {
    const r2 = x * x + y * y;
    const up = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
    const down = 1 + r2 * (k4 + r2 * (k5 + r2 * k6));
    const radial = up / down;
    out[0] = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x);
    out[1] = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y;
  };
  /** d(r·R)/dr > 0: further out in the world is further out in the image. */
  const isBeforeFold = (x: number, y: number): boolean => {
    const r2 = x * x + y * y;
    const up = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
    const down = 1 + r2 * (k4 + r2 * (k5 + r2 * k6));
    const dUp = k1 + r2 * (2 * k2 + r2 * 3 * k3);
    const dDown = k4 + r2 * (2 * k5 + r2 * 3 * k6);
    return down > 0 && up * down + 2 * r2 * (dUp * down - up * dDown) > 0;
  };
  const bent: PlanePoint = [0, 0];
  const bentX: PlanePoint = [0, 0];
  const bentY: PlanePoint = [0, 0];
  const undistort = (x: number, y: number, out: PlanePoint): boolean => {
    // Newton's method; fixed-point iteration diverges for wide lenses.
    const step = 1e-6;
    for (let iteration = 0; iteration < 20; iteration++) {
      const [guessX, guessY] = out;
      bend(guessX, guessY, bent);
      const errorX = bent[0] - x;
      const errorY = bent[1] - y;
      if (Math.abs(errorX) + Math.abs(errorY) < 1e-10) return isBeforeFold(guessX, guessY);
      bend(guessX + step, guessY, bentX);
      bend(guessX, guessY + step, bentY);
      const a = (bentX[0] - bent[0]) / step;
      const b = (bentY[0] - bent[0]) / step;
      const c = (bentX[1] - bent[1]) / step;
      const d = (bentY[1] - bent[1]) / step;
      const determinant = a * d - b * c;
      out[0] = guessX - (d * errorX - b * errorY) / determinant;
      out[1] = guessY - (a * errorY - c * errorX) / determinant;
    }
    return false;
  };
  const distort = (x: number, y: number, out: PlanePoint): boolean => {
    bend(x, y, out);
    return isBeforeFold(x, y);
  };
  return { distort, undistort };
}

/** Kannala-Brandt, OpenCV's fisheye: θ = atan r, θ' = θ·(1 + k1θ² + k2θ⁴ + k3θ⁶ + k4θ⁸). */
function equidistant([k1 = 0, k2 = 0, k3 = 0, k4 = 0]: readonly number[]): Lens {
  const bend = (t: number): number => {
    const t2 = t * t;
    return t * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))));
  };
  const slope = (t: number): number => {
    const t2 = t * t;
    return 1 + t2 * (3 * k1 + t2 * (5 * k2 + t2 * (7 * k3 + t2 * 9 * k4)));
  };
  return {
    distort(x, y, out) {
      const r = Math.hypot(x, y);
      const theta = Math.atan(r);
      const scale = r > 1e-9 ? bend(theta) / r : 1;
      return write(x * scale, y * scale, out) && slope(theta) > 0;
    },
    undistort(x, y, out) {
      const bent = Math.hypot(x, y);
      if (bent < 1e-9) return write(x, y, out);
      let theta = Math.min(bent, 1.5);
      for (let iteration = 0; iteration < 20; iteration++) {
        const error = bend(theta) - bent;
        if (Math.abs(error) < 1e-12) break;
        theta -= error / slope(theta);
      }
      // At 90° and more from the axis a ray has no place on the plane.
      const isSeen = theta > 0 && theta < 1.56 && Math.abs(bend(theta) - bent) < 1e-9;
      const scale = Math.tan(theta) / bent;
      return write(x * scale, y * scale, out) && isSeen && slope(theta) > 0;
    },
  };
}

const lenses = new WeakMap<CameraInfo, Lens>();

/**
 * The pixel (centre of the first pixel: 0, 0) of a point in the optical frame, metres; also where
 * that is outside the image. `[NaN, NaN]` for a point that the lens cannot see: behind the camera,
 * or so far aside that the distortion model folds back.
 *
 * @throws CameraModelError for a distortion model that is not known
 */
export function projectPoint(info: CameraInfo, [x, y, z]: Vec3): [u: number, v: number] {
  const plane: PlanePoint = [0, 0];
  if (!(z > 0) || !lens(info).distort(x / z, y / z, plane)) return [Number.NaN, Number.NaN];
  return [info.fx * plane[0] + info.cx, info.fy * plane[1] + info.cy];
}

function lens(info: CameraInfo): Lens {
  let known = lenses.get(info);
  if (known === undefined) {
    known = lensOf(info.distortion);
    lenses.set(info, known);
  }
  return known;
}
