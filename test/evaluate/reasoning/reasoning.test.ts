import { describe, expect, it } from "vitest";
import {
  type ReasoningItem,
  type ReasoningScene,
  reasoningScenes,
} from "../../../src/dataset/index.js";
import {
  evaluateReasoning,
  type ReasonedItem,
  ReasoningTally,
  reasoningDocument,
  reasoningFigures,
} from "../../../src/evaluate/index.js";
import { rgbd, type SpatialVlm } from "../../../src/models/index.js";
import {
  MULTI_STEP_KINDS,
  planner,
  type Reasoner,
  readMultiStep,
  type Transcript,
} from "../../../src/reason/index.js";
import { scriptedVlm } from "../../support/models.js";

const OPTIONS = { seed: 5, scenes: 8, perScene: 8, width: 320, height: 240, depthNoiseMm: 0 };
const never = new AbortController().signal;

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of source) found.push(each);
  return found;
}

function itemsOf(scenes: readonly ReasoningScene[]): ReasoningItem[] {
  return scenes.flatMap(({ items }) => items);
}

async function accuracyWith(vlm: SpatialVlm = rgbd(), depthNoiseMm = 0) {
  const posed = reasoningScenes({ ...OPTIONS, depthNoiseMm });
  const options = { reasoner: planner(), vlm, concurrency: 2 };
  const reasoned = await all(evaluateReasoning(posed, options, never));
  return {
    reasoned,
    accuracy: reasoned.filter(({ isRight }) => isRight).length / reasoned.length,
  };
}

describe("the benchmark of reasoning", () => {
  it("asks every kind, with the same questions from the same seed", async () => {
    const items = itemsOf(await all(reasoningScenes(OPTIONS)));
    expect(items.length).toBeGreaterThan(55);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(MULTI_STEP_KINDS));
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(itemsOf(await all(reasoningScenes(OPTIONS)))).toEqual(items);
    const others = itemsOf(await all(reasoningScenes({ ...OPTIONS, scenes: 1, seed: 6 })));
    expect(others[0]!.question).not.toBe(items[0]!.question);
  });

  it("says in words what it means", async () => {
    for (const { kind, question, truth } of itemsOf(await all(reasoningScenes(OPTIONS)))) {
      const read = readMultiStep(question)!;
      expect(read.kind, question).toBe(kind);
      if (truth.shape === "order" || truth.shape === "name") {
        const names = truth.shape === "order" ? truth.names : truth.among;
        expect([...read.things].sort()).toEqual([...names].sort());
      }
    }
  });

  it("has answers that an exact eye finds, and a blurred one does not always", async () => {
    const exact = await accuracyWith();
    expect(exact.accuracy).toBeGreaterThan(0.95);
    const blurred = await accuracyWith(rgbd(), 60);
    expect(blurred.accuracy).toBeLessThan(exact.accuracy);
  });

  it("counts what the eye refuses as unanswered, not as wrong", async () => {
    const blind = scriptedVlm(() => ({ reason: "no_object", detail: "it is dark" }));
    const { reasoned } = await accuracyWith(blind);
    expect(reasoned.every(({ transcript }) => transcript.ending === "unknown")).toBe(true);
    const tally = new ReasoningTally({ reasoner: "planner", vlm: "blind", seed: 1 });
    for (const each of reasoned) tally.add(each);
    const figures = reasoningFigures(tally.metrics());
    expect(figures.get("answered")?.value).toBe(0);
    expect(figures.get("accuracy")?.value).toBeUndefined();
    expect(figures.get("refused")?.value).toBe(1);
  });

  it("ends at once when aborted", async () => {
    const abort = new AbortController();
    const silent: Reasoner = {
      id: "silent",
      next: (_, signal) => {
        abort.abort(new Error("enough"));
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          if (signal.aborted) reject(signal.reason);
        });
      },
    };
    const options = { reasoner: silent, vlm: scriptedVlm(() => 1), concurrency: 2 };
    const run = all(evaluateReasoning(reasoningScenes(OPTIONS), options, abort.signal));
    await expect(run).rejects.toThrow("enough");
  });
});

function reasoned(scene: string, isRight: boolean, fields: Partial<Transcript> = {}): ReasonedItem {
  const truth = { shape: "yes_no", yes: true, choices: 2 } as const;
  return {
    scene,
    isRight,
    item: { id: scene, kind: "isosceles", question: "?", truth },
    transcript: {
      question: "?",
      stampNs: 0n,
      camera: "c",
      reasoner: "r",
      vlm: "v",
      limits: { turns: 1, questions: 1, tokens: 1, timeS: 1 },
      turns: [{ text: "", steps: [], tokens: 10 }],
      ending: "concluded",
      detail: "",
      conclusion: { answer: "yes", because: "", doubts: [] },
      latencyMs: 1,
      ...fields,
    },
  };
}

function unanswered(scene: string): ReasonedItem {
  const item = reasoned(scene, false, { ending: "loop" });
  const { conclusion: _, ...transcript } = item.transcript;
  return { ...item, transcript };
}

describe("ReasoningTally", () => {
  it("gives accuracy with and without what was not answered, over scenes", () => {
    const tally = new ReasoningTally({ reasoner: "r", vlm: "v", seed: 1 });
    for (let i = 0; i < 6; i++) tally.add(reasoned(`right ${i}`, true));
    tally.add(
      reasoned("wrong", false, {
        conclusion: { answer: "no", because: "", doubts: ["ungrounded"] },
      }),
    );
    tally.add(unanswered("lost"));
    const figures = reasoningFigures(tally.metrics());
    expect(figures.get("answered")).toMatchObject({ value: 7 / 8, n: 7, of: 8 });
    expect(figures.get("accuracy")).toMatchObject({ value: 6 / 7, n: 7, of: 8 });
    expect(figures.get("isosceles.accuracy_of_all")).toMatchObject({ value: 6 / 8 });
    expect(figures.get("guessing")?.value).toBe(0.5);
    expect(figures.get("doubted")?.value).toBe(1 / 7);
    expect(figures.get("tokens")?.value).toBe(10);
    const [low, high] = figures.get("accuracy_of_all")!.interval!;
    expect(low).toBeLessThan(6 / 8);
    expect(high).toBeGreaterThan(6 / 8);
    expect(reasoningDocument(tally.metrics())).toMatchObject({
      questions: 8,
      scenes: 8,
      llm: "r",
      figures: { accuracy: { value: 6 / 7, n: 7, of: 8 }, questions: { value: 0 } },
      unanswered: { loop: 1 },
    });
  });
});
