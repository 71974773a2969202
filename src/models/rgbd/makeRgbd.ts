import type { OnnxOptions } from "../onnx/index.js";
import type { VlmContext } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { type RgbdOptions, rgbd } from "./rgbd.js";
import { MetricDepth } from "./sources/MetricDepth.js";
import { PhraseDetector } from "./sources/PhraseDetector.js";

/** The settings of `rgbd` in a spec: its sources as folders. */
export interface RgbdSettings
  extends OnnxOptions,
    Pick<RgbdOptions, "minPixels" | "seed" | "depthError"> {
  readonly masks?: string | undefined;
  readonly depth?: string | undefined;
  readonly fov?: number | undefined;
  readonly minScore: number;
}

/** @throws OnnxFolderError where a source's folder is of no use. */
export async function makeRgbd(
  { masks, depth, fov, minScore, dtype, device, threads, ...options }: RgbdSettings,
  context: VlmContext,
): Promise<DisposableVlm> {
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
