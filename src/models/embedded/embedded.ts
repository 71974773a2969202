import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import type { VlmContext } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { warnOnly } from "../VlmNotice.js";
import { workerVlm } from "../worker/index.js";
import { wrapVlm } from "../wrapVlm.js";
import { type EmbeddedOptions, embeddedSettings } from "./EmbeddedSettings.js";
import { embeddedModel } from "./embeddedModel.js";
import { OWN_WEIGHTS } from "./Weights.js";

/**
 * The spatial vision-language model that comes with this package: it reads question and image, and
 * answers any of the 43 kinds with metres and a sigma, or with yes, no, an object or a relation and
 * a confidence. It needs colour only; with CameraInfo it knows the field of view. Its world is the
 * simulator's table top: see docs/embedded.md.
 *
 * It computes in worker threads of its own. In a worker thread already, and with `threads` 1, it
 * computes there.
 *
 * @throws WeightsError where the folder of weights is missing, incomplete or damaged
 * @example
 * const model = await embedded({ threads: 2 });
 * const [answer] = await model.ask(frame, [question], signal);
 */
export async function embedded(
  options: EmbeddedOptions = {},
  context: VlmContext = {},
): Promise<DisposableVlm> {
  const { provider, ...settings } = embeddedSettings.parse(options);
  const available = availableParallelism();
  // Two threads of half the cores do as many frames as one of all, and more on a busy machine.
  const threads = settings.threads ?? Math.min(2, available);
  const cores = settings.cores ?? Math.max(1, Math.floor(available / threads));
  const weights = resolve(settings.weights ?? OWN_WEIGHTS);
  if (threads === 1 && !isMainThread) return embeddedModel({ weights, cores, provider }, context);
  const query = new URLSearchParams({ threads: "1", cores: String(cores), provider, weights });
  return inThreads(`embedded?${query}`, threads, context);
}

/** The same model in several threads: each frame goes to the one that has the fewest. */
async function inThreads(
  spec: string,
  threads: number,
  { onNotice = warnOnly, signal }: VlmContext,
): Promise<DisposableVlm> {
  const made = await Promise.allSettled(
    Array.from({ length: threads }, (_, index) =>
      // All have the same to tell.
      workerVlm(spec, { onNotice: index === 0 ? onNotice : () => {}, ...(signal && { signal }) }),
    ),
  );
  const models = made.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const close = async (): Promise<void> => {
    await Promise.all(models.map((model) => model.close()));
  };
  const failed = made.find((result) => result.status === "rejected");
  if (failed) {
    await close();
    throw failed.reason;
  }
  const load = models.map(() => 0);
  const { id, fingerprint, needs, uses } = models[0]!;
  return wrapVlm({
    ...{ id, fingerprint, needs, close },
    ...(uses && { uses }),
    concurrency: threads,
    async ask({ depth, labels, ...frame }, questions, signal) {
      const index = load.indexOf(Math.min(...load));
      load[index]! += 1;
      try {
        return await models[index]!.ask(frame, questions, signal);
      } finally {
        load[index]! -= 1;
      }
    },
  });
}
