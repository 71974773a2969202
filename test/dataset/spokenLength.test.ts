import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.js";
import { spokenLength } from "../../src/dataset/index.js";
import { askQuestion, parseAnswer } from "../../src/language/index.js";

const question = askQuestion(
  "distance",
  { name: "a", phrase: "the mug" },
  { name: "b", phrase: "the tray" },
);

function read(text: string): number {
  const { value } = parseAnswer(text, question);
  return value?.shape === "quantity" ? value.valueM : Number.NaN;
}

describe("spokenLength", () => {
  it("stays within 17 % of the length and is read back by the parser", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20_000 }), fc.nat(), (mm, seed) => {
        const options = { human: true, imperialShare: 0.5 };
        const text = spokenLength(mm / 1000, new Random(seed, "t"), options);
        const error = Math.abs(read(text) - mm / 1000);
        expect(error, text).toBeLessThanOrEqual(Math.max(0.0015, (0.17 * mm) / 1000 + 1e-9));
      }),
      { numRuns: 2000 },
    );
  });

  it("says 0.86 m in rough words mostly", () => {
    const said = Array.from({ length: 400 }, (_, seed) =>
      spokenLength(0.86, new Random(seed, "t"), { human: true, imperialShare: 0 }),
    );
    const rough = said.filter((text) => text === "1 meter").length;
    expect(rough / said.length).toBeGreaterThan(0.5);
    expect(said).toContain("86 cm");
  });

  it("keeps to the share of imperial lengths", () => {
    const imperial = Array.from({ length: 2000 }, (_, seed) =>
      spokenLength(0.4, new Random(seed, "t"), { human: true, imperialShare: 0.2 }),
    ).filter((text) => /inch|foot|feet/.test(text)).length;
    expect(imperial / 2000).toBeGreaterThan(0.16);
    expect(imperial / 2000).toBeLessThan(0.24);
  });

  it("says metres with millimetres where rounding is switched off", () => {
    const options = { human: false, imperialShare: 1 };
    expect(spokenLength(0.34215, new Random(1, "t"), options)).toBe("0.342 m");
  });
});
