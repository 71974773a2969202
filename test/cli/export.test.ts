import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { chatServer, say } from "../support/chatServer.js";
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

let vlm: string;
beforeAll(async () => {
  vlm = (await chatServer((response) => say(response, "It is about 23 cm."))).spec;
});

function exporting(input: string, output: string, ...more: string[]) {
  const rest = ["-t", task, "--vlm", vlm, "--to", "lerobot", "-o", output];
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
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/out: finished by an earlier run\nmodel .*: 0 requests/);
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

  it("says what of a cut recording is lost, and which pictures failed", async () => {
    const bag = join(folder, "cut.mcap");
    await writeTrainingBag(bag, { seconds: 1, size: [64, 48] });
    truncateSync(bag, Math.round(0.6 * statSync(bag).size));
    const output = join(folder, "cut");
    const { code, stdout } = await exporting(bag, output, "--images", "png");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}damage {3}.*cut\.mcap/m);
    expect(stdout).toContain("damaged: 1 of 1 recordings (cut)");
  });

  it("counts the pictures that failed by their reasons", async () => {
    const dataset = writeDataset({ lengths: [8, 30] });
    const output = join(folder, "short");
    const { stdout } = await exporting(dataset, output, "--action", "next-state");
    expect(stdout).toMatch(/frames +38 in = 30 annotated \+ 8 failed\n/);
    expect(stdout).toContain("1× episode_000001, frame 22: videos/");
    expect(stdout).toContain("3× other reasons of this sort");
  });

  it.each([
    ["a name that is taken", "taken.hdf5", "already exists"],
    ["another sort of file", "foo.txt", "give it a name with .hdf5 or .h5"],
    ["a folder", "demos/", "give it a name with .hdf5 or .h5"],
  ])("refuses %s for robomimic before it asks a model", async (_, name, message) => {
    writeFileSync(join(folder, "taken.hdf5"), "his");
    const bag = join(folder, "run.mcap");
    const away = ["--vlm", "http://127.0.0.1:9/v1#none", "--to", "robomimic"];
    const { code, stderr } = await exporting(bag, join(folder, name), ...away);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it("refuses a link before it asks a model, whatever it leads to", async () => {
    const bag = join(folder, "run.mcap");
    const away = ["--vlm", "http://127.0.0.1:9/v1#none"];
    mkdirSync(join(folder, "empty"));
    for (const [link, target] of [
      ["le", "empty"],
      ["nowhere", "not there"],
    ] as const) {
      symlinkSync(join(folder, target), join(folder, link));
      for (const output of [join(folder, link), join(folder, link, "/")]) {
        const { code, stderr } = await exporting(bag, output, ...away);
        expect([code, stderr]).toEqual([1, expect.stringContaining("is a link")]);
      }
    }
  });

  it("refuses a file's name for a folder, and a recording that is named twice", async () => {
    const bag = join(folder, "run.mcap");
    const file = await exporting(bag, join(folder, "rows.parquet"), "--to", "parquet");
    expect(file.stderr).toContain("a data set for parquet is a folder");
    const twice = await exporting(bag, join(folder, "twice"), bag);
    expect(twice.stderr).toContain("is named twice: name each recording once");
  });

  it("speaks of recordings that are ready only where there are some", async () => {
    const missing = [join(folder, "no-action-1.mcap"), join(folder, "no-action-2.mcap")] as const;
    for (const bag of missing) {
      await writeTrainingBag(bag, { seconds: 0.5, command: "none", size: [64, 48] });
    }
    const output = join(folder, "nothing");
    const none = await exporting(missing[0], output, missing[1]);
    expect(none.stderr).toContain(
      "2 of 2 recordings failed, see above, and no data set was written\n",
    );
    const some = await exporting(missing[0], output, join(folder, "run.mcap"));
    expect(some.stderr).toContain("The others are ready");
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
