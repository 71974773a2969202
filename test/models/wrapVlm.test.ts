import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { askQuestion } from "../../src/language/index.js";
import {
  AnswerJournal,
  createVlm,
  journaled,
  registerVlm,
  type SpatialVlm,
  vlmChain,
  wrapVlm,
} from "../../src/models/index.js";
import { frameOf } from "../support/frames.js";
import { ClassVlm } from "../support/models.js";

const QUESTION = askQuestion("width", { name: "mug", phrase: "the red mug" });
const NEVER = new AbortController().signal;

registerVlm("class", {
  usage: "class",
  summary: "for tests",
  settings: z.object({}),
  create: () => new ClassVlm(),
});

describe("a model that is a class with getters", () => {
  const folder = mkdtemp(join(tmpdir(), "wrap-"));
  const wrappers: readonly (readonly [string, (vlm: SpatialVlm) => Promise<SpatialVlm>])[] = [
    ["wrapVlm", async (vlm) => wrapVlm(vlm)],
    ["vlmChain", async (vlm) => vlmChain([vlm])],
    [
      "journaled",
      async (vlm) => journaled(vlm, await AnswerJournal.create(join(await folder, "j"), {})),
    ],
  ];

  it.each(wrappers)("loses nothing in %s", async (_, wrap) => {
    const own = new ClassVlm();
    const vlm = await wrap(own);
    expect(vlm).toMatchObject({ id: "mine", concurrency: 2, needs: ["info"] });
    expect(vlm.fingerprint).toContain("mine 1");
    expect(await vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], NEVER)).toMatchObject([
      { model: "mine", value: { valueM: 0.3 } },
    ]);
    expect(vlm.usage?.requests).toBe(1);
    await vlm.close();
    expect(own.isClosed).toBe(true);
    await rm(await folder, { recursive: true, force: true });
  });

  it("is disposable when createVlm has made it", async () => {
    const vlm = await createVlm("class");
    expect(vlm).toMatchObject({ id: "mine", concurrency: 2 });
    await vlm[Symbol.asyncDispose]();
  });
});

describe("wrapVlm", () => {
  it("asks and closes as the changes say, also where it is disposed", async () => {
    const done: string[] = [];
    const own = new ClassVlm();
    {
      await using vlm = wrapVlm(own, {
        async ask(frame, questions) {
          done.push("asked");
          return own.ask(frame, questions);
        },
        async close() {
          done.push("closed");
        },
      });
      await vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], NEVER);
    }
    expect(done).toEqual(["asked", "closed"]);
    expect(own.isClosed).toBe(false);
  });
});
