import { isMainThread } from "node:worker_threads";
import { abortable } from "../abortable.js";
import { checkVlmSpec } from "../createVlm.js";
import { modelPlugins } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { formatVlmSpec, type VlmSpec } from "../spec/VlmSpec.js";
import type { VlmContext } from "../VlmContext.js";
import { wrapVlm } from "../wrapVlm.js";
import type { WorkerJob } from "./messages.js";
import { type VlmCrashError, VlmThread } from "./VlmThread.js";

export interface WorkerVlmOptions {
  /** URLs of modules that register backends of your own: the worker loads them too. */
  readonly modules?: readonly string[];
  /** Told when the thread dies; the next question starts another one. */
  readonly onCrash?: (error: VlmCrashError) => void;
}

/**
 * `createVlm` in a worker thread: the model computes there, so that this thread stays free for
 * what comes in. Images are copied once. Answers are those of the model itself; so are its errors,
 * as a FrameError, a UserError or an Error of the same name, code and message.
 *
 * A thread that dies (out of memory, a fault in native code) fails what it was asked with a
 * VlmCrashError; the next question starts it once more. If it then dies before it has answered
 * anything, it stays dead.
 *
 * @throws VlmSpecError, or what making the model throws
 * @example await using vlm = await workerVlm("rgbd");
 */
export async function workerVlm(
  spec: string,
  { signal, onNotice, live = false }: VlmContext = {},
  { modules = [], onCrash }: WorkerVlmOptions = {},
): Promise<DisposableVlm> {
  if (modules.length === 0) await checkVlmSpec(spec);
  signal?.throwIfAborted();
  const job: WorkerJob = { spec, modules: [...modelPlugins, ...modules], live };
  let thread = new VlmThread(job, { onCrash, onNotice });
  try {
    const traits = await (signal ? abortable(thread.traits, signal) : thread.traits);
    let isClosed = false;
    let mayRestart = true;
    const restart = (): void => {
      if (!thread.hasAnswered && !mayRestart) return;
      mayRestart = thread.hasAnswered;
      thread = new VlmThread(job, { onCrash, onNotice });
    };
    return wrapVlm({
      ...traits,
      async ask(frame, questions, asked) {
        if (isClosed) throw new Error(`the model ${traits.id} is closed`);
        if (thread.hasCrashed) restart();
        return thread.ask(frame, questions, asked);
      },
      async close() {
        isClosed = true;
        await thread.close();
      },
    });
  } catch (error) {
    await thread.close();
    throw error;
  }
}

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
