import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { decodeColor } from "../../camera/index.js";
import type { SpatialAnswer } from "../../language/index.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { type VlmContext, warnOnly } from "../VlmContext.js";
import { workerVlm } from "../worker/workerVlm.js";
import { wrapVlm } from "../wrapVlm.js";
import { type EmbeddedOptions, embeddedSettings, type Provider } from "./EmbeddedSettings.js";
import { fitPicture } from "./fitPicture.js";
import { Graphs } from "./Graphs.js";
import { readAnswer } from "./readAnswer.js";
import { Tokeniser } from "./Tokeniser.js";
import { OWN_WEIGHTS, readWeights } from "./Weights.js";

/** See `embedded` in backends.ts. */
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
  const pool = models.map((model) => ({ model, frames: 0 }));
  const [first] = models;
  if (!first) throw new RangeError("the embedded model computes in one thread at least");
  return wrapVlm({
    ...{ id: first.id, fingerprint: first.fingerprint, needs: first.needs, uses: first.uses },
    ...{ concurrency: threads, close },
    async ask({ depth, labels, ...frame }, questions, signal) {
      const idlest = pool.reduce((best, one) => (one.frames < best.frames ? one : best));
      idlest.frames += 1;
      try {
        return await idlest.model.ask(frame, questions, signal);
      } finally {
        idlest.frames -= 1;
      }
    },
  });
}

/** Questions answered in one run of the graph: more take memory and no less time for each. */
const BATCH = 256;

/**
 * The embedded model in this thread, which it blocks while it computes. Between looking and
 * answering it gives way, and notices an abort.
 *
 * @throws WeightsError
 */
export async function embeddedModel(
  options: { readonly weights: string; readonly cores: number; readonly provider: Provider },
  { onNotice = warnOnly, signal: making }: VlmContext = {},
): Promise<DisposableVlm> {
  const weights = await readWeights(options.weights);
  making?.throwIfAborted();
  const graphs = await Graphs.load(weights, options, onNotice);
  const { config } = weights;
  const tokeniser = new Tokeniser(config.words, config.max_words, config.aliases);
  return wrapVlm({
    id: config.id,
    fingerprint: `embedded 1 ${weights.hash} ${graphs.provider}`,
    concurrency: 1,
    needs: [],
    uses: ["info"],
    async ask(frame, questions, signal) {
      const start = performance.now();
      const pause = async (): Promise<void> => {
        await nextTurn();
        signal.throwIfAborted();
      };
      signal.throwIfAborted();
      const image = await decodeColor(frame.image);
      await pause();
      const picture = fitPicture(image, frame.info, config);
      const encoded = await graphs.encode(picture);
      const answers: SpatialAnswer[] = [];
      for (let first = 0; first < questions.length; first += BATCH) {
        await pause();
        const batch = questions.slice(first, first + BATCH);
        const outputs = await graphs.answer(
          encoded,
          tokeniser.encode(batch.map(({ text }) => text)),
        );
        const latencyMs = performance.now() - start;
        batch.forEach((question, row) => {
          const read = readAnswer(question, row, { config, picture, outputs, tokeniser });
          answers.push({ ...read, model: config.id, latencyMs } as SpatialAnswer);
        });
      }
      return answers;
    },
    close: () => graphs.close(),
  });
}
