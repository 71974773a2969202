import type { Vec3 } from "../base/index.js";
import type { CameraInfo } from "./CameraInfo.js";
import { type Lens, lensOf, type PlanePoint } from "./lensModels.js";

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
