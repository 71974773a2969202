import type { Detection } from "./CameraFrame.js";
import type { LabelMap } from "./SourceImage.js";

/** left, top, right, bottom, in pixels of the colour image. */
export type PixelBox = readonly [left: number, top: number, right: number, bottom: number];

export function boxOfDetection({ centerX, centerY, sizeX, sizeY }: Detection): PixelBox {
  return [centerX - sizeX / 2, centerY - sizeY / 2, centerX + sizeX / 2, centerY + sizeY / 2];
}

export function scaledBox([left, top, right, bottom]: PixelBox, x: number, y: number): PixelBox {
  return [left * x, top * y, right * x, bottom * y];
}

/** Around all of them. */
export function joinedBox(boxes: readonly PixelBox[]): PixelBox {
  const edge = (at: 0 | 1 | 2 | 3, of: (...values: number[]) => number) =>
    of(...boxes.map((box) => box[at]));
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
}

/** Intersection over union. */
export function boxOverlap(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (boxArea(a) + boxArea(b) - width * height);
}

/** Square pixels. */
export function boxArea([left, top, right, bottom]: PixelBox): number {
  return (right - left) * (bottom - top);
}

/** Around pixels of an image, from the edge of the first column and row to that of the last; infinite of none. */
export function boxAround(pixels: Uint32Array, width: number): PixelBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const pixel of pixels) {
    const column = pixel % width;
    const row = (pixel - column) / width;
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
  }
  return [left, top, right, bottom];
}

interface LabelledBox {
  /** In pixels of the label image, from the edge of its first pixel to that of its last. */
  readonly box: PixelBox;
  /** Pixels that have the id. */
  readonly pixels: number;
}

/** Around each id of a label image but 0. */
export function labelBoxes({ width, ids }: LabelMap): ReadonlyMap<number, LabelledBox> {
  const found = new Map<number, { box: [number, number, number, number]; pixels: number }>();
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (!id) continue;
    const column = i % width;
    const row = (i - column) / width;
    const seen = found.get(id);
    if (!seen) {
      found.set(id, { box: [column, row, column + 1, row + 1], pixels: 1 });
      continue;
    }
    const { box } = seen;
    if (column < box[0]) box[0] = column;
    if (column >= box[2]) box[2] = column + 1;
    box[3] = row + 1;
    seen.pixels++;
  }
  return found;
}
