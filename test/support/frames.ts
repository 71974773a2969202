import type { CameraFrame } from "../../src/camera/index.js";

/** A frame of a 2x1 image; give what matters. */
export function frameOf(fields: Partial<CameraFrame> & { readonly stampNs: bigint }): CameraFrame {
  return {
    camera: "front",
    frameId: "camera_color_optical_frame",
    episode: "run1",
    image: {
      kind: "raw",
      width: 2,
      height: 1,
      encoding: "rgb8",
      step: 6,
      isBigEndian: false,
      data: new Uint8Array(6),
    },
    ...fields,
  };
}
