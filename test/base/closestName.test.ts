import { describe, expect, it } from "vitest";
import { closestName } from "../../src/base/text.js";

const names = ["rgbd", "http", "distance", "max_side"];

describe("closestName", () => {
  it.each([
    ["rgdb", "rgbd"],
    ["Http", "http"],
    ["distanze", "distance"],
    ["maxside", "max_side"],
    ["max-side", "max_side"],
  ])("takes %s for %s", (wanted, name) => {
    expect(closestName(wanted, names)).toBe(name);
  });

  it.each(["", "x", "ftp", "velocity"])("takes %j for none of them", (wanted) => {
    expect(closestName(wanted, names)).toBeUndefined();
  });
});
