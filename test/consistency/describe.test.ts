import { describe, expect, it } from "vitest";
import type { Contradiction } from "../../src/consistency/Contradiction.js";
import { describe as describeFound } from "../../src/consistency/describe.js";
import { REACH_TASK } from "../support/annotations.js";

const NAMES = {
  camera: "front",
  objects: REACH_TASK.objects,
  support: { name: "table", phrase: "the table", frame: "table" },
  labelNames: new Map([[2, "mug"]]),
  scale: 1,
  focal: { fx: 500, fy: 500 },
};

describe("a contradiction in words", () => {
  it("does not blame the gripper where things at rest seem to move", () => {
    const found = {
      ...{ kind: "world", cause: "scale", ids: [2, 3], values: [0.5], sigmas: [0.05], images: 40 },
    } as unknown as Contradiction;
    const words = describeFound(found, NAMES);
    expect(words).toContain("mug (id 2) and id 3");
    expect(words).not.toContain("gripper");
  });
});
