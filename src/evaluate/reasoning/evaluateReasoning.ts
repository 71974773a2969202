import { setMaxListeners } from "node:events";
import type { ReasoningItem, ReasoningScene } from "../../dataset/index.js";
import type { SpatialVlm } from "../../models/index.js";
import { type Reasoner, type ReasonLimits, reason } from "../../reason/index.js";
import { mapInOrder } from "../answers/mapInOrder.js";
import { judgeAnswer } from "./judgeAnswer.js";
import type { ReasonedItem } from "./ReasoningTally.js";

export interface EvaluateReasoningOptions {
  readonly reasoner: Reasoner;
  readonly vlm: SpatialVlm;
  readonly limits?: Partial<ReasonLimits>;
  /** Questions that are reasoned about at the same time. */
  readonly concurrency: number;
}

/**
 * Has the questions of scenes reasoned about, several at a time, and gives each with its verdict,
 * in the order of the scenes.
 *
 * @throws the signal's reason when aborted.
 */
export async function* evaluateReasoning(
  scenes: AsyncIterable<ReasoningScene>,
  { reasoner, vlm, limits = {}, concurrency }: EvaluateReasoningOptions,
  signal: AbortSignal,
): AsyncGenerator<ReasonedItem> {
  // Ends what is still reasoned about when the consumer stops early, or one fails.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  setMaxListeners(0, either);
  const work = async ({ scene, item }: Posed): Promise<ReasonedItem> => {
    either.throwIfAborted();
    const { frame, objects, support } = scene;
    const options = { frame, objects, support, vlm, reasoner, limits };
    const transcript = await reason(item.question, options, either);
    const answer = transcript.conclusion?.answer;
    const isRight = answer !== undefined && judgeAnswer(item.truth, answer);
    return { scene: scene.id, item, transcript, isRight };
  };
  try {
    yield* mapInOrder(posed(scenes), concurrency, work);
  } finally {
    stop.abort(new Error("the evaluation has ended"));
  }
}

interface Posed {
  readonly scene: ReasoningScene;
  readonly item: ReasoningItem;
}

async function* posed(scenes: AsyncIterable<ReasoningScene>): AsyncGenerator<Posed> {
  for await (const scene of scenes) {
    for (const item of scene.items) yield { scene, item };
  }
}
