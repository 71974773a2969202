import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatsName } from "../../src/models/words/repeatsName.js";

describe("repeatsName", () => {
  it("is never so of what JSON.stringify wrote", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(repeatsName(text, JSON.parse(text))).toBe(false);
      }),
    );
  });

  it("is so where any object has a name twice, however it is written", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.jsonValue(),
        fc.nat(),
        (members, other, pick) => {
          const names = Object.keys(members);
          const name = names[pick % names.length] ?? "";
          const whole = JSON.stringify(members);
          const again = `${JSON.stringify(name)} : ${JSON.stringify(other)}`;
          const text = `[1, {"in": ${whole.slice(0, -1)}, ${again}}}]`;
          expect(repeatsName(text, JSON.parse(text))).toBe(true);
        },
      ),
    );
  });
});
