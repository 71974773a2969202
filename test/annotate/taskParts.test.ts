import { mkdtempSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import { EMPTY_MAP, exportRecordings } from "../../src/export/index.js";
import { sinks } from "../../src/sinks/index.js";
import { openSource } from "../../src/sources/index.js";
import { loadTasks } from "../../src/task/index.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { scriptedVlm } from "../support/models.js";
import { parquetRowsOf } from "../support/parquetRowsOf.js";
import { writeTrainingBag } from "../support/trainingBag.js";

const folder = mkdtempSync(join(tmpdir(), "parts-"));
const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
put(
  "pick.yaml",
  `name: pick
episode_task: pick up the <thing>
objects: { gripper: { phrase: the gripper }, thing: { phrase: the <thing> } }
measurements: { reach: { kind: distance, subject: gripper, object: thing, smoothing: none } }
stages: [{ name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }]
reward: { terms: { near: -reach } }
`,
);
put(
  "open.yaml",
  `name: open
objects: { door: { phrase: the door }, frame: { phrase: the door frame } }
measurements: { gap: { kind: distance, subject: door, object: frame, smoothing: none } }
stages: [{ name: open, progress: gap / 50 cm, until: gap > 90 cm }]
reward: { terms: { wide: gap } }
`,
);
const MAP = put(
  "tasks.yaml",
  "tasks:\n  pick up the <thing>: pick.yaml\n  open the door: open.yaml\n",
);
const TEXTS = ["Pick up the red mug.", "open the door", "pick up the cup"];

describe("a data set whose episodes are about different things", () => {
  it("has each asked about in its own words, into the columns of all", async () => {
    const task = await loadTasks(MAP);
    const asked = new Map<string, Set<string>>();
    const vlm = scriptedVlm(({ episode }, { text }) => {
      asked.set(episode, new Set([...(asked.get(episode) ?? []), text]));
      return 0.2;
    });
    const path = join(folder, "out.jsonl");
    await using source = await openSource(writeDataset({ tasks: TEXTS }));
    const counters = await annotateRecording(source, task, vlm, {
      sinks: [
        async (frames) => {
          const context = { task, source, model: "scripted", frames };
          return (await sinks
            .get("jsonl")
            ?.open(path, { ...context, withImages: false, drifts: () => [] })) as never;
        },
      ],
    });
    expect(counters).toMatchObject({ in: 30, annotated: 30, failed: 0 });
    expect([...asked].map(([episode, texts]) => [episode, [...texts].join()])).toEqual([
      ["episode_000000", expect.stringContaining("red mug")],
      ["episode_000001", expect.stringContaining("door frame")],
      ["episode_000002", expect.stringContaining("cup")],
    ]);
    const rows = (await readFile(path, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.map(({ episode }) => episode)).toEqual(
      [8, 12, 10].flatMap((length, i) => Array(length).fill(`episode_00000${i}`)),
    );
    const [first, second] = [rows[0], rows[8]];
    expect(first).toMatchObject({ reward: -0.2, stage: "reach", terms: { near: -0.2 } });
    expect(second).toMatchObject({
      reward: 0.2,
      stage: "open",
      progress: 0.4,
      terms: { wide: 0.2 },
    });
    expect(first.measurements.reach).toMatchObject({ value: 0.2, validity: "ok" });
    expect(first.measurements.gap).toMatchObject({
      ...{ value: null, validity: "invalid", unit: "m" },
      reason: "the task of this episode does not measure it",
    });
    expect(second.measurements).toMatchObject({ reach: { value: null }, gap: { value: 0.2 } });
  });

  it("is exported with the texts of its episodes, and NaN for what a task has not", async () => {
    const output = join(folder, "exported");
    const settings = {
      ...{ task: await loadTasks(MAP), vlm: scriptedVlm(() => 0.2), fps: 10 },
      ...{ storage: "png" as const, map: { ...EMPTY_MAP, action: "next_state" as const } },
    };
    await exportRecordings(settings, {
      ...{ recordings: [writeDataset({ tasks: TEXTS })], output, format: "lerobot", resume: false },
      signal: new AbortController().signal,
    });
    const episodes = await parquetRowsOf(join(output, "meta/episodes/chunk-000/file-000.parquet"));
    expect(episodes.map(({ tasks }) => tasks)).toEqual(TEXTS.map((text) => [text]));
    const info = JSON.parse(await readFile(join(output, "meta/info.json"), "utf8"));
    expect(info.features["complementary_info.measurements"].names).toEqual(["reach", "gap"]);
    const rows = await parquetRowsOf(join(output, "data/chunk-000/file-000.parquet"));
    const measured = (row: number) => rows[row]?.["complementary_info.measurements"] as number[];
    expect(measured(0)).toEqual([expect.closeTo(0.2), Number.NaN]);
    expect(measured(8)).toEqual([Number.NaN, expect.closeTo(0.2)]);
  });

  it("is refused, with all texts that fit none, before the model is asked", async () => {
    const vlm = scriptedVlm(() => {
      throw new Error("it was asked");
    });
    const texts = ["close the door", "close the door", "pick up the cup"];
    await using source = await openSource(writeDataset({ tasks: texts }));
    const refused = annotateRecording(source, await loadTasks(MAP), vlm);
    await expect(refused).rejects.toMatchObject({ code: "task.episode" });
    await expect(refused).rejects.toThrow(
      / {2}2× "close the door"\n.*map's texts are:\n {2}pick up/s,
    );
  });

  it("is refused where a recording says nothing of what it is about", async () => {
    const bag = join(folder, "run.mcap");
    await writeTrainingBag(bag, { seconds: 0.2 });
    await using source = await openSource(bag);
    const refused = annotateRecording(
      source,
      await loadTasks(MAP),
      scriptedVlm(() => 0.2),
    );
    await expect(refused).rejects.toThrow("does not say what its episodes are about");
  });
});
