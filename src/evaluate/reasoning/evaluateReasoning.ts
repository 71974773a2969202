import { setMaxListeners } from "node:events";
import { itemAt, valueAt } from "../../base/index.js";
import type { ReasoningItem, ReasoningScene, ReasoningTruth } from "../../dataset/index.js";
import { mentionedObject, parseAnswer } from "../../language/index.js";
import type { SpatialVlm } from "../../models/index.js";
import { type Reasoner, type ReasonLimits, reason } from "../../reason/index.js";
import { mapInOrder } from "../answers/mapInOrder.js";
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

const COUNTS = "zero one two three four five six seven eight nine ten".split(" ");

/** Whether a conclusion is the true answer; what cannot be read is not. */
export function judgeAnswer(truth: ReasoningTruth, answer: string): boolean {
  switch (truth.shape) {
    case "yes_no": {
      const { value } = parseAnswer(answer, { kind: "open", text: "" });
      return value?.shape === "yes_no" && value.yes === truth.yes;
    }
    case "name":
      return nameIn(answer, truth.among) === truth.name;
    case "word": {
      const said = truth.among.filter((word) => new RegExp(`\\b${word}\\b`, "i").test(answer));
      return said.length === 1 && said[0] === truth.word;
    }
    case "number":
      return countIn(answer) === truth.value;
    case "order": {
      const order = namesInOrder(answer, truth.names);
      return (
        order.length === truth.names.length &&
        order.every((at, i) => i === 0 || at > itemAt(order, i - 1))
      );
    }
  }
}

function nameIn(answer: string, among: readonly string[]): string | undefined {
  const found = mentionedObject(
    answer,
    among.map((phrase) => ({ name: phrase, phrase })),
  );
  return found.match === "one" ? found.object.name : undefined;
}

/** The only whole number, in digits or in words. */
function countIn(answer: string): number | undefined {
  const numbers = answer.toLowerCase().match(/\d+(?:\.\d+)?|[a-z]+/g) ?? [];
  const counts = numbers.flatMap((word) => {
    const value = /^\d/.test(word) ? Number(word) : COUNTS.indexOf(word);
    return value >= 0 ? [value] : [];
  });
  return counts.length === 1 ? counts[0] : undefined;
}

/** Where each name stands in the answer, longer ones first, so that no name is seen in another. */
function namesInOrder(answer: string, names: readonly string[]): number[] {
  let rest = answer.toLowerCase();
  const places = new Map<string, number>();
  const bare = (name: string) => name.toLowerCase().replace(/^the /, "");
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    const at = rest.indexOf(bare(name));
    if (at < 0) return [];
    places.set(name, at);
    rest = rest.slice(0, at) + " ".repeat(bare(name).length) + rest.slice(at + bare(name).length);
  }
  return names.map((name) => valueAt(places, name));
}
