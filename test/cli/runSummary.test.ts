import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "summary-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the summary of a run", () => {
  it("judges by TF what was seen in images, not what was computed from those very frames", async () => {
    const task = await readFile("examples/tasks/pick_and_place.yaml", "utf8");
    const byFrames = join(folder, "frames.yaml");
    // The gripper and the mug by TF alone: the label image does not name them so; the tray has its mask.
    await writeFile(
      byFrames,
      task
        .replace("the robot gripper\n    labels: [1]", "the tool")
        .replace("the red mug, labels: [2]", "the thing"),
    );
    const { stdout, code } = await runCli(
      ...["annotate", "sim?seed=7&width=160&height=120&rate=1", "-t", byFrames, "--vlm", "rgbd"],
      ...["-o", join(folder, "r.jsonl")],
    );
    expect(code).toBe(0);
    expect(stdout).not.toContain("truth    reach");
    expect(stdout).toContain("truth    place");
  });
});
