import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EpisodeSplitter } from "../../src/camera/index.js";

const frame = (camera: string, episode: string, stampNs: bigint) => ({ camera, episode, stampNs });

describe("EpisodeSplitter", () => {
  it("keeps an attempt while stamps go on, equal stamps included", () => {
    const splitter = new EpisodeSplitter();
    const first = splitter.attemptOf(frame("front", "run1", 10n));
    expect(splitter.attemptOf(frame("front", "run1", 10n))).toBe(first);
    expect(splitter.attemptOf(frame("front", "run1", 11n))).toBe(first);
    expect(first).toEqual({ episode: "run1", number: 1 });
  });

  it("begins an attempt with another name, and with a stamp that goes back", () => {
    const splitter = new EpisodeSplitter();
    const numbers = [
      frame("front", "run1", 10n),
      frame("front", "run1", 9n),
      frame("front", "run2", 10n),
      frame("front", "run1", 11n),
    ].map((each) => splitter.attemptOf(each));
    expect(numbers).toEqual([
      { episode: "run1", number: 1 },
      { episode: "run1", number: 2 },
      { episode: "run2", number: 1 },
      { episode: "run1", number: 3 },
    ]);
  });

  it("puts the cameras of one looped recording into the same attempts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 6 }),
        (loops, images) => {
          const splitter = new EpisodeSplitter();
          for (let loop = 1; loop <= loops; loop++) {
            for (let i = 0; i < images; i++) {
              const front = splitter.attemptOf(frame("front", "run1", BigInt(i)));
              const side = splitter.attemptOf(frame("side", "run1", BigInt(i)));
              expect(front).toBe(side);
              expect(front.number).toBe(loop);
            }
          }
        },
      ),
    );
  });
});
