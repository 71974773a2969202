/** Depth and labels of drawn things on a table, by casting a ray through each pixel. */
import type { Vec3 } from "../../../src/base/index.js";
import {
  type CameraInfo,
  invertPose,
  type Pose,
  projectPoint,
  rotate,
  transformPoint,
} from "../../../src/camera/index.js";
import { hit, type Shape, surfaceOf } from "../../plane/scenes/Shape.js";
import type { Images } from "../tableDamages.js";
import type { Thing } from "./things.js";

export const TABLE_ID = 4;
export const GRIPPER_ID = 1;
export const FIRST_ID = 10;

const TABLE_HALF_M = [0.7, 0.6] as const;
const FLOOR_M = -0.75;
const FARTHEST_M = 4;
const MARGIN_PX = 3;

/** A pinhole camera whose image is so many focal lengths wide. */
export function pinhole(width: number, height: number, focalPx: number): CameraInfo {
  const distortion = { model: "", coefficients: [] };
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  return { width, height, fx: focalPx, fy: focalPx, cx, cy, distortion };
}

export function castScene(things: readonly Thing[], pose: Pose, info: CameraInfo): Images {
  const { width, height, fx, fy, cx, cy } = info;
  const depthM = new Float32Array(width * height);
  const ids = new Uint16Array(width * height);
  const right = rotate(pose.rotation, [1, 0, 0]);
  const down = rotate(pose.rotation, [0, 1, 0]);
  const forward = rotate(pose.rotation, [0, 0, 1]);
  const eye = pose.position;
  // Its part along the optical axis is 1, so that lengths along it are depths.
  const rayAt = (u: number, v: number): Vec3 => {
    const [x, y] = [(u - cx) / fx, (v - cy) / fy];
    return [
      forward[0] + x * right[0] + y * down[0],
      forward[1] + x * right[1] + y * down[1],
      forward[2] + x * right[2] + y * down[2],
    ];
  };
  for (let v = 0, pixel = 0; v < height; v++)
    for (let u = 0; u < width; u++, pixel++) {
      const ray = rayAt(u, v);
      const toTable = -eye[2] / ray[2];
      const [x, y] = [eye[0] + toTable * ray[0], eye[1] + toTable * ray[1]];
      const isTable = toTable > 0 && Math.abs(x) < TABLE_HALF_M[0] && Math.abs(y) < TABLE_HALF_M[1];
      const toFloor = (FLOOR_M - eye[2]) / ray[2];
      depthM[pixel] = isTable
        ? toTable
        : toFloor > 0 && toFloor < FARTHEST_M
          ? toFloor
          : FARTHEST_M;
      if (isTable) ids[pixel] = TABLE_ID;
    }
  const toCamera = invertPose(pose);
  things.forEach(({ form, shapes }, i) => {
    const id = form === "gripper" ? GRIPPER_ID : FIRST_ID + i;
    for (const shape of shapes) {
      const [left, top, rightEnd, bottom] = rectOf(shape, toCamera, info);
      for (let v = top; v <= bottom; v++)
        for (let u = left; u <= rightEnd; u++) {
          const met = hit(shape, eye, rayAt(u, v));
          const pixel = v * width + u;
          if (!met || met.t >= (depthM[pixel] ?? 0)) continue;
          depthM[pixel] = met.t;
          ids[pixel] = id;
        }
    }
  });
  return { depthM, ids, info };
}

function rectOf(shape: Shape, toCamera: Pose, info: CameraInfo): [number, number, number, number] {
  const points = surfaceOf(shape).map((point) => transformPoint(toCamera, point));
  const [lastU, lastV] = [info.width - 1, info.height - 1];
  if (points.some(([, , z]) => z < 0.02)) return [0, 0, lastU, lastV];
  const pixels = points.map((point) => projectPoint(info, point));
  const us = pixels.map(([u]) => u);
  const vs = pixels.map(([, v]) => v);
  const clamp = (value: number, last: number) => Math.min(last, Math.max(0, Math.round(value)));
  return [
    clamp(Math.min(...us) - MARGIN_PX, lastU),
    clamp(Math.min(...vs) - MARGIN_PX, lastV),
    clamp(Math.max(...us) + MARGIN_PX, lastU),
    clamp(Math.max(...vs) + MARGIN_PX, lastV),
  ];
}
