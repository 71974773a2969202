import sharp from "sharp";
import type { CameraFrame } from "../../../src/camera/index.js";
import type { TypedQuestion } from "../../../src/language/index.js";

export const never = new AbortController().signal;

/** A frame with a small grey JPEG; frames of different shades have different bytes. */
export async function greyFrame(shade = 128, width = 32, height = 24): Promise<CameraFrame> {
  const background = { r: shade, g: shade, b: shade };
  const data = await sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
  return frameOf(data);
}

export function frameOf(jpeg: Uint8Array): CameraFrame {
  return {
    camera: "front",
    stampNs: 1_000_000_000n,
    frameId: "camera_optical",
    episode: "run1",
    image: { kind: "compressed", format: "jpeg", data: jpeg },
  };
}

const gripper = { name: "gripper", phrase: "the gripper" };
const mug = { name: "mug", phrase: "the red mug" };

export function howFar(text = "How far is the gripper from the red mug?"): TypedQuestion {
  return { kind: "distance", subject: gripper, object: mug, text };
}

export function leftOf(text = "Is the gripper to the left of the red mug?"): TypedQuestion {
  return { ...howFar(text), kind: "left_predicate" };
}
