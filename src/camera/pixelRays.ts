import type { CameraInfo } from "./CameraFrame.js";
import { CameraModelError } from "./FrameError.js";
import { lensOf, type PlanePoint } from "./lensModels.js";

const cache = new WeakMap<CameraInfo, Map<string, Float32Array>>();

/**
 * The ray of each pixel of an image of the camera: x/z and y/z in the optical frame, interleaved,
 * row-major (`2 · width · height` values), so that a pixel of depth z is the point `[z · rays[2i],
 * z · rays[2i + 1], z]`. NaN if the lens sees nothing. Cached for each info: not to be written to.
 *
 * The image may be smaller or larger than `info` says by an integer factor (binned depth): the
 * intrinsics are scaled.
 *
 * @throws CameraModelError if the sizes do not fit or the distortion model is not known
 */
export function pixelRays(info: CameraInfo, width: number, height: number): Float32Array {
  let sizes = cache.get(info);
  if (sizes === undefined) {
    sizes = new Map();
    cache.set(info, sizes);
  }
  const key = `${width}x${height}`;
  let rays = sizes.get(key);
  if (rays === undefined) {
    rays = computeRays(scaleCameraInfo(info, width, height));
    sizes.set(key, rays);
  }
  return rays;
}

/**
 * The ray of one place in the image (pixels, the centre of the first pixel is 0, 0): x/z and y/z in
 * the optical frame. Undefined if the lens sees nothing there.
 *
 * @throws CameraModelError if the distortion model is not known
 */
export function pixelRay(
  { fx, fy, cx, cy, distortion }: CameraInfo,
  u: number,
  v: number,
): readonly [x: number, y: number] | undefined {
  const x = (u - cx) / fx;
  const y = (v - cy) / fy;
  const ray: PlanePoint = [x, y];
  return lensOf(distortion).undistort(x, y, ray) ? ray : undefined;
}

/**
 * The intrinsics of the same camera for an image of another size, each pixel of which covers
 * `factor` pixels (or the reverse).
 *
 * @throws CameraModelError if the sizes are not an integer factor apart
 */
export function scaleCameraInfo(info: CameraInfo, width: number, height: number): CameraInfo {
  if (width === info.width && height === info.height) return info;
  const { cutOutOf } = info;
  if (cutOutOf?.width === width && cutOutOf.height === height) {
    throw new CameraModelError(
      `CameraInfo has a roi of ${info.width}x${info.height}, but the image has ${width}x${height}, as the ` +
        "whole it is cut out of: publish camera_info without the roi, or the image of it",
    );
  }
  const isInteger = info.width % width === 0 || width % info.width === 0;
  if (!isInteger || info.height * width !== info.width * height) {
    throw new CameraModelError(
      `CameraInfo is for ${info.width}x${info.height}, but the image has ${width}x${height}: they ` +
        "must be equal or differ by an integer factor. Is it the camera_info of this topic?",
    );
  }
  const shrink = info.width / width;
  // Pixel centres: the first large pixel's centre is (factor − 1)/2 small pixels from the first's.
  const center = (c: number) => (c + 0.5) / shrink - 0.5;
  const { cutOutOf: _, ...own } = info;
  return {
    ...own,
    width,
    height,
    fx: info.fx / shrink,
    fy: info.fy / shrink,
    cx: center(info.cx),
    cy: center(info.cy),
  };
}

function computeRays(info: CameraInfo): Float32Array {
  const { width, height, fx, fy, cx, cy } = info;
  const lens = lensOf(info.distortion);
  const rays = new Float32Array(2 * width * height);
  const ray: PlanePoint = [0, 0];
  let at = 0;
  for (let row = 0; row < height; row++) {
    const y = (row - cy) / fy;
    for (let column = 0; column < width; column++) {
      const x = (column - cx) / fx;
      ray[0] = x;
      ray[1] = y;
      const isSeen = lens.undistort(x, y, ray);
      rays[at++] = isSeen ? ray[0] : Number.NaN;
      rays[at++] = isSeen ? ray[1] : Number.NaN;
    }
  }
  return rays;
}
