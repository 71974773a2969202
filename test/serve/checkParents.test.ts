import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkParents } from "../../src/serve/checkParents.js";

type Pair = readonly [frame: string, parent: string];

const posesOf = (pairs: readonly Pair[]) =>
  pairs.map(([frame, parent]) => ({
    ...{ frame, parent },
    position: [0, 0, 0] as [number, number, number],
    orientation: [0, 0, 0, 1] as [number, number, number, number],
  }));

const checked = (pairs: readonly Pair[], known: readonly Pair[] = []) =>
  checkParents(new Map(known), posesOf(pairs));

describe("checkParents", () => {
  it("takes any tree, in any order", () => {
    const tree = fc
      .array(fc.nat(), { minLength: 1, maxLength: 30 })
      .map((all) => all.map((at, i): Pair => [`f${i + 1}`, `f${at % (i + 1)}`]))
      .chain((pairs) => fc.shuffledSubarray(pairs, { minLength: pairs.length }));
    fc.assert(
      fc.property(tree, (pairs) => {
        expect(checked(pairs)).toEqual(new Map(pairs));
        expect(checked(pairs, pairs)).toEqual(new Map(pairs));
      }),
    );
  });

  it("takes a frame that is told twice, and one that gets another parent in a later step", () => {
    const pair: Pair = ["mug", "table"];
    expect(checked([pair, pair, ["/mug", "table"]])).toEqual(new Map([pair]));
    expect(checked([["mug", "gripper"]], [pair])).toEqual(new Map([["mug", "gripper"]]));
  });

  it("refuses a frame with two parents in one step, and names both", () => {
    const pairs: Pair[] = [
      ["gripper", "world"],
      ["gripper", "camera"],
    ];
    expect(() => checked(pairs)).toThrow("frame gripper has two parents, world and camera");
  });

  it("refuses a cycle, also with what was told before", () => {
    expect(() => checked([["a", "a"]])).toThrow("frame a is its own ancestor: a → a");
    const known: Pair[] = [
      ["gripper", "arm"],
      ["arm", "world"],
    ];
    expect(() => checked([["world", "gripper"]], known)).toThrow(
      "frame world is its own ancestor: world → gripper → arm → world",
    );
    expect(() => checked([...known, ["world", "gripper"]])).toThrow("its own ancestor");
  });
});
