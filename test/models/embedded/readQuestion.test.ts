import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { askQuestion, kindInfo, type QuestionKind } from "../../../src/language/index.js";
import { readQuestion } from "../../../src/models/embedded/readQuestion.js";
import { filled, OTHERS, PAIRS, PARAPHRASES } from "./questions.js";

const config = JSON.parse(
  readFileSync(new URL("../../../models/embedded/model.json", import.meta.url), "utf8"),
);

function read(text: string) {
  const reading = readQuestion({ kind: "open", text }, config);
  if ("refusal" in reading) return undefined;
  const { kind, objects } = reading;
  return { kind, names: objects.map(({ phrase }) => phrase.replace(/^the /i, "").toLowerCase()) };
}

const SYMMETRIC = ["distance", "gap", "vertical_distance", "horizontal_distance"];

describe("questions in free words to the embedded model", () => {
  it("are taken for the kind and the things that they ask about, or for none", () => {
    let asked = 0;
    let understood = 0;
    for (const [kind, forms] of Object.entries(PARAPHRASES)) {
      for (const form of forms) {
        for (const pair of PAIRS) {
          const text = filled(form, pair);
          const reading = read(text);
          asked += 1;
          if (reading === undefined) continue;
          understood += 1;
          expect(reading.kind, text).toBe(kind);
          const names = pair
            .slice(0, kindInfo(kind as QuestionKind).arity)
            .map((phrase) => phrase.replace("the ", ""));
          const order = SYMMETRIC.includes(kind) ? reading.names.sort() : reading.names;
          expect(order, text).toEqual(SYMMETRIC.includes(kind) ? names.sort() : names);
        }
      }
    }
    expect(asked).toBeGreaterThan(1000);
    expect(understood / asked).toBeGreaterThan(0.9);
  });

  it("that ask something else are refused", () => {
    const texts = new Set(OTHERS.flatMap((form) => PAIRS.map((pair) => filled(form, pair))));
    expect(texts.size).toBeGreaterThan(500);
    const answered = [...texts].filter((text) => read(text) !== undefined);
    expect(answered).toEqual([]);
  });

  it("of a task keep their kind and things, and are asked in our own words", () => {
    const mug = { name: "mug", phrase: "the red mug" };
    const tray = { name: "tray", phrase: "the blue tray" };
    const question = askQuestion("distance", mug, tray, { phrasing: 9 });
    const text = "What is the distance between the red mug and the blue tray?";
    const reading = { kind: "distance", objects: [mug, tray], text };
    expect(readQuestion(question, config)).toEqual(reading);
    const odd = { ...question, text: "mug tray, as the crow walks" };
    expect(readQuestion(odd, config)).toEqual({ ...reading, text: odd.text });
  });

  it.each(["the camera", "the edge of the table", "the table's edges", "the wall", "the viewer"])(
    "refuses a typed question about %s",
    (phrase) => {
      const subject = { name: "mug", phrase: "the red mug" };
      const object = { name: "place", phrase };
      for (const [a, b] of [
        [subject, object],
        [object, subject],
      ] as const) {
        const question = askQuestion("distance", a, b);
        expect(readQuestion(question, config)).toMatchObject({
          refusal: { reason: "unsupported_question" },
        });
      }
    },
  );
});
