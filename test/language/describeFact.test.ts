import { describe, expect, it } from "vitest";
import {
  askQuestion,
  describeFact,
  factOf,
  formatQuantity,
  type SpatialAnswer,
  type SpatialQuestion,
} from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

const frame = { stampNs: 5_000_000_000n, camera: "front", frameId: "camera_optical" };

function answer(
  question: SpatialQuestion,
  reading:
    | Pick<SpatialAnswer & { value: object }, "value">
    | Pick<SpatialAnswer & { refusal: object }, "refusal">,
): SpatialAnswer {
  return { question, text: "…", model: "m", latencyMs: 1, ...reading } as SpatialAnswer;
}

describe("formatQuantity", () => {
  it.each([
    [0.3421, 0.0058, "34.2 ± 0.6 cm"],
    [0.35, 0.029, "35 ± 3 cm"],
    [0.35, 0.15, "35 ± 15 cm"],
    [1.234, 0.012, "1.23 ± 0.01 m"],
    [-0.05, 0.003, "-5.0 ± 0.3 cm"],
    [0.0000001, 0.01, "0 ± 1 cm"],
    [-0.0000001, 0.01, "0 ± 1 cm"],
    [0.5, undefined, "50.0 cm"],
  ])("%d m ± %s m reads %j", (valueM, sigmaM, text) => {
    expect(formatQuantity(valueM, sigmaM)).toBe(text);
  });
});

describe("factOf", () => {
  it("ties the answer to its frame by the objects' names", () => {
    const value = { shape: "quantity", valueM: 0.3421, sigmaM: 0.0058 } as const;
    const said = answer(askQuestion("distance", gripper, mug), { value });
    expect(factOf(frame, "reach", said)).toEqual({
      ...frame,
      name: "reach",
      subject: "gripper",
      relation: "distance",
      object: "mug",
      answer: said,
    });
  });

  it("leaves the second object empty where there is none", () => {
    const value = { shape: "quantity", valueM: 0.1, sigmaM: 0.01 } as const;
    const fact = factOf(frame, "", answer(askQuestion("height", mug), { value }));
    expect(fact).toMatchObject({ subject: "mug", relation: "height", object: "" });
  });
});

describe("describeFact", () => {
  const say = (...parts: Parameters<typeof answer>) =>
    describeFact(factOf(frame, "", answer(...parts)));

  it("prints a fact on one line", () => {
    const value = { shape: "quantity", valueM: 0.3421, sigmaM: 0.0058 } as const;
    expect(say(askQuestion("distance", gripper, mug), { value })).toBe(
      "gripper → mug, distance: 34.2 ± 0.6 cm",
    );
    expect(say(askQuestion("height", mug), { value })).toBe("mug, height: 34.2 ± 0.6 cm");
  });

  it("names what was chosen", () => {
    const value = { shape: "choice", choice: "object", confidence: 0.95 } as const;
    expect(say(askQuestion("tall_choice", gripper, mug), { value })).toBe(
      "gripper → mug, tall choice: mug (95 %)",
    );
  });

  it("gives the reason of a refusal", () => {
    const refusal = { reason: "pixels", detail: "the answer counts pixels" } as const;
    expect(say(askQuestion("gap", gripper, mug), { refusal })).toBe(
      "gripper → mug, gap: pixels: the answer counts pixels",
    );
  });

  it("repeats an open question", () => {
    const value = { shape: "yes_no", yes: true, confidence: 0.8 } as const;
    expect(say({ kind: "open", text: "Is it raining?" }, { value })).toBe(
      "Is it raining? yes (80 %)",
    );
  });
});
