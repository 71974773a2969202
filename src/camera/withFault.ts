import type { CameraFrame } from "./CameraFrame.js";
import type { CameraTopics } from "./CameraTopics.js";
import { imageFault } from "./imageFault.js";

/**
 * The frame with its fault, where one of its images is cut off or contradicts itself; the first
 * broken topic is named.
 */
export async function withFault(
  frame: CameraFrame,
  cameras: readonly CameraTopics[],
): Promise<CameraFrame> {
  if (frame.fault !== undefined) return frame;
  const topics = cameras.find(({ name }) => name === frame.camera)!;
  for (const part of ["image", "depth", "labels"] as const) {
    const image = frame[part];
    const fault = image && (await imageFault(image));
    if (fault) return { ...frame, fault: `${topics[part === "image" ? "color" : part]}: ${fault}` };
  }
  return frame;
}
