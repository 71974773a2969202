import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { chatServer, say } from "../support/chatServer.js";
import { runCli } from "../support/cli.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { parquetRowsOf } from "../support/parquetRowsOf.js";

const TASK = `name: reach
objects: { gripper: { phrase: the robot gripper }, mug: { phrase: the red mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
stages: [{ name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }]
reward: { terms: { near: -reach } }
`;

interface Place {
  readonly folder: string;
  readonly task: string;
}

function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), "cli-lerobot-"));
  const task = join(folder, "reach.yaml");
  writeFileSync(task, TASK);
  return { folder, task };
}

const SHORT = { lengths: [2, 3] };

let vlm: string;
beforeAll(async () => {
  vlm = (await chatServer((response) => say(response, "It is about 23 cm."))).spec;
});

describe("annotate into LeRobot's formats", () => {
  it("writes one file of progress for several recordings, which are done once", async () => {
    const { folder, task } = place();
    const [first, second] = [writeDataset(SHORT), writeDataset(SHORT)];
    const output = join(folder, "rewards.parquet");
    const rest = ["-t", task, "--vlm", vlm, "-o", output, "--format", "lerobot-progress"];
    const { code, stdout } = await runCli("annotate", first, second, ...rest);
    expect(stdout).toContain(`written  ${output}`);
    expect(stdout).toContain("  episodes 2 × not ended\n");
    expect(code).toBe(0);
    const rows = await parquetRowsOf(output);
    expect(rows.map(({ index }) => Number(index))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rows.map(({ episode_index: i }) => Number(i))).toEqual([0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
    rmSync(output);
    const again = await runCli("annotate", first, second, ...rest, "--resume");
    expect(again.stdout).toContain(`${basename(second)}: finished by an earlier run`);
    expect(await parquetRowsOf(output)).toEqual(rows);
  });

  it("writes no shared file while a recording fails: later ones would be counted wrong", async () => {
    const { folder, task } = place();
    const broken = writeDataset(SHORT);
    rmSync(join(broken, "data"), { recursive: true });
    const output = join(folder, "rewards.parquet");
    const rest = ["-t", task, "--vlm", vlm, "-o", output, "--format", "lerobot-progress"];
    const { code, stderr } = await runCli("annotate", broken, writeDataset(SHORT), ...rest);
    expect(code).toBe(1);
    expect(stderr).toMatch(/1 of 2 recordings failed.*rewards\.parquet waits for them/);
    expect(existsSync(output)).toBe(false);
  });

  it("copies a data set with its rewards, and replaces nothing but its own copy", async () => {
    const { folder, task } = place();
    const dataset = writeDataset(SHORT);
    const rest = ["-t", task, "--vlm", vlm, "-o", folder, "--format", "lerobot"];
    const { code, stdout } = await runCli("annotate", dataset, ...rest);
    const copy = join(folder, basename(dataset));
    expect(stdout).toContain(`written  ${copy}`);
    expect(code).toBe(0);
    const rows = await parquetRowsOf(join(copy, "data/chunk-000/file-000.parquet"));
    expect(rows.map((row) => row["next.done"])).toEqual([false, true, false, false, true]);
    const again = await runCli("annotate", dataset, ...rest, "--resume");
    expect(again.stdout).toContain("finished by an earlier run");
    const twice = await runCli("annotate", dataset, ...rest);
    expect(twice.code).toBe(0);
    expect(await parquetRowsOf(join(copy, "data/chunk-000/file-000.parquet"))).toEqual(rows);
    // It is no longer what the command made.
    writeFileSync(join(copy, "notes.txt"), "mine");
    const changed = await runCli("annotate", dataset, ...rest);
    expect(changed.stderr).toMatch(
      /not as `annotate` left it: it is left alone. Choose another name/,
    );
    expect(changed.code).toBe(1);
    expect(existsSync(join(copy, "notes.txt"))).toBe(true);
  });
});

describe("--resume", () => {
  it.each(["reach.yaml", "arm.urdf"])(
    "does a finished run again after a change of %s",
    async (changed) => {
      const { folder, task } = place();
      appendFileSync(task, "states: { urdf: arm.urdf }\n");
      writeFileSync(join(folder, "arm.urdf"), '<robot name="arm"><link name="base"/></robot>\n');
      const dataset = writeDataset(SHORT);
      const annotating = ["annotate", dataset, "-o", join(folder, "rewards.csv")];
      const exporting = ["export", dataset, "-o", join(folder, "exported"), "--to", "parquet"];
      const rest = ["-t", task, "--vlm", vlm, "--resume"];
      const runs = [
        [...annotating, ...rest],
        [...exporting, ...rest, "--action", "next-state"],
      ];
      for (const run of runs) expect((await runCli(...run)).code).toBe(0);
      for (const run of runs) {
        expect((await runCli(...run)).stdout).toContain("finished by an earlier run");
      }
      appendFileSync(
        join(folder, changed),
        changed.endsWith("yaml") ? "# more\n" : "<!-- more -->\n",
      );
      const [annotated, exported] = [
        await runCli(...(runs[0] ?? [])),
        await runCli(...(runs[1] ?? [])),
      ];
      expect(annotated.stdout).toMatch(/frames +5 in = 5 annotated/);
      // Nothing is written over what is there.
      expect(exported.stderr).toContain("already exists");
    },
  );
});
