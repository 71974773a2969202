import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tokeniser } from "../../../src/models/embedded/Tokeniser.js";

const WORDS = ["<pad>", "<unknown>", "how", "far", "mug", "30", "cm"];
const tokeniser = new Tokeniser(WORDS, 5);
const encode = (...texts: string[]) => Array.from(tokeniser.encode(texts), Number);

describe("Tokeniser", () => {
  it("gives words and numbers their ids, other words 1, and pads with 0", () => {
    expect(encode("How far?", "30cm mugs")).toEqual([2, 3, 0, 0, 0, 5, 6, 1, 0, 0]);
  });

  it("cuts long texts off", () => {
    expect(encode("mug mug mug mug mug how far")).toEqual([4, 4, 4, 4, 4]);
  });

  it("takes an apostrophe and a hyphen for a space, as the training does", () => {
    expect(encode("how's mug-far")).toEqual([2, 1, 4, 3, 0]);
  });

  it("does not take the names of padding and unknown for words", () => {
    expect(encode("<pad> pad")).toEqual([1, 1, 0, 0, 0]);
  });

  it("reads an alias as the words that it stands for", () => {
    const aliased = new Tokeniser(WORDS, 5, { beaker: "far mug" });
    expect(Array.from(aliased.encode(["how beaker constructor"]), Number)).toEqual([2, 3, 4, 1, 0]);
    expect(aliased.knows("the beaker")).toBe("all");
  });

  it("says how many words of a phrase it has read, articles left out", () => {
    const said = ["the mug", "a far mug", "the red mug", "the unicorn", "the"];
    expect(said.map((phrase) => tokeniser.knows(phrase))).toEqual([
      "all",
      "all",
      "some",
      "none",
      "none",
    ]);
  });

  it("minds neither case nor what stands between words", () => {
    const gap = fc.stringMatching(/^[ ,.?!()/–\n]+$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 2, max: 6 }), fc.boolean(), gap), { maxLength: 9 }),
        (parts) => {
          const text = parts
            .map(([id, isLoud, gap]) => (isLoud ? WORDS[id]!.toUpperCase() : WORDS[id]!) + gap)
            .join("");
          const ids = parts.map(([id]) => id).slice(0, 5);
          expect(encode(text)).toEqual([...ids, ...Array(5 - ids.length).fill(0)]);
        },
      ),
    );
  });

  it("gives every text whatsoever its row of known ids", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }), (texts) => {
        const ids = encode(...texts);
        expect(ids).toHaveLength(5 * texts.length);
        expect(ids.every((id) => id >= 0 && id < WORDS.length)).toBe(true);
      }),
    );
  });
});
