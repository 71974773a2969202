import { overlayShapes } from "../overlay/index.js";
import type { KeyFrame } from "./KeyFrame.js";

/** A picture and what is drawn over it. */
export type MarkedPicture = Pick<KeyFrame, "jpeg" | "width" | "height" | "objects" | "lines">;

/**
 * The picture with what the model saw: the objects' boxes and centres, and lines with the lengths
 * between them. An `svg` element in the image's pixels; `attributes` place it.
 *
 * @param colourOf index of an object's colour, the same in all pictures of a report
 */
export function keyFrameSvg(
  picture: MarkedPicture,
  colourOf: (object: string) => number,
  attributes = "",
): string {
  const { jpeg, width, height } = picture;
  return (
    `<svg class="frame" viewBox="0 0 ${width} ${height}" ${attributes} font-family="system-ui, sans-serif">` +
    `<image width="${width}" height="${height}" preserveAspectRatio="none" ` +
    `href="data:image/jpeg;base64,${jpeg.toString("base64")}"/>${overlayShapes(picture, colourOf)}</svg>`
  );
}
