import { describe, expect, it } from "vitest";
import { RunSummary } from "../../src/cli/RunSummary.js";
import { annotationOf, REACH_TASK } from "../support/annotations.js";

const INFO = { name: "run", path: "run", identity: "", damage: [] } as never;
const FRAMES = { in: 3, annotated: 3, dropped: 0, failed: 0 } as never;
const REFUSAL = { reason: "no_depth", detail: "the camera is not calibrated" } as const;

function linesOf(summary: RunSummary): string {
  for (const i of [1n, 2n]) summary.add(annotationOf(i, REFUSAL));
  summary.add(annotationOf(3n, { reason: "no_object", detail: "hidden" }));
  return summary.lines(FRAMES).join("\n");
}

describe("the lines of a summary", () => {
  it("say why most rewards are invalid", () => {
    const lines = linesOf(new RunSummary(REACH_TASK, INFO, "scripted"));
    expect(lines).toContain("  invalid  2× reach: no_depth: the camera is not calibrated");
    expect(lines).not.toContain("hidden");
  });

  it("leave that to the line about what is wrong with the recording, where there is one", () => {
    const summary = new RunSummary(REACH_TASK, INFO, "scripted");
    summary.contradict("the masks are mirrored");
    expect(linesOf(summary)).not.toContain("invalid  ");
  });
});
