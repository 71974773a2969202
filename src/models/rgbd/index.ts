import { resolve } from "node:path";
import { z } from "zod";
import { inModelThread, onnxSettings } from "../onnx/index.js";
import { registerVlm } from "../registerVlm.js";
import { makeRgbd } from "./makeRgbd.js";

export { type DepthView, type OpenedDepth, openDepth } from "./DepthView.js";
export { FrameScene, type SceneOptions } from "./FrameScene.js";
export type { FoundObject, Located } from "./Located.js";
export { type RgbdOptions, rgbd } from "./rgbd.js";
export { MetricDepth } from "./sources/MetricDepth.js";
export { PhraseDetector } from "./sources/PhraseDetector.js";
export type { BoxSource, DepthSource, Sources } from "./sources/Sources.js";

registerVlm("rgbd", {
  usage: "rgbd",
  summary:
    "measures in depth images with instance masks, detection boxes or TF frames, or in colour " +
    "images with models for depth and masks from folders; no network",
  settings: z.object({
    masks: z
      .string()
      .optional()
      .describe("folder of an open-vocabulary detector, for objects that nothing else finds"),
    depth: z
      .string()
      .optional()
      .describe("folder of a metric depth model, for frames without depth"),
    fov: z.coerce
      .number()
      .gt(1)
      .lt(179)
      .optional()
      .describe("horizontal field of view in degrees, for frames without CameraInfo"),
    minScore: z.coerce
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("boxes of the detector with a lower score do not count"),
    depthError: z.coerce
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("relative error of estimated depth, added to sigma"),
    ...onnxSettings,
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
  create(settings, spec, context) {
    const path = (name: "masks" | "depth") => {
      const given = settings[name];
      return given === undefined ? {} : { [name]: resolve(spec.folders?.get(name) ?? "", given) };
    };
    const paths = { ...path("masks"), ...path("depth") };
    const make = () => makeRgbd({ ...settings, ...paths }, context);
    if (Object.keys(paths).length === 0) return make();
    const absolute = new Map([...spec.settings, ...Object.entries(paths)]);
    return inModelThread({ ...spec, settings: absolute }, context, make);
  },
});
