import type { Annotation } from "../annotate/index.js";
import { sharp } from "../base/index.js";
import { encodeJpeg, type SourceImage } from "../camera/index.js";
import { type Overlay, overlayOf } from "../overlay/index.js";

/** Long side of a key frame's picture: sharp on a laptop, and a dozen stay below a megabyte. */
const PICTURE_SIDE_PX = 480;

/** A picture with what the model saw in it. Positions are pixels of the original image. */
export interface KeyFrame extends Overlay {
  readonly index: number;
  readonly timeS: number;
  readonly jpeg: Buffer;
  readonly reward: number | null;
  readonly stage: string;
  readonly validity: string;
}

/** @throws FrameError where the image does not decode. */
export async function keyFrameOf(
  { frame, facts, reward }: Annotation,
  index: number,
  timeS: number,
): Promise<KeyFrame> {
  const jpeg = await encodeJpeg(frame.image, { maxSidePx: PICTURE_SIDE_PX, quality: 82 });
  return {
    index,
    timeS,
    jpeg,
    ...overlayOf(facts, await sizeOf(frame.image)),
    reward: reward.reward,
    stage: reward.stage,
    validity: reward.validity,
  };
}

async function sizeOf(image: SourceImage): Promise<{ width: number; height: number }> {
  return image.kind === "raw" ? image : sharp(image.data).metadata();
}
