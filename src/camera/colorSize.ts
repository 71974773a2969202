import type { Sharp } from "sharp";

/** The size to decode to; as it came where absent. */
export type ColorSize =
  /** Shrunk, keeping its shape, until neither side is longer; never enlarged. */
  | { readonly maxSidePx: number }
  /** Exactly this size; the shape is not kept. */
  | { readonly width: number; readonly height: number };

/** The pipeline with the resize that `size` asks for. */
export function resized(pipeline: Sharp, size: ColorSize | undefined): Sharp {
  if (size === undefined) return pipeline;
  if ("width" in size) return pipeline.resize(size.width, size.height, { fit: "fill" });
  const side = size.maxSidePx;
  return pipeline.resize(side, side, { fit: "inside", withoutEnlargement: true });
}

/** Whether an image of this size needs no resize. */
export function fits(image: { readonly width: number; readonly height: number }, size: ColorSize) {
  if ("width" in size) return image.width === size.width && image.height === size.height;
  return Math.max(image.width, image.height) <= size.maxSidePx;
}
