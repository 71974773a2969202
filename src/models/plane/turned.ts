import type { PixelBox } from "../../camera/index.js";
import type { CanonicalFrame } from "../../geometry/index.js";

/** An edge of a box: left, top, right, bottom. */
export type EdgeIndex = 0 | 1 | 2 | 3;

/** The edge of all boxes that things stand on: the lower one (3), unless the camera is rolled by more than 45°. */
export function footEdgeOf({ canonical }: { readonly canonical: CanonicalFrame }): EdgeIndex {
  // Up, to the right and down in the image.
  const [x, y] = canonical.z;
  if (Math.abs(y) >= Math.abs(x)) return y > 0 ? 1 : 3;
  return x > 0 ? 0 : 2;
}

/** 1 if an edge lies farther out the larger its coordinate is. */
const outward = (edge: number): 1 | -1 => (edge < 2 ? -1 : 1);

/** A box by quarter turns of the image (about its origin) that make the edge of its foot the lower one. */
export function turned(box: PixelBox, foot: EdgeIndex): PixelBox {
  const at = (to: EdgeIndex) => {
    const from = ((to + foot + 1) % 4) as EdgeIndex;
    return outward(to) * outward(from) * box[from];
  };
  return [at(0), at(1), at(2), at(3)];
}

/** Of a turned box, its edges in the image. */
export function turnedBack(box: PixelBox, foot: EdgeIndex): PixelBox {
  const at = (to: EdgeIndex) => {
    const from = turnedIndexOf(to, foot);
    return outward(to) * outward(from) * box[from];
  };
  return [at(0), at(1), at(2), at(3)];
}

/** Where in a turned box an edge of the image is. */
export const turnedIndexOf = (edge: EdgeIndex, foot: EdgeIndex) =>
  ((edge + 3 - foot) % 4) as EdgeIndex;
