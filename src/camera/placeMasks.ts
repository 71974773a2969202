import type { CameraInfo, Detection } from "./CameraFrame.js";
import type { SourceImage } from "./SourceImage.js";

/** Detections whose masks lie on the colour image, or why one does not. */
export interface PlacedMasks {
  readonly detections?: readonly Detection[];
  readonly why?: string;
}

/**
 * Detectors may work on a smaller image: boxes of such masks are brought to the size of the colour
 * image. A mask of another shape does not lie on that image (the model's padded input, say).
 *
 * @param image the colour image, or its intrinsics; a compressed image does not tell its size
 */
export function placeMasks(
  detections: readonly Detection[] | undefined,
  image: CameraInfo | SourceImage,
): PlacedMasks {
  if (!detections?.some(({ mask }) => mask)) return { ...(detections && { detections }) };
  if (!("width" in image)) {
    return {
      why: "masks are there, but no camera_info, by whose size they could be laid over the image",
    };
  }
  const placed: Detection[] = [];
  for (const detection of detections) {
    const found = placedOn(detection, image);
    if (typeof found === "string") return { why: found };
    placed.push(found);
  }
  return { detections: placed };
}

function placedOn(
  detection: Detection,
  { width, height }: { readonly width: number; readonly height: number },
): Detection | string {
  const { mask } = detection;
  if (!mask) return detection;
  const { imageWidth, imageHeight, left, top } = mask;
  if (imageWidth === undefined || imageHeight === undefined) {
    const isInside =
      left >= 0 && top >= 0 && left + mask.width <= width && top + mask.height <= height;
    if (isInside) return detection;
    return `a mask of ${mask.width}x${mask.height} at ${left}, ${top} is not inside of the image of ${width}x${height}`;
  }
  // Half a pixel of the smaller one is lost by rounding its size.
  if (Math.abs(imageWidth * height - imageHeight * width) > Math.max(width, height)) {
    return `a mask of ${imageWidth}x${imageHeight} does not have the shape of the image of ${width}x${height}`;
  }
  const [x, y] = [width / imageWidth, height / imageHeight];
  return {
    ...detection,
    centerX: (detection.centerX + 0.5) * x - 0.5,
    centerY: (detection.centerY + 0.5) * y - 0.5,
    sizeX: detection.sizeX * x,
    sizeY: detection.sizeY * y,
  };
}
