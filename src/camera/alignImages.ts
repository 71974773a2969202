import type { CameraInfo } from "./CameraFrame.js";
import { type Lens, lensOf, type PlanePoint, projectPoint } from "./lensModels.js";
import { type Pose, rotate, transformPoint } from "./Pose.js";
import { pixelRays, scaleCameraInfo } from "./pixelRays.js";
import { pointsOf } from "./pointCloud.js";
import type { DepthMap, LabelMap, SensorPoints } from "./SourceImage.js";

/** What two depths of one surface may differ by: a part of the depth, and metres. */
const SAME_SHARE = 0.02;
const SAME_M = 0.01;

/** Maps points of one optical frame to pixels of an image of another camera; allocates nothing. */
class Projector {
  readonly #info: CameraInfo;
  readonly #lens: Lens;
  readonly #plane: PlanePoint = [0, 0];
  readonly #xOf: Row;
  readonly #yOf: Row;
  readonly #zOf: Row;
  /** Of the last point: its pixel, and its depth, m. */
  u = 0;
  v = 0;
  z = 0;

  /** @param pose of the points' frame in the camera's */
  constructor(info: CameraInfo, { rotation, position }: Pose) {
    const [a, b, c] = [
      rotate(rotation, [1, 0, 0]),
      rotate(rotation, [0, 1, 0]),
      rotate(rotation, [0, 0, 1]),
    ];
    this.#info = info;
    this.#lens = lensOf(info.distortion);
    this.#xOf = [a[0], b[0], c[0], position[0]];
    this.#yOf = [a[1], b[1], c[1], position[1]];
    this.#zOf = [a[2], b[2], c[2], position[2]];
  }

  /**
   * @param rayX x/z of the point; `rayY` y/z
   * @param depthM its z
   * @returns false if the camera cannot see it
   */
  project(rayX: number, rayY: number, depthM: number): boolean {
    const z = along(this.#zOf, rayX, rayY, depthM);
    if (!(z > 0)) return false;
    const plane = this.#plane;
    const x = along(this.#xOf, rayX, rayY, depthM) / z;
    const y = along(this.#yOf, rayX, rayY, depthM) / z;
    if (!this.#lens.distort(x, y, plane)) return false;
    this.u = this.#info.fx * plane[0] + this.#info.cx;
    this.v = this.#info.fy * plane[1] + this.#info.cy;
    this.z = z;
    return true;
  }
}

/** A row of a pose's 3x4 matrix. */
type Row = readonly [number, number, number, number];

function along([a, b, c, t]: Row, rayX: number, rayY: number, depthM: number): number {
  return depthM * (a * rayX + b * rayY + c) + t;
}

/**
 * A depth image as the colour camera would have taken it: each pixel is lifted to its point and
 * laid over the colour pixels that it covers; where several do, the nearest is seen. A pixel of
 * which nothing is known is NaN.
 *
 * @param info of the depth camera; `color` of the colour camera, whose size the result has
 * @param pose of the depth camera's optical frame in the colour camera's
 * @returns metres along the colour camera's axis, row-major
 * @throws CameraModelError
 */
export function alignDepth(
  { width, height, depthM }: DepthMap,
  info: CameraInfo,
  color: CameraInfo,
  pose: Pose,
): Float32Array<ArrayBuffer> {
  const rays = pixelRays(info, width, height);
  const { fx, fy } = scaleCameraInfo(info, width, height);
  const aligned = new Float32Array(color.width * color.height).fill(Number.NaN);
  const to = new Projector(color, pose);
  for (let i = 0; i < depthM.length; i++) {
    const depth = depthM[i] ?? 0;
    if (!(depth > 0) || !to.project(rays[2 * i] ?? 0, rays[2 * i + 1] ?? 0, depth)) continue;
    const { u, v, z } = to;
    // Half of what the pixel covers in the colour image.
    const halfU = ((0.5 * color.fx) / fx) * (depth / z);
    const halfV = ((0.5 * color.fy) / fy) * (depth / z);
    const [left, right] = span(u, halfU, color.width);
    const [top, bottom] = span(v, halfV, color.height);
    for (let row = top; row <= bottom; row++) {
      for (let at = row * color.width + left; at <= row * color.width + right; at++) {
        const nearest = aligned[at] ?? 0;
        if (!(nearest <= z)) aligned[at] = z;
      }
    }
  }
  return aligned;
}

/**
 * The depth image that a camera would have of points.
 *
 * @param color of the colour camera, whose size the result has
 * @param pose of the sensor's frame in the colour camera's optical frame
 * @returns metres along the camera's axis, row-major; NaN where no point lies
 * @throws CameraModelError
 */
export function projectPoints(
  points: SensorPoints,
  color: CameraInfo,
  pose: Pose,
): Float32Array<ArrayBuffer> {
  const depthM = new Float32Array(color.width * color.height).fill(Number.NaN);
  for (const seen of pointsOf(points)) {
    const point = transformPoint(pose, seen);
    const [column, row] = projectPoint(color, point).map(Math.round);
    if (column === undefined || row === undefined) continue;
    if (!(column >= 0 && row >= 0 && column < color.width && row < color.height)) continue;
    const at = row * color.width + column;
    if (!((depthM[at] ?? 0) <= point[2])) depthM[at] = point[2];
  }
  return depthM;
}

/** The pixels whose centres are covered, or the nearest one; empty outside of the image. */
function span(center: number, half: number, size: number): [first: number, last: number] {
  let first = Math.ceil(center - half);
  let last = Math.floor(center + half);
  if (last < first) first = last = Math.round(center);
  return [Math.max(first, 0), Math.min(last, size - 1)];
}

/**
 * The label image that the colour camera would have: each colour pixel of known depth looks up
 * its point in the label image. What the label camera sees something nearer in front of has no
 * label.
 *
 * @param info of the label image's camera
 * @param depth on the colour image; the result has its size
 * @param color of the colour camera
 * @param pose of the colour camera's optical frame in the label camera's
 * @returns ids, row-major; 0 where nothing is known
 * @throws CameraModelError
 */
export function alignLabels(
  labels: LabelMap,
  info: CameraInfo,
  { width, height, depthM }: DepthMap,
  color: CameraInfo,
  pose: Pose,
): Uint16Array<ArrayBuffer> {
  const rays = pixelRays(color, width, height);
  const to = new Projector(scaleCameraInfo(info, labels.width, labels.height), pose);
  const seenAt = new Int32Array(depthM.length).fill(-1);
  const seenZ = new Float32Array(depthM.length);
  const nearest = new Float32Array(labels.ids.length).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < depthM.length; i++) {
    const depth = depthM[i] ?? 0;
    if (!(depth > 0) || !to.project(rays[2 * i] ?? 0, rays[2 * i + 1] ?? 0, depth)) continue;
    const [column, row] = [Math.round(to.u), Math.round(to.v)];
    if (column < 0 || row < 0 || column >= labels.width || row >= labels.height) continue;
    const at = row * labels.width + column;
    seenAt[i] = at;
    seenZ[i] = to.z;
    nearest[at] = Math.min(nearest[at] ?? 0, to.z);
  }
  const ids = new Uint16Array(depthM.length);
  for (let i = 0; i < ids.length; i++) {
    const at = seenAt[i] ?? -1;
    if (at < 0) continue;
    const isHidden = (seenZ[i] ?? 0) > (nearest[at] ?? 0) * (1 + SAME_SHARE) + SAME_M;
    if (!isHidden) ids[i] = labels.ids[at] ?? 0;
  }
  return ids;
}
