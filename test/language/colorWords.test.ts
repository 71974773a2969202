import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { colorWordOf, mayBeNamed } from "../../src/language/index.js";

const byte = fc.integer({ min: 0, max: 255 });

describe("mayBeNamed", () => {
  it("holds of the word that a pixel's colour is called by", () => {
    fc.assert(fc.property(byte, byte, byte, (...rgb) => mayBeNamed(colorWordOf(...rgb), ...rgb)));
  });

  it("holds of paint in any shadow in which its hue is known", () => {
    const shadow = fc.double({ min: 0.1, max: 1, noNaN: true });
    fc.assert(
      fc.property(shadow, (light) => {
        const [red, green, blue] = [200, 20, 30].map((value) => Math.round(value * light));
        return mayBeNamed("red", red ?? 0, green ?? 0, blue ?? 0);
      }),
    );
  });

  it("does not hold of what has no hue, or one far away", () => {
    expect(mayBeNamed("red", 10, 5, 5)).toBe(false);
    expect(mayBeNamed("red", 120, 120, 120)).toBe(false);
    expect(mayBeNamed("red", 230, 120, 20)).toBe(false);
    expect(mayBeNamed("red", 20, 60, 190)).toBe(false);
    expect(mayBeNamed("blue", 200, 20, 20)).toBe(false);
  });
});
