import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { USUAL_MIN_SCORE } from "../believed.js";
import { VlmSpecError } from "../errors.js";
import { onnxSettings } from "../onnx/onnxSettings.js";
import type { VlmFactory } from "../registerVlm.js";
import { PLANE_CAMERA_ERROR } from "../rgbd/cameraError.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { integer, number } from "../spec/settings.js";
import type { VlmContext } from "../VlmContext.js";
import { inModelThread } from "../worker/workerVlm.js";

const planeSettings = z.object({
  boxes: z
    .string()
    .optional()
    .describe(
      "who finds objects without labels, detections or TF frames: folder of an open-vocabulary detector, or the spec of a model that answers with boxes (http://127.0.0.1:8000/v1#model)",
    ),
  boxFormat: z
    .enum(["xyxy_1000", "yxyx_1000", "xyxy_px", "xyxy_1"])
    .default("xyxy_1000")
    .describe(
      "how a language model gives boxes: order of the edges (x left to right, y top to bottom), and 0..1000, pixels, or 0..1",
    ),
  boxErrorPx: number(0.1, 200)
    .default(3)
    .describe("standard deviation of an edge of a box, pixels"),
  heightErrorMm: number(0, 1000)
    .default(10)
    .describe(
      "standard deviation of the support's `height` over its TF frame, or of `camera_height`, mm",
    ),
  cameraErrorMm: number(0, 500)
    .default(PLANE_CAMERA_ERROR.cameraErrorMm)
    .describe(
      "error of the camera's place in TF (hand-eye calibration), root mean square, mm, as that of `rgbd`",
    ),
  cameraErrorDeg: number(0, 45)
    .default(PLANE_CAMERA_ERROR.cameraErrorDeg)
    .describe(
      "the same of its direction, or of `tilt`, degrees: 0.9 is about half a degree about each axis",
    ),
  cameraHeight: number(0.05, 100)
    .optional()
    .describe(
      "with `tilt`, where neither TF nor depth tells the support's plane: height of the camera over it, m",
    ),
  tilt: number(-89, 90)
    .optional()
    .describe("with `camera_height`: by how much the camera looks down, degrees; it has no roll"),
  camera: z
    .enum(["moves", "fixed"])
    .default("moves")
    .describe("`fixed`: a support that one image with depth has shown stays where it is"),
  fov: number(1, 179)
    .optional()
    .describe("horizontal field of view in degrees, for frames without CameraInfo"),
  minScore: number(0, 1)
    .default(USUAL_MIN_SCORE)
    .describe(
      "boxes with a lower score are ignored: a detector's, a topic's that tells scores, and a language model's that says how sure it is",
    ),
  ...onnxSettings,
  seed: integer(0, 2147483647)
    .default(1)
    .describe("seed of the random draws that find the support in depth"),
});

/** `plane` as a backend: a detector from a folder makes it work in its own thread. */
export const planeBackend: VlmFactory<typeof planeSettings> = {
  usage: "plane",
  summary:
    "measures what stands on a table or floor in colour images, by boxes of a detector or a " +
    "language model and the known plane (TF, depth once, or the camera's height); needs no depth",
  settings: planeSettings,
  create(settings, spec, context) {
    const { boxes, cameraHeight, tilt } = settings;
    if ((cameraHeight === undefined) !== (tilt === undefined))
      throw new VlmSpecError("model spec: plane takes camera_height and tilt together");
    if (boxes === undefined && spec.model !== undefined)
      throw new VlmSpecError("model spec: plane takes a model (#) only with boxes=URL");
    const folder = boxes === undefined ? "" : resolve(spec.folders?.get("boxes") ?? "", boxes);
    const isFolder = boxes !== undefined && existsSync(join(folder, "config.json"));
    if (!isFolder) {
      // What stands behind # belongs to the model that finds boxes.
      const model = spec.model === undefined ? boxes : `${boxes}#${spec.model}`;
      return makePlane({ ...settings, boxes: model }, false, context);
    }
    const absolute = new Map([...spec.settings, ["boxes", folder] as const]);
    const make = () => makePlane({ ...settings, boxes: folder }, true, context);
    return inModelThread({ ...spec, settings: absolute }, context, make);
  },
};

/** @throws OnnxFolderError if the detector's folder is of no use; VlmSpecError, as `createVlm`. */
async function makePlane(
  settings: z.output<typeof planeSettings>,
  isFolder: boolean,
  context: VlmContext,
): Promise<DisposableVlm> {
  const { boxFormat, boxErrorPx, cameraHeight, tilt, camera, minScore, ...rest } = settings;
  const { boxes, dtype, device, threads, ...options } = rest;
  const [{ plane }, { detectorBoxes, vlmBoxes }] = await Promise.all([
    import("./plane.js"),
    import("./Boxes.js"),
  ]);
  const finder = async () => {
    if (boxes === undefined) return undefined;
    if (isFolder) {
      const { PhraseDetector } = await import("../rgbd/PhraseDetector.js");
      const onnx = { dtype, device, threads, minScore };
      return detectorBoxes(await PhraseDetector.open(boxes, onnx, context));
    }
    const { createVlm } = await import("../createVlm.js");
    const vlm = await createVlm(boxes, context);
    if (vlm.needs.length === 0) return vlmBoxes(vlm, boxFormat, minScore);
    await vlm.close();
    throw new VlmSpecError(
      `model spec: boxes=${boxes} answers no questions in words: plane needs a detector's folder or a language model`,
    );
  };
  return plane({
    ...options,
    minScore,
    boxes: await finder(),
    boxSigmaPx: boxErrorPx,
    ...(cameraHeight !== undefined &&
      tilt !== undefined && { camera: { heightM: cameraHeight, tiltDeg: tilt } }),
    isFixed: camera === "fixed",
  });
}
