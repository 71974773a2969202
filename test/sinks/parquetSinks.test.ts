import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import { FormatError, parquetSink, progressSink } from "../../src/sinks/parquetSinks.js";
import { openSource } from "../../src/sources/index.js";
import { parseTask, type Task } from "../../src/task/index.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { scriptedVlm } from "../support/models.js";

const TASK = `name: reach
objects:
  gripper: { phrase: the robot gripper }
  mug: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug, smoothing: none }
staleness: 0 s
stages:
  - { name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }
reward:
  terms: { near: -reach }
`;

/** Annotates a data set of 8, 12 and 10 frames; every fifth picture is refused. */
async function annotated(
  open: (path: string, task: Task) => ReturnType<typeof parquetSink>,
  text = TASK,
): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "parquet-")), "out.parquet");
  const vlm = scriptedVlm(({ row }) => {
    const index = row?.index ?? 0;
    return index % 5 === 4 ? { reason: "unclear", detail: "it says so" } : 0.4 - index / 100;
  });
  await using source = await openSource(writeDataset());
  const task = parseTask(text, "reach.yaml");
  await annotateRecording(source, task, vlm, { sinks: [async () => open(path, task)] });
  return path;
}

async function readBack(path: string) {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  return { metadata, rows: await parquetReadObjects({ file }) };
}

describe("lerobot-progress", () => {
  it("gives each frame of a data set its progress, and NaN where there is none", async () => {
    const path = await annotated((to, task) => progressSink(to, task, "scripted"));
    const { metadata, rows } = await readBack(path);
    expect(metadata.schema.slice(1).map(({ name, type }) => [name, type])).toEqual([
      ["index", "INT64"],
      ["episode_index", "INT64"],
      ["frame_index", "INT64"],
      ["progress_sparse", "FLOAT"],
    ]);
    expect(metadata.key_value_metadata).toContainEqual({
      key: "reward_model_path",
      value: "scripted",
    });
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, i) => BigInt(i)));
    expect(rows[8]).toMatchObject({ episode_index: 1n, frame_index: 0n });
    for (const [i, { progress_sparse: progress }] of rows.entries()) {
      if (i % 5 === 4) expect(progress).toBeNaN();
      else expect(progress).toBeCloseTo(1 - (0.4 - i / 100) / 0.5, 5);
    }
  });

  it("refuses a task without stages", async () => {
    const bare = TASK.replace(/stages:\n.*\n/, "");
    await expect(annotated((to, task) => progressSink(to, task, "x"), bare)).rejects.toThrow(
      FormatError,
    );
  });
});

describe("parquet", () => {
  it("has typed columns, and null where a value is not known", async () => {
    const { rows } = await readBack(await annotated(parquetSink));
    expect(rows).toHaveLength(30);
    expect(rows[3]).toMatchObject({
      ...{ stamp_ns: 300_000_000n, episode: "episode_000000", validity: "ok", success: false },
      reward: expect.closeTo(-0.37, 6),
      reach_value: expect.closeTo(0.37, 6),
    });
    expect(rows[4]).toMatchObject({ reward: null, reach_value: null, validity: "invalid" });
    expect(rows[4]?.progress).toBeNull();
  });
});
