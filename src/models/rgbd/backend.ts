import { resolve } from "node:path";
import * as z from "zod";
import { onnxSettings } from "../onnx/onnxSettings.js";
import type { VlmFactory } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import type { VlmContext } from "../VlmContext.js";
import { inModelThread } from "../worker/workerVlm.js";

const rgbdSettings = z.object({
  masks: z
    .string()
    .optional()
    .describe(
      "folder of an open-vocabulary detector, for objects that are not found in another way",
    ),
  depth: z.string().optional().describe("folder of a metric depth model, for frames without depth"),
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
    .describe("detector boxes with a lower score are ignored"),
  depthError: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe("relative error of estimated depth, added to sigma"),
  depthNoiseMm: z.coerce
    .number()
    .min(0)
    .max(100)
    .default(0)
    .describe(
      "noise of the camera's depth at 1 m, mm; it grows with the distance squared (0: what the support shows)",
    ),
  ...onnxSettings,
  seed: z.coerce
    .number()
    .int()
    .default(1)
    .describe("seed of the random draws that find the table top"),
  minPixels: z.coerce
    .number()
    .int()
    .min(20)
    .max(100_000)
    .default(20)
    .describe("smaller objects are not measured"),
});

/** `rgbd` as a backend: what it takes from models in folders makes it work in its own thread. */
export const rgbdBackend: VlmFactory<typeof rgbdSettings> = {
  usage: "rgbd",
  summary:
    "measures in depth images with instance masks, detection boxes or TF frames, or in colour " +
    "images with models for depth and masks from folders; needs no network",
  settings: rgbdSettings,
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
};

/** @throws OnnxFolderError if a source's folder is of no use. */
async function makeRgbd(
  {
    masks,
    depth,
    fov,
    minScore,
    dtype,
    device,
    threads,
    ...options
  }: z.output<typeof rgbdSettings>,
  context: VlmContext,
): Promise<DisposableVlm> {
  const [{ rgbd }, { PhraseDetector }, { MetricDepth }] = await Promise.all([
    import("./rgbd.js"),
    import("./PhraseDetector.js"),
    import("./MetricDepth.js"),
  ]);
  const onnx = { dtype, device, threads };
  const boxSource =
    masks === undefined
      ? undefined
      : await PhraseDetector.open(masks, { ...onnx, minScore }, context);
  try {
    const depthSource =
      depth === undefined ? undefined : await MetricDepth.open(depth, onnx, context);
    return rgbd({ ...options, sources: { masks: boxSource, depth: depthSource, fov } });
  } catch (error) {
    await boxSource?.close();
    throw error;
  }
}
