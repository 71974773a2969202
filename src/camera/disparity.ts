import * as z from "zod";
import { FrameError, MessageError, UnknownEncodingError } from "./FrameError.js";
import { type Headed, headerSchema, imageFromRos, parseMessage } from "./messagesFromRos.js";
import { checkRawSize, depthImageOf, floats32, packedLayout, words16 } from "./rawImage.js";
import type { RawImage } from "./SourceImage.js";

/** stereo_msgs/DisparityImage */
export const DISPARITY_IMAGE = "stereo_msgs/msg/DisparityImage";

/** What turns the disparity of a rectified stereo pair into depth. */
export interface StereoGeometry {
  /** Of the rectified images, in pixels of the disparity image. */
  readonly focalPx: number;
  /** Between the two cameras, m. */
  readonly baselineM: number;
}

const disparitySchema = z.object({
  header: headerSchema,
  image: z.unknown(),
  f: z.number(),
  t: z.number(),
  min_disparity: z.number().default(0),
  max_disparity: z.number().default(Number.POSITIVE_INFINITY),
});

/**
 * A stereo_msgs/DisparityImage as depth: Z = f·T / d (the message's own definition), where d lies
 * within the range that the message gives.
 *
 * @throws MessageError, UnknownEncodingError, ImageSizeError
 */
export function depthFromDisparityImage(message: unknown): Headed<RawImage> {
  // ROS 1 says T, ROS 2 says t.
  const named = message as { readonly T?: unknown; readonly t?: unknown };
  const { header, image, f, t, min_disparity, max_disparity } = parseMessage(
    disparitySchema,
    "stereo_msgs/DisparityImage",
    { ...named, t: named.t ?? named.T },
  );
  const inner = imageFromRos(image);
  const geometry = { focalPx: f, baselineM: Math.abs(t) };
  const mostPx = max_disparity > min_disparity ? max_disparity : Number.POSITIVE_INFINITY;
  const depth = depthOfDisparity(inner.image, geometry, min_disparity, mostPx);
  return { image: depth, stampNs: header.stamp, frameId: header.frame_id || inner.frameId };
}

/** Pixels of one unit of fixed-point disparity: OpenCV's stereo matchers write sixteenths. */
const FIXED_POINT_PX = 1 / 16;

/**
 * A disparity image as depth in metres (32FC1). 32FC1 is disparity in pixels; 16SC1 and 16UC1 are
 * OpenCV's sixteenths of a pixel. No disparity, and one outside of the range, is no depth.
 *
 * @throws UnknownEncodingError, ImageSizeError, MessageError
 */
export function depthOfDisparity(
  image: RawImage,
  { focalPx, baselineM }: StereoGeometry,
  leastPx = 0,
  mostPx = Number.POSITIVE_INFINITY,
): RawImage {
  const product = focalPx * baselineM;
  if (!(product > 0 && Number.isFinite(product))) {
    throw new MessageError(
      `disparity needs a focal length and a baseline; here they are ${focalPx} px and ${baselineM} m`,
    );
  }
  const { width, height } = image;
  const disparityPx = pixelsOf(image);
  const depthM = new Float32Array(width * height);
  for (let i = 0; i < depthM.length; i++) {
    const px = disparityPx(i);
    depthM[i] = px > 0 && px >= leastPx && px <= mostPx ? product / px : Number.NaN;
  }
  return depthImageOf({ width, height, depthM });
}

function pixelsOf(image: RawImage): (index: number) => number {
  if (image.encoding === "32FC1") {
    checkRawSize(image, packedLayout(4));
    const pixels = floats32(image);
    return (index) => pixels[index] ?? 0;
  }
  if (image.encoding === "16SC1" || image.encoding === "16UC1" || image.encoding === "mono16") {
    checkRawSize(image, packedLayout(2));
    const words = words16(image);
    // A negative word (no match) is beyond any disparity; it must not become one.
    const most = image.encoding === "16SC1" ? 0x7fff : 0xffff;
    return (index) => {
      const word = words[index] ?? 0;
      return word > most ? 0 : word * FIXED_POINT_PX;
    };
  }
  throw new UnknownEncodingError(image.encoding, "disparity", ["32FC1", "16SC1", "16UC1"]);
}

/** The message of a disparity image whose cameras are not known. */
export function noBaseline(infoTopic: string | undefined): FrameError {
  return new FrameError(
    "this is disparity, not depth, and its cameras' baseline is not known: " +
      (infoTopic === undefined
        ? "there is no camera_info beside it"
        : `P[3] of ${infoTopic} is 0 (the right camera's has it)`) +
      ". Record stereo_msgs/DisparityImage or a depth image, or name another topic",
  );
}
