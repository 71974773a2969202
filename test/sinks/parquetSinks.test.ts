import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import { parquetSink } from "../../src/sinks/parquetSinks.js";
import { FormatError, joinProgress, progressSink } from "../../src/sinks/progressSink.js";
import { type FrameSource, openSource } from "../../src/sources/index.js";
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
  open: (path: string, task: Task, source: FrameSource) => ReturnType<typeof parquetSink>,
  text = TASK,
): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "parquet-")), "out.parquet");
  const vlm = scriptedVlm(({ row }) => {
    const index = row?.index ?? 0;
    return index % 5 === 4 ? { reason: "unclear", detail: "it says so" } : 0.4 - index / 100;
  });
  await using source = await openSource(writeDataset());
  const task = parseTask(text, "reach.yaml");
  await annotateRecording(source, task, vlm, { sinks: [async () => open(path, task, source)] });
  return path;
}

async function readBack(path: string) {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  return { metadata, rows: await parquetReadObjects({ file }) };
}

const toProgress = (path: string, task: Task, source: FrameSource) =>
  progressSink(path, { task, source, model: "scripted" });

describe("lerobot-progress", () => {
  it("counts rows and episodes on from one recording to the next", async () => {
    const parts = [await annotated(toProgress), await annotated(toProgress)];
    const path = join(mkdtempSync(join(tmpdir(), "joined-")), "rewards.parquet");
    await joinProgress(parts, path);
    const { metadata, rows } = await readBack(path);
    const one = (await readBack(parts[0] ?? "")).rows;
    expect(rows).toEqual([
      ...one,
      ...one.map(({ index, episode_index: episode, ...rest }) => ({
        ...{ index: index + 30n, episode_index: episode + 3n },
        ...rest,
      })),
    ]);
    expect(metadata.key_value_metadata).toContainEqual({
      ...{ key: "reward_model_path", value: "scripted" },
    });
  });

  it("gives each frame of a data set its progress, and NaN where there is none", async () => {
    const path = await annotated(toProgress);
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
    await expect(annotated(toProgress, bare)).rejects.toThrow(FormatError);
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
