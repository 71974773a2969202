import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distanceBetween } from "../../src/base/index.js";
import { datasetSynthesizeCommand } from "../../src/cli/datasetSynthesize.js";
import {
  readJsonLines,
  type VqaRow,
  vqaFrameSchema,
  vqaRowSchema,
} from "../../src/dataset/index.js";
import { GRASP_TASK, writeGraspRecording } from "../support/graspRecording.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dataset-kinematics-"));
  await writeFile(join(root, "pick.yaml"), GRASP_TASK);
  await writeGraspRecording(join(root, "run.mcap"), { withInfo: true, withThing: true });
  await writeGraspRecording(join(root, "idle.mcap"), {
    withInfo: true,
    moves: [{ untilS: 2, to: [0, 0, 0.2] }],
  });
});
afterAll(() => rm(root, { recursive: true }));

function synthesize(...args: string[]): Promise<unknown> {
  return datasetSynthesizeCommand().exitOverride().parseAsync(args, { from: "user" });
}

describe("dataset synthesize --truth kinematics", () => {
  it("asks of a robot's own recording what its grasp proves, and nothing else", async () => {
    const output = join(root, "vqa");
    const task = join(root, "pick.yaml");
    await synthesize(
      ...[join(root, "run.mcap"), "--task", task, "--truth", "kinematics", "-o", output],
      ...["--rate", "5", "--workers", "1", "--exact"],
    );
    const rows: VqaRow[] = [];
    const frames = new Map<string, readonly [number, number, number][]>();
    for (const split of ["train", "val", "test"]) {
      for await (const row of readJsonLines(join(output, `${split}.jsonl`), vqaRowSchema))
        rows.push(row);
    }
    for await (const frame of readJsonLines(join(output, "frames.jsonl"), vqaFrameSchema)) {
      const centres = frame.objects.flatMap(({ center_m }) => (center_m ? [center_m] : []));
      frames.set(frame.id, centres as [number, number, number][]);
    }
    const kinds = new Set(rows.map(({ kind }) => kind));
    expect(kinds).toContain("distance");
    expect(kinds).toContain("vertical_distance");
    for (const kind of ["width", "height", "gap", "tall_predicate"] as const) {
      expect(kinds).not.toContain(kind);
    }
    const lengths = rows.flatMap(({ kind, truth, frame }) => {
      const [a, b] = frames.get(frame) ?? [];
      if (kind !== "distance" || truth.shape !== "quantity" || !a || !b) return [];
      return [{ saidM: truth.value_m, isM: distanceBetween(a, b) }];
    });
    expect(lengths.length).toBeGreaterThan(5);
    for (const { saidM, isM } of lengths) expect(saidM).toBeCloseTo(isM, 4);
    // The gripper comes from 30 cm aside and 30 cm above.
    expect(Math.max(...lengths.map(({ saidM }) => saidM))).toBeCloseTo(Math.hypot(0.3, 0.3), 1);
    expect(await readFile(join(output, "README.md"), "utf8")).toContain("gripper proves");
  }, 60_000);

  it("has no question where nothing was grasped, and says so", async () => {
    const output = join(root, "idle");
    const task = join(root, "pick.yaml");
    await synthesize(
      ...[join(root, "idle.mcap"), "--task", task, "--truth", "kinematics", "-o", output],
      ...["--workers", "1"],
    );
    const { frames, skipped } = JSON.parse(await readFile(join(output, "dataset.json"), "utf8"));
    expect(frames).toEqual({ train: 0, val: 0, test: 0 });
    expect(Object.keys(skipped)).toEqual(["the red mug was not grasped in this recording"]);
  }, 60_000);

  it("wants a task that names the gripper", async () => {
    const args = [join(root, "run.mcap"), "--truth", "kinematics", "-o", join(root, "no")];
    await expect(synthesize(...args)).rejects.toThrow(/add --task/);
    await writeFile(
      join(root, "bare.yaml"),
      GRASP_TASK.replace(", grasp: {}", "").replace(", held_at: [5 cm, 7 cm]", ""),
    );
    await expect(synthesize(...args, "--task", join(root, "bare.yaml"))).rejects.toThrow(/`grasp`/);
  });
});
