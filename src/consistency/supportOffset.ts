import { dot } from "../base/index.js";
import type { CameraFrame, CameraInfo } from "../camera/index.js";
import { planeAt } from "../geometry/index.js";
import type { ObjectRef } from "../language/index.js";
import type { Look } from "./Evidence.js";
import { rayAt, type SmallView } from "./SmallView.js";

/** Of the image's middle, x / z and y / z: there a focal length changes hardly anything. */
const MIDDLE = 0.15;
const LEAST_PIXELS = 30;
/** Each third pixel of each third row. */
const STEP_PX = 3;
/** A support that is seen more aslant tells nothing of depth. */
const LEAST_COSINE = 0.3;

/** How far the support's surface is in the middle of the image, by depth and by its frame and height. */
export function supportOffset(
  view: SmallView,
  info: CameraInfo,
  { poses }: CameraFrame,
  support: ObjectRef | undefined,
  supportIds: ReadonlySet<number>,
): Pick<Look, "support"> {
  if (support?.frame === undefined || support.heightM === undefined) return {};
  const pose = poses?.get(support.frame);
  if (!pose?.ok) return {};
  const { normal: up, offsetM } = planeAt(pose.pose, support.heightM);
  const { width, height, ids, depthM } = view;
  const all: { readonly offM: number; readonly toldM: number }[] = [];
  for (let row = 0; row < height; row += STEP_PX) {
    for (let column = 0; column < width; column += STEP_PX) {
      const pixel = row * width + column;
      const shownM = depthM[pixel] ?? 0;
      if (!supportIds.has(ids[pixel] ?? 0) || !(shownM > 0)) continue;
      const ray = rayAt(view, info, column, row);
      if (!ray || Math.abs(ray[0]) > MIDDLE || Math.abs(ray[1]) > MIDDLE) continue;
      const cosine = dot(up, [ray[0], ray[1], 1]);
      const toldM = -offsetM / cosine;
      if (Math.abs(cosine) > LEAST_COSINE && toldM > 0) all.push({ offM: shownM - toldM, toldM });
    }
  }
  all.sort((a, b) => a.offM - b.offM);
  const middle = all[all.length >> 1];
  return middle && all.length >= LEAST_PIXELS ? { support: middle } : {};
}
