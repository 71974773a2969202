import { describe, expect, it } from "vitest";
import type { PixelBox } from "../../../src/camera/index.js";
import { BoxHistory } from "../../../src/models/plane/BoxHistory.js";

const HERE: PixelBox = [100, 100, 150, 160];
const THERE: PixelBox = [300, 100, 350, 160];

describe("BoxHistory", () => {
  it("knows what any question about an image has found in it", () => {
    const history = new BoxHistory();
    for (const stampNs of [1n, 2n]) {
      history.add(stampNs, new Map([["mug", HERE]]));
      history.add(stampNs, new Map([["can", THERE]]));
    }
    expect(history.takenFor("mug", THERE, 3n, 2)).toBe("can");
    expect(history.takenFor("can", HERE, 3n, 2)).toBe("mug");
  });

  it("does not look back at images that come too late", () => {
    const history = new BoxHistory();
    history.add(5n, new Map([["mug", HERE]]));
    history.add(4n, new Map([["can", THERE]]));
    expect(history.takenFor("mug", THERE, 6n, 2)).toBeUndefined();
  });
});
