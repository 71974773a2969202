import { type CameraInfo, type RgbImage, scaleCameraInfo } from "../../camera/index.js";
import type { ModelConfig } from "./ModelConfig.js";
import { resizeByArea } from "./resizeByArea.js";

/** Pinhole intrinsics in pixels of one picture; pixel centres at whole coordinates. */
export interface PictureLens {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  /** Whether a CameraInfo said so, or they are the usual ones. */
  readonly isKnown: boolean;
}

/** An image as the model sees it, and the way back to the image's own pixels. */
export interface Picture {
  /** Packed RGB, of the model's size. */
  readonly pixels: Uint8Array;
  readonly lens: PictureLens;
  /** A place in the picture, in pixels of the image it was made of. */
  toImage(u: number, v: number): [u: number, v: number];
}

type PictureSize = Pick<ModelConfig, "width" | "height" | "focal_widths_unless_known">;

/** What stands where the image ends: the model was trained with it. */
const GREY = 114;

/**
 * An image fitted into the model's picture: shrunk or enlarged with its shape kept, grey beside
 * it; the intrinsics follow.
 *
 * @throws CameraModelError where `info` is of another image
 */
export function fitPicture(
  image: RgbImage,
  info: CameraInfo | undefined,
  { width, height, focal_widths_unless_known: focalWidths }: PictureSize,
): Picture {
  const scale = Math.min(width / image.width, height / image.height);
  const columns = Math.max(1, Math.round(image.width * scale));
  const rows = Math.max(1, Math.round(image.height * scale));
  const left = (width - columns) >> 1;
  const top = (height - rows) >> 1;
  const [scaleX, scaleY] = [columns / image.width, rows / image.height];
  // A pixel's centre is half a pixel from its edge, before and after.
  const toPicture = (at: number, scale: number, offset: number) =>
    (at + 0.5) * scale - 0.5 + offset;
  const toImage = (at: number, scale: number, offset: number) => (at - offset + 0.5) / scale - 0.5;
  const known = info && scaleCameraInfo(info, image.width, image.height);
  const focal = focalWidths * width;
  return {
    pixels: padded(resizeByArea(image, columns, rows), { width, height, left, top }),
    lens: known
      ? {
          fx: known.fx * scaleX,
          fy: known.fy * scaleY,
          cx: toPicture(known.cx, scaleX, left),
          cy: toPicture(known.cy, scaleY, top),
          isKnown: true,
        }
      : { fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2, isKnown: false },
    toImage: (u, v) => [toImage(u, scaleX, left), toImage(v, scaleY, top)],
  };
}

interface Place {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

function padded(image: RgbImage, { width, height, left, top }: Place): Uint8Array {
  if (image.width === width && image.height === height) return image.data;
  const pixels = new Uint8Array(3 * width * height).fill(GREY);
  const stride = 3 * image.width;
  for (let row = 0; row < image.height; row++) {
    const line = image.data.subarray(row * stride, (row + 1) * stride);
    pixels.set(line, 3 * ((top + row) * width + left));
  }
  return pixels;
}
