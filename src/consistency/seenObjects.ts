import type { Vec3 } from "../base/index.js";
import type { CameraInfo } from "../camera/index.js";
import { isAtBorder } from "./maskPixels.js";
import { rayAt, type SmallView } from "./SmallView.js";

/** What the depth image shows under one mask. */
export interface SeenObject {
  /** The middle of its surface, in the optical frame, m. */
  readonly middle: Vec3;
  /** As large it looks, m². */
  readonly area: number;
  /** From corner to corner of the upright box around it, m. */
  readonly spanM: number;
  /** Its mask reaches the image's border: the rest of it may be beyond. */
  readonly isCutOff: boolean;
}

const LEAST_PIXELS = 12;
/** Of a thing that is too near or too dark for the sensor, what has depth is mostly what is behind its mask's edge. */
const LEAST_KNOWN = 0.5;
/** Masks reach over the edge of their thing: what is so far behind its front is not its own, m; of depth in another unit, a share. */
const DEEP_M = 0.1;
const DEEP_SHARE = 0.05;
/** Of what rises from the scene's main plane by this share of its distance, that alone counts. */
const RAISED = 0.012;
const RAISED_SHARE = 0.15;
const FRONT_SHARE = 0.1;
/** Of its pixels, as many show where its front is. */
const MOST_SORTED = 300;
/** As many are followed. */
const MOST_OBJECTS = 24;

/**
 * By id; those of hardly any pixel with depth, and those that mostly have none, are left out.
 *
 * @param shift by how many pixels the masks have to be moved
 * @param isThing whether an id is a thing's, and not the support's
 */
export function seenObjects(
  view: SmallView,
  info: CameraInfo,
  shift: { readonly x: number; readonly y: number },
  isThing: (id: number) => boolean,
): ReadonlyMap<number, SeenObject> {
  const { width, height, depthM, nearer } = view;
  const seen = new Map<number, SeenObject>();
  const things = [...view.pixels].filter(([id]) => isThing(id)).slice(0, MOST_OBJECTS);
  for (const [id, own] of things) {
    let size = 0;
    const masked: number[] = [];
    for (const place of own) {
      const [column, row] = [(place % width) + shift.x, Math.floor(place / width) + shift.y];
      if (column < 0 || column >= width || row < 0 || row >= height) continue;
      size += 1;
      const pixel = row * width + column;
      if ((depthM[pixel] ?? 0) > 0) masked.push(pixel);
    }
    if (masked.length < Math.max(LEAST_PIXELS, LEAST_KNOWN * size)) continue;
    const raised = masked.filter((pixel) => (nearer[pixel] ?? 0) > RAISED);
    const all =
      raised.length < Math.max(LEAST_PIXELS, RAISED_SHARE * masked.length) ? masked : raised;
    const step = Math.ceil(all.length / MOST_SORTED);
    const count = Math.floor(all.length / step);
    const depths = Float32Array.from({ length: count }, (_, i) => depthM[all[i * step] ?? 0] ?? 0);
    depths.sort();
    const front = depths[Math.floor(FRONT_SHARE * depths.length)] ?? 0;
    const deepM = Math.max(DEEP_M, DEEP_SHARE * front);
    let [pixels, u, v, z] = [0, 0, 0, 0];
    let [left, right, top, bottom] = [width, 0, height, 0];
    for (const pixel of all) {
      const depth = depthM[pixel] ?? 0;
      if (Math.abs(depth - front) > deepM) continue;
      const [column, row] = [pixel % width, Math.floor(pixel / width)];
      pixels += 1;
      u += column;
      v += row;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
      z += depth;
    }
    if (pixels < LEAST_PIXELS) continue;
    const depth = z / pixels;
    const ray = rayAt(view, info, u / pixels, v / pixels);
    if (!ray) continue;
    const pitch = (depth * info.width) / width / info.fx;
    const middle: Vec3 = [ray[0] * depth, ray[1] * depth, depth];
    const spanM = pitch * Math.hypot(right - left + 1, bottom - top + 1);
    seen.set(id, { middle, area: pixels * pitch ** 2, spanM, isCutOff: isAtBorder(own, view) });
  }
  return seen;
}
