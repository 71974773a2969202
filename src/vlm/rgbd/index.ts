import { z } from "zod";
import { registerVlm } from "../registerVlm.js";
import { rgbd } from "./rgbd.js";

export { type DepthView, type OpenedDepth, openDepth } from "./DepthView.js";
export { FrameScene, type SceneOptions } from "./FrameScene.js";
export type { FoundObject, Located } from "./Located.js";
export { type RgbdOptions, rgbd } from "./rgbd.js";

registerVlm("rgbd", {
  usage: "rgbd",
  summary: "measures in depth images with instance masks, detection boxes or TF frames; no network",
  settings: z.object({
    seed: z.coerce
      .number()
      .int()
      .default(1)
      .describe("of the random draws that find the table top"),
    minPixels: z.coerce
      .number()
      .int()
      .min(20)
      .max(100_000)
      .default(20)
      .describe("smaller objects are not measured"),
  }),
  create: (settings, _spec, { support }) => rgbd({ ...settings, support }),
});
