import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { writeTrainingBag } from "../support/trainingBag.js";

const TASK = `name: reach
objects: { gripper: { phrase: the robot gripper }, mug: { phrase: the red mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
stages: [{ name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }]
reward: { terms: { near: -reach } }
`;

const folder = mkdtempSync(join(tmpdir(), "cli-export-"));
const task = join(folder, "reach.yaml");
writeFileSync(task, TASK);

function exporting(input: string, output: string, ...more: string[]) {
  const rest = ["-t", task, "--vlm", "embedded", "--to", "lerobot", "-o", output];
  return runCli("export", input, ...rest, ...more);
}

describe("spatial-reward export", () => {
  it("says what it made, and with --resume that it is made", async () => {
    const bag = join(folder, "run.mcap");
    await writeTrainingBag(bag, { seconds: 0.5, size: [64, 48] });
    const output = join(folder, "out");
    const first = await exporting(bag, output, "--images", "png");
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/rows +5 in 1 episodes; \d \(\d+\.\d %\) without a valid reward/);
    expect(first.stdout).toContain(`${output}: 1 episodes, 5 rows at 10 Hz`);
    expect(first.stdout).toContain("not in it: stages and reasons as words");
    const again = await exporting(bag, output, "--images", "png", "--resume");
    expect(again).toMatchObject({ code: 0, stdout: `${output}: finished by an earlier run\n` });
    const anew = await exporting(bag, output, "--images", "png");
    expect(anew.code).toBe(1);
    expect(anew.stderr).toContain("already exists: remove it, or choose another --output");
  });

  it("takes a data set, whose named state is the robot's", async () => {
    const output = join(folder, "again");
    const done = await exporting(
      writeDataset({ lengths: [2, 3] }),
      output,
      "--action",
      "next-state",
    );
    expect(done.code).toBe(0);
    const info = JSON.parse(readFileSync(join(output, "meta/info.json"), "utf8"));
    expect(info).toMatchObject({ total_episodes: 2, total_frames: 5 });
    expect(info.features.action.names).toEqual(["ee.x", "ee.y", "ee.z", "gripper.pos"]);
  });

  it("shows each mistake of a map with its line", async () => {
    const map = join(folder, "map.yaml");
    writeFileSync(map, "state:\n  - { topic: /a, frame: b }\nactoin: /c\n");
    const output = join(folder, "none");
    const { code, stderr } = await exporting(join(folder, "run.mcap"), output, "--map", map);
    expect(code).toBe(2);
    expect(stderr).toContain("map.yaml:2:");
    expect(stderr).toContain("either a `topic` of messages or a TF `frame`");
    expect(stderr).toContain('unknown field "actoin"');
    expect(existsSync(output)).toBe(false);
  });

  it("writes into no data set and over no recording", async () => {
    const dataset = writeDataset({ lengths: [2] });
    const inside = await exporting(join(folder, "run.mcap"), join(dataset, "out"));
    expect(inside.stderr).toContain("data sets are never changed");
    const same = await exporting(dataset, dataset, "--action", "next-state");
    expect(same.code).toBe(1);
    expect(same.stderr).toContain("inputs are never modified");
  });
});
