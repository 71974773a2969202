import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";
import { itemAt } from "../../base/index.js";
import { decodeColor } from "../../camera/index.js";
import type { Refusal, SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import { abortable } from "../abortable.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { type VlmContext, warnOnly } from "../VlmContext.js";
import { workerVlm } from "../worker/workerVlm.js";
import { wrapVlm } from "../wrapVlm.js";
import { type EmbeddedOptions, embeddedSettings, type Provider } from "./EmbeddedSettings.js";
import { fitPicture } from "./fitPicture.js";
import { Graphs } from "./Graphs.js";
import { readAnswer, refused } from "./readAnswer.js";
import { type QuestionReading, readQuestion } from "./readQuestion.js";
import { sharpnessOf } from "./sharpnessOf.js";
import { Tokeniser } from "./Tokeniser.js";
import { type ModelConfig, OWN_WEIGHTS, readWeights } from "./Weights.js";

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

/**
 * The same model in several threads: each frame goes to the one that has the fewest. The first is
 * ready at once; the others start when there are frames for them, so that one question does not
 * pay for what it does not use.
 */
async function inThreads(
  spec: string,
  threads: number,
  context: VlmContext,
): Promise<DisposableVlm> {
  const first = await workerVlm(spec, context);
  const pool = [{ model: Promise.resolve(first), load: 0 }];
  const { id, fingerprint, needs, uses } = first;
  return wrapVlm({
    ...{ id, fingerprint, needs },
    ...(uses && { uses }),
    concurrency: threads,
    async ask({ depth, labels, ...frame }, questions, signal) {
      let thread = pool.reduce((best, each) => (each.load < best.load ? each : best));
      if (thread.load > 0 && pool.length < threads) {
        // All report the same. One that cannot start leaves its work to the first.
        thread = { model: workerVlm(spec, { onNotice: () => {} }).catch(() => first), load: 0 };
        pool.push(thread);
      }
      thread.load += 1;
      try {
        const model = await abortable(thread.model, signal);
        return await model.ask(frame, questions, signal);
      } finally {
        thread.load -= 1;
      }
    },
    async close() {
      const models = await Promise.all(pool.map(({ model }) => model));
      await Promise.all([...new Set(models)].map((model) => model.close()));
    },
  });
}

/** Questions answered in one run of the graph: more take memory and no less time for each. */
const BATCH = 256;
/** Questions whose reading is remembered. */
const MOST_KNOWN = 2000;

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
  // A task asks the same of every frame.
  const known = new Map<string, QuestionReading>();
  const readingOf = (question: SpatialQuestion): QuestionReading => {
    const key = JSON.stringify(question);
    const reading = known.get(key) ?? readQuestion(question, config);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, reading);
    return reading;
  };
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
      const { score } = encoded;
      const stranger = strangerOf(score, config);
      const sharpness = sharpnessOf(picture);
      const answers: SpatialAnswer[] = [];
      const add = (answer: Omit<SpatialAnswer, "model" | "latencyMs">): void => {
        const latencyMs = performance.now() - start;
        answers.push({ ...answer, model: config.id, latencyMs } as SpatialAnswer);
      };
      if (stranger) {
        for (const question of questions) add(refused(question, stranger));
        return answers;
      }
      const answer = (texts: readonly string[]) => graphs.answer(encoded, tokeniser.encode(texts));
      for (let first = 0; first < questions.length; first += BATCH) {
        await pause();
        const batch = questions.slice(first, first + BATCH);
        const readings = batch.map(readingOf);
        const texts = readings.flatMap((it) => ("text" in it ? [it.text] : []));
        if (texts.length > 0) await pause();
        const outputs = texts.length > 0 ? await answer(texts) : undefined;
        const geometry = encoded.geometry.data as Float32Array;
        let row = 0;
        batch.forEach((question, index) => {
          const reading = itemAt(readings, index);
          if ("refusal" in reading) add(refused(question, reading.refusal));
          else if (outputs)
            add(
              readAnswer(question, reading, row++, {
                config,
                picture,
                outputs,
                tokeniser,
                geometry,
                score,
                sharpness,
              }),
            );
        });
      }
      return answers;
    },
    close: () => graphs.close(),
  });
}

/** Why the model does not answer about a picture, if it is unlike those that it was trained on. */
function strangerOf(
  score: number | undefined,
  { id, domain }: Pick<ModelConfig, "id" | "domain">,
): Refusal | undefined {
  if (domain === undefined || score === undefined) return undefined;
  if (score <= domain.most) return undefined;
  const detail =
    `the image is unlike those that ${id} was trained on (domain score ${score.toFixed(1)}, at ` +
    `most ${domain.most.toFixed(1)}): use rgbd where there is depth, or a model that knows such images`;
  return { reason: "out_of_domain", detail };
}
