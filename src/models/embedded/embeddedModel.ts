import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeColor } from "../../camera/index.js";
import type { SpatialAnswer } from "../../language/index.js";
import type { VlmContext } from "../registerVlm.js";
import type { DisposableVlm } from "../SpatialVlm.js";
import { warnOnly } from "../VlmNotice.js";
import { wrapVlm } from "../wrapVlm.js";
import type { Provider } from "./EmbeddedSettings.js";
import { fitPicture } from "./fitPicture.js";
import { Graphs } from "./Graphs.js";
import { readAnswer } from "./readAnswer.js";
import { Tokeniser } from "./Tokeniser.js";
import { readWeights } from "./Weights.js";

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
