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
    const bag = join(folder, "r.mcap");
    const source = join(folder, "run.mcap");
    await runCli(
      "sim",
      "record",
      ...["--seed", "7", "--rate", "1", "--size", "160x120"],
      "-o",
      source,
    );
    const annotated = await runCli("annotate", source, "-t", byFrames, "--vlm", "rgbd", "-o", bag);
    expect(annotated.code).toBe(0);
    expect(annotated.stdout).not.toContain("truth    reach");
    expect(annotated.stdout).toContain("truth    place");

    // So does the evaluation of what was written.
    const evaluated = await runCli("evaluate", "rewards", bag);
    expect(evaluated.code).toBe(0);
    expect(evaluated.stdout).toMatch(/^reach: distance, .*\n {2}no truth: coverage 0\//m);
    expect(evaluated.stdout).toMatch(/^place: .*\n +value/m);
    const bars = await runCli("evaluate", "rewards", bag, "--max", "reach.mae=0.01");
    expect(bars.code).toBe(1);
  });
});
