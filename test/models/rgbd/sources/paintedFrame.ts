import type { CameraFrame } from "../../../../src/camera/index.js";
import { TABLE_ID } from "../../../geometry/synthetic/castFrame.js";

/** What the tiny depth models were trained on: brightness is distance, white is this far. */
const WHITE_M = 2;

/** By instance id: the things are red and blue, the table grey. */
const HUES: Readonly<Record<number, readonly [r: number, g: number, b: number]>> = {
  1: [1, 0, 0],
  2: [0, 0, 1],
  [TABLE_ID]: [1, 1, 1],
};

/**
 * A frame as a plain camera would give it in a world where distance shows as brightness: the depth
 * and the labels of `frame` are painted into its colour image, and left out.
 */
export function paintedFrame(frame: CameraFrame): CameraFrame {
  const { depth, labels, poses: _, ...rest } = frame;
  if (depth?.kind !== "raw" || !labels) throw new Error("a cast frame has depth and labels");
  const { width, height } = labels;
  const millimetres = new Uint16Array(depth.data.buffer, depth.data.byteOffset, width * height);
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const hue = HUES[labels.data[pixel]!] ?? [1, 1, 1];
    const brightness = Math.min(255, (255 * millimetres[pixel]!) / 1000 / WHITE_M);
    for (let c = 0; c < 3; c++) data[3 * pixel + c] = Math.round(hue[c]! * brightness);
  }
  const shape = { width, height, step: 3 * width };
  return { ...rest, image: { kind: "raw", encoding: "rgb8", isBigEndian: false, ...shape, data } };
}
