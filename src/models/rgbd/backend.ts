import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { USUAL_MIN_SCORE } from "../believed.js";
import { VlmSpecError } from "../errors.js";
import { onnxSettings } from "../onnx/onnxSettings.js";
import type { VlmFactory } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import type { VlmContext } from "../VlmContext.js";
import { inModelThread } from "../worker/workerVlm.js";
import { USUAL_CAMERA_ERROR, USUAL_DEPTH_ERROR } from "./cameraError.js";
import type { Namer } from "./clusters/Namer.js";

/** As `masks`: no detector, but things that stand on a table. */
const CLUSTERS = "clusters";

const rgbdSettings = z.object({
  masks: z
    .string()
    .optional()
    .describe(
      "for objects that are not found in another way: folder of an open-vocabulary detector, or `clusters` (things on a table, by depth alone)",
    ),
  names: z
    .string()
    .optional()
    .describe(
      "with masks=clusters: who names them once an episode, a model spec (http://127.0.0.1:8000/v1#model) or the folder of a detector; unset: colour words",
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
    .default(USUAL_MIN_SCORE)
    .describe(
      "boxes with a lower score are ignored: of a detector from a folder, or of a topic that tells scores",
    ),
  depthError: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(USUAL_DEPTH_ERROR.depthError)
    .describe("relative error of estimated depth, added to sigma"),
  depthScaleError: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(USUAL_DEPTH_ERROR.depthScaleError)
    .describe("the same of measured depth: error of the camera's depth scale or focal length"),
  depthNoiseMm: z.coerce
    .number()
    .min(0)
    .max(100)
    .default(0)
    .describe(
      "noise of the camera's depth at 1 m, mm; it grows with the distance squared (0: what the support shows)",
    ),
  cameraErrorMm: z.coerce
    .number()
    .min(0)
    .max(500)
    .default(USUAL_CAMERA_ERROR.cameraErrorMm)
    .describe(
      "error of the camera's place in TF (hand-eye calibration), root mean square, mm; for lengths between what TF tells and what depth shows",
    ),
  cameraErrorDeg: z.coerce
    .number()
    .min(0)
    .max(45)
    .default(USUAL_CAMERA_ERROR.cameraErrorDeg)
    .describe("the same of its direction, degrees"),
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
    const { masks, names } = settings;
    if (masks !== CLUSTERS && (names !== undefined || spec.model !== undefined))
      throw new VlmSpecError(
        `model spec: rgbd takes ${names === undefined ? "a model (#)" : "names"} only with masks=${CLUSTERS}`,
      );
    const path = (name: "masks" | "depth" | "names") => {
      const given = settings[name];
      if (given === undefined || (name === "masks" && given === CLUSTERS)) return {};
      const full = resolve(spec.folders?.get(name) ?? "", given);
      if (name === "names" && !existsSync(join(full, "config.json"))) return {};
      return { [name]: full };
    };
    const paths = { ...path("masks"), ...path("depth"), ...path("names") };
    // What stands behind # belongs to the model that names.
    const namedBy =
      names === undefined || paths.names !== undefined
        ? {}
        : { names: spec.model === undefined ? names : `${names}#${spec.model}` };
    const make = () => makeRgbd({ ...settings, ...paths, ...namedBy }, paths.names, context);
    if (Object.keys(paths).length === 0) return make();
    const absolute = new Map([...spec.settings, ...Object.entries(paths)]);
    return inModelThread({ ...spec, settings: absolute }, context, make);
  },
};

/** @throws OnnxFolderError if a source's folder is of no use. */
async function makeRgbd(
  {
    masks,
    names,
    depth,
    fov,
    minScore,
    dtype,
    device,
    threads,
    ...options
  }: z.output<typeof rgbdSettings>,
  namingFolder: string | undefined,
  context: VlmContext,
): Promise<DisposableVlm> {
  const [{ rgbd }, { PhraseDetector }, { MetricDepth }] = await Promise.all([
    import("./rgbd.js"),
    import("./PhraseDetector.js"),
    import("./MetricDepth.js"),
  ]);
  const onnx = { dtype, device, threads };
  const opened: { close(): Promise<void> }[] = [];
  const keep = <Source extends { close(): Promise<void> }>(source: Source): Source => {
    opened.push(source);
    return source;
  };
  try {
    const isClusters = masks === CLUSTERS;
    const boxSource =
      masks === undefined || isClusters
        ? undefined
        : keep(await PhraseDetector.open(masks, { ...onnx, minScore }, context));
    const depthSource =
      depth === undefined ? undefined : keep(await MetricDepth.open(depth, onnx, context));
    const namer = names === undefined ? undefined : keep(await openNamer());
    return rgbd({
      ...options,
      minScore,
      sources: { masks: boxSource, depth: depthSource, fov },
      ...(isClusters && { clusters: { namer } }),
    });
  } catch (error) {
    await Promise.allSettled(opened.map((source) => source.close()));
    throw error;
  }

  async function openNamer(): Promise<Namer> {
    const { detectorNamer, vlmNamer } = await import("./clusters/Namer.js");
    if (namingFolder !== undefined)
      return detectorNamer(await PhraseDetector.open(namingFolder, { ...onnx, minScore }, context));
    const { createVlm } = await import("../createVlm.js");
    return vlmNamer(await createVlm(names ?? "", context));
  }
}
