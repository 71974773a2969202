import type { Vec3 } from "../base/index.js";
import type { CameraInfo } from "../camera/index.js";
import { rayAt, type SmallView } from "./SmallView.js";

/** What the depth image shows under one mask. */
export interface SeenObject {
  /** The middle of its surface, in the optical frame, m. */
  readonly middle: Vec3;
  /** As large it looks, m². */
  readonly area: number;
  /** Its mask reaches the image's border: the rest of it may be beyond. */
  readonly isCutOff: boolean;
}

const LEAST_PIXELS = 12;
/** Of a thing that is too near or too dark for the sensor, what has depth is mostly what is behind its mask's edge. */
const LEAST_KNOWN = 0.5;
/** Masks reach over the edge of their thing: what is so far behind its front is not its own, m. */
const DEEP_M = 0.1;
/** Of what rises from the scene's main plane by this share of its distance, that alone counts. */
const RAISED = 0.012;
const RAISED_SHARE = 0.15;
const FRONT_SHARE = 0.1;
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
  const { width, height, depthM, nearer, ids } = view;
  const pixels = new Map<number, number[]>();
  const sizes = new Map<number, number>();
  const cutOff = new Set<number>();
  const skipped = new Set([0]);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? 0;
    if (skipped.has(id)) continue;
    if (!pixels.has(id) && (!isThing(id) || pixels.size === MOST_OBJECTS)) {
      skipped.add(id);
      continue;
    }
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) cutOff.add(id);
    const [column, row] = [x + shift.x, y + shift.y];
    if (column < 0 || column >= width || row < 0 || row >= height) continue;
    const pixel = row * width + column;
    sizes.set(id, (sizes.get(id) ?? 0) + 1);
    if (!((depthM[pixel] ?? 0) > 0)) continue;
    const known = pixels.get(id);
    if (known) known.push(pixel);
    else pixels.set(id, [pixel]);
  }
  const seen = new Map<number, SeenObject>();
  for (const [id, masked] of pixels) {
    if (masked.length < Math.max(LEAST_PIXELS, LEAST_KNOWN * (sizes.get(id) ?? 0))) continue;
    const raised = masked.filter((pixel) => (nearer[pixel] ?? 0) > RAISED);
    const all =
      raised.length < Math.max(LEAST_PIXELS, RAISED_SHARE * masked.length) ? masked : raised;
    const depths = Float32Array.from(all, (pixel) => depthM[pixel] ?? 0).sort();
    const front = depths[Math.floor(FRONT_SHARE * depths.length)] ?? 0;
    let [count, u, v, z] = [0, 0, 0, 0];
    for (const pixel of all) {
      const depth = depthM[pixel] ?? 0;
      if (Math.abs(depth - front) > DEEP_M) continue;
      count += 1;
      u += pixel % width;
      v += Math.floor(pixel / width);
      z += depth;
    }
    if (count < LEAST_PIXELS) continue;
    const depth = z / count;
    const ray = rayAt(view, info, u / count, v / count);
    if (!ray) continue;
    const pitch = (depth * info.width) / width / info.fx;
    const middle: Vec3 = [ray[0] * depth, ray[1] * depth, depth];
    seen.set(id, { middle, area: count * pitch ** 2, isCutOff: cutOff.has(id) });
  }
  return seen;
}
