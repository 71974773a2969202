import { isMainThread } from "node:worker_threads";
import { formatVlmSpec, type VlmSpec } from "../parseVlmSpec.js";
import type { VlmContext } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { workerVlm } from "../worker/index.js";

/**
 * Makes a model away from the main thread: onnxruntime blocks the thread it runs in for the whole
 * inference. In a worker thread already, it is made there.
 */
export function inModelThread(
  spec: VlmSpec,
  context: VlmContext,
  make: () => Promise<DisposableVlm>,
): Promise<DisposableVlm> {
  return isMainThread ? workerVlm(formatVlmSpec(spec), context) : make();
}
