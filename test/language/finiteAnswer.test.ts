import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finiteAnswer, type SpatialAnswer } from "../../src/language/index.js";

const REST = { question: { kind: "open", text: "?" }, text: "said", model: "m" } as const;
const anything = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

/** Whether JSON says all that the answer says. */
function survivesJson(answer: SpatialAnswer): boolean {
  return JSON.stringify(answer).includes("null") === false;
}

describe("finiteAnswer", () => {
  it("lets no number pass that is not finite, and changes nothing else", () => {
    fc.assert(
      fc.property(
        fc.tuple(anything, anything, anything, anything, anything),
        ([valueM, sigmaM, latencyMs, pixel, relativeSigma]) => {
          const answer: SpatialAnswer = {
            ...REST,
            latencyMs,
            value: { shape: "quantity", valueM, sigmaM },
            evidence: [{ object: "mug", centerPx: [pixel, 1], centerM: [0, 0, 1] }],
            reliability: { relativeSigma, absoluteSigmaM: 0, wildShare: 0 },
          };
          const finite = finiteAnswer(answer);
          expect(survivesJson(finite)).toBe(true);
          const wasFine = [valueM, sigmaM, latencyMs, pixel, relativeSigma].every(Number.isFinite);
          if (wasFine && sigmaM >= 0) expect(finite).toBe(answer);
          expect(finite.value !== undefined).toBe(
            Number.isFinite(valueM) && Number.isFinite(sigmaM) && sigmaM >= 0,
          );
        },
      ),
    );
  });

  it("takes no confidence beyond 0 and 1", () => {
    for (const confidence of [Number.NaN, -0.1, 1.1]) {
      const value = { shape: "yes_no", yes: true, confidence } as const;
      expect(finiteAnswer({ ...REST, latencyMs: 1, value }).refusal?.reason).toBe("unclear");
    }
  });
});
