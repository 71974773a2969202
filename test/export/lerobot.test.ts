import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeColor } from "../../src/camera/index.js";
import {
  EMPTY_MAP,
  type ExportMap,
  type ExportOptions,
  exportRecordings,
  type PictureStorage,
} from "../../src/export/index.js";
import { openSource } from "../../src/sources/index.js";
import { parseTask } from "../../src/task/index.js";
import { scriptedVlm } from "../support/models.js";
import { parquetRowsOf } from "../support/parquetRowsOf.js";
import {
  jointAt,
  START_NS,
  shadeOf,
  type TrainingBagOptions,
  writeTrainingBag,
} from "../support/trainingBag.js";

const TASK = parseTask(
  `name: reach
description: Reach the red mug.
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
`,
  "reach.yaml",
);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "export-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Half a metre at first, 10 cm a second nearer; the 5th picture of each ten is refused. */
const vlm = () =>
  scriptedVlm(({ stampNs }) => {
    const s = Number(stampNs - START_NS) / 1e9;
    return Math.round(s * 10) % 10 === 4
      ? { reason: "unclear", detail: "it says so" }
      : 0.5 - 0.1 * s;
  });

let count = 0;
async function exported(
  bags: readonly TrainingBagOptions[],
  map: Partial<ExportMap> = {},
  storage: PictureStorage = "h264",
  more: Partial<ExportOptions> = {},
) {
  const folder = join(root, String(count++));
  const recordings: string[] = [];
  for (const [i, bag] of bags.entries()) {
    const path = join(folder, `run${i}.mcap`);
    await writeTrainingBag(path, bag);
    recordings.push(path);
  }
  const output = join(folder, "out");
  const lines: string[] = [];
  // With two cameras, the task says which one is asked about.
  const cameras = map.images ? [{ name: "front", color: "/camera/image_raw" }] : [];
  const task = { ...TASK, cameras };
  const settings = { task, vlm: vlm(), map: { ...EMPTY_MAP, ...map }, fps: 10, storage };
  const summary = await exportRecordings(settings, {
    ...{ recordings, output, format: "lerobot", resume: false },
    signal: new AbortController().signal,
    onRecording: (_, staged) => lines.push(...staged.lines),
    ...more,
  });
  return { output, summary, lines, folder };
}

const DATA = "data/chunk-000/file-000.parquet";

describe("export to LeRobot", () => {
  it("gives each row the picture, the state and the command of its time", async () => {
    const { output, summary } = await exported([{}]);
    expect(summary).toMatchObject({ episodes: 1, rows: 20 });
    const rows = await parquetRowsOf(join(output, DATA));
    expect(rows).toHaveLength(20);
    for (const [k, row] of rows.entries()) {
      const s = k / 10;
      expect(row.timestamp).toBeCloseTo(s, 6);
      expect(row.index).toBe(BigInt(k));
      expect(row["complementary_info.stamp_ns"]).toBe(START_NS + BigInt(k) * 100_000_000n);
      const [shoulder, elbow] = row["observation.state"] as number[];
      expect(shoulder).toBeCloseTo(jointAt(s), 6);
      expect(elbow).toBeCloseTo(jointAt(s) + 0.1, 6);
      // The first command after the picture came 5 ms later, of the same joints.
      expect((row.action as number[])[0]).toBeCloseTo(jointAt(s) + 0.1, 6);
    }
    const info = JSON.parse(await readFile(join(output, "meta/info.json"), "utf8"));
    expect(info).toMatchObject({ codebase_version: "v3.0", fps: 10, total_frames: 20 });
    expect(info.features["observation.state"].names).toEqual(["shoulder", "elbow"]);
    expect(info.features["observation.images.camera"]).toMatchObject({
      ...{ dtype: "video", shape: [24, 32, 3] },
      info: { "video.codec": "h264", "video.fps": 10, "video.pix_fmt": "yuv420p" },
    });
  });

  it("keeps with a row what its action led to, and never makes a number of what is invalid", async () => {
    const { output, summary } = await exported([{}]);
    expect(summary.invalid).toBe(2);
    const rows = await parquetRowsOf(join(output, DATA));
    const reward = rows.map((row) => row["next.reward"] as number);
    expect(reward[0]).toBeCloseTo(-0.49, 5);
    expect(reward[3]).toBeNaN();
    expect(reward[4]).toBeCloseTo(-0.45, 5);
    expect(reward[19]).toBeNaN();
    expect(rows[4]?.["complementary_info.progress"]).toBeNaN();
    expect(rows[4]?.["complementary_info.validity"]).toBe(2n);
    expect(rows.map((row) => row["next.done"]).lastIndexOf(false)).toBe(18);
    const progress = await parquetRowsOf(join(output, "sarm_progress.parquet"));
    expect(progress.map((row) => row.progress_sparse)[4]).toBeNaN();
    expect(progress.map((row) => row.progress_sparse)[10]).toBeCloseTo(0.2, 5);
    const stats = JSON.parse(await readFile(join(output, "meta/stats.json"), "utf8"));
    expect(stats["next.reward"].count).toEqual([17]);
    expect(stats["observation.images.camera"].mean).toHaveLength(3);
  });

  it.each(["h264", "av1", "png"] as const)(
    "is read back by our own reader, %s",
    async (storage) => {
      const { output } = await exported([{ seconds: 1 }, { seconds: 0.6 }], {}, storage);
      await using source = await openSource(output);
      const cameras = source.cameras([]);
      const shades: number[] = [];
      for await (const frame of source.frames({
        cameras,
        kinematics: { frames: [], jointTopics: [] },
      })) {
        expect(frame.fault).toBeUndefined();
        const { data, width } = await decodeColor(frame.image);
        shades.push(data[3 * (width * 12 + 16)] ?? 0);
        const { row, kinematics } = frame;
        const joint = kinematics?.[0]?.joints.get("shoulder");
        expect(joint).toBeCloseTo(jointAt((row?.frame ?? 0) / 10), 6);
      }
      const wanted = [...Array(10).keys(), ...Array(6).keys()].map((k) => shadeOf(3 * k));
      expect(shades).toHaveLength(wanted.length);
      for (const [k, shade] of shades.entries()) {
        expect(Math.abs(shade - (wanted[k] ?? 0))).toBeLessThanOrEqual(storage === "png" ? 0 : 3);
      }
    },
  );

  it("takes the nearest picture of further cameras, and a twist as the action", async () => {
    const { output } = await exported(
      [{ withWrist: true, command: "both", seconds: 1 }],
      {
        images: [{ name: "wrist", color: "/wrist/image_raw" }],
        action: [{ kind: "topic", topic: "/cmd_vel", fields: ["linear.x", "angular.z"] }],
        state: [
          {
            kind: "topic",
            topic: "/joint_states",
            joints: ["elbow"],
            fields: ["velocity", "position"],
          },
        ],
      },
      "png",
    );
    const info = JSON.parse(await readFile(join(output, "meta/info.json"), "utf8"));
    expect(info.features.action.names).toEqual(["linear.x", "angular.z"]);
    expect(info.features["observation.state"].names).toEqual(["elbow.vel", "elbow"]);
    await using source = await openSource(output);
    const shades: number[] = [];
    for await (const { image, row } of source.frames({
      cameras: source.cameras([{ name: "wrist", color: "wrist" }]),
    })) {
      const { data } = await decodeColor(image);
      shades.push(data[0] ?? 0);
      expect(row?.frame).toBe(shades.length - 1);
    }
    expect(shades).toEqual([...Array(10).keys()].map((k) => 255 - shadeOf(3 * k)));
    const rows = await parquetRowsOf(join(output, DATA));
    const [x, z] = (rows[5]?.action ?? []) as number[];
    expect(x).toBeCloseTo(0.5, 5);
    expect(z).toBeCloseTo(-0.5, 5);
  });

  it("takes a TF frame as the state, and the next row's as the action", async () => {
    const { output } = await exported(
      [{ withTf: true, command: "none", seconds: 1 }],
      { state: [{ kind: "frame", frame: "hand", in: "base" }], action: "next_state" },
      "png",
    );
    const rows = await parquetRowsOf(join(output, DATA));
    for (const [k, row] of rows.entries()) {
      const state = row["observation.state"] as number[];
      expect(state[0]).toBeCloseTo(jointAt(k / 10), 4);
      expect(state.slice(1)).toEqual([0.5, 1, 0, 0, 0, 1]);
      const next = rows[k + 1]?.["observation.state"] ?? state;
      expect(row.action).toEqual(next);
    }
  });

  it("lets the picture before stand in for a short gap, and cuts at a long one", async () => {
    const gaps = [
      [0.35, 0.55],
      [1, 2],
    ] as const;
    const { output, lines } = await exported([{ seconds: 3, gaps }], {}, "png");
    const rows = await parquetRowsOf(join(output, DATA));
    const info = JSON.parse(await readFile(join(output, "meta/info.json"), "utf8"));
    expect(info.total_episodes).toBe(2);
    expect(rows.map((row) => Number(row.frame_index))).toEqual([
      ...Array(10).keys(),
      ...Array(10).keys(),
    ]);
    expect(lines.join("\n")).toContain("rows repeat the picture before");
    expect(lines.join("\n")).toContain("1× cut where no picture came for half a second");
    // The row of a picture that did not come has no progress of its own.
    expect(rows[4]?.["complementary_info.validity"]).toBe(2n);
    expect(rows[4]?.["next.reward"]).not.toBeNull();
  });

  it("leaves out the rows before the robot is known, and says so", async () => {
    const { output, lines } = await exported([{ seconds: 1.5, jointsFromS: 0.5 }], {}, "png");
    const rows = await parquetRowsOf(join(output, DATA));
    expect(rows).toHaveLength(10);
    expect(rows[0]?.["complementary_info.stamp_ns"]).toBe(START_NS + 500_000_000n);
    expect(lines).toContain("5 rows left out: their state, action or pictures are unknown");
  });

  it("samples what has no stamp by log time where the log's clock is another", async () => {
    const { output } = await exported(
      [{ command: "twist", seconds: 1, logAheadNs: 86_400_000_000_000n }],
      {},
      "png",
    );
    const rows = await parquetRowsOf(join(output, DATA));
    expect(rows).toHaveLength(10);
    for (const [k, row] of rows.entries())
      expect((row.action as number[])[0]).toBeCloseTo(k / 10, 5);
  });

  it("leaves nothing under its name, and nothing beside it, but the data set", async () => {
    const { folder } = await exported([{ seconds: 0.5 }], {}, "png");
    expect((await readdir(folder)).sort()).toEqual(["metadata.yaml", "out", "run0.mcap"]);
  });
});

describe("what cannot be exported", () => {
  const failing = (bag: TrainingBagOptions, map: Partial<ExportMap> = {}) =>
    exported([bag], map, "png").then(
      () => "exported",
      (error: Error) => error.message,
    );

  it("has no action, or several", async () => {
    const none = await failing({ command: "none", seconds: 0.5 });
    expect(none).toContain("no topic that is named and typed like a command");
    expect(none).toContain("--action next-state");
    const both = await failing({ command: "both", seconds: 0.5 });
    expect(both).toContain("2 topics that could be the action");
    expect(both).toContain("/cmd_vel (geometry_msgs/msg/Twist)");
  });

  it("names a topic that is not there", async () => {
    const state = [{ kind: "topic", topic: "/joint_state" } as const];
    const message = await failing({ seconds: 0.5 }, { state });
    expect(message).toContain("has no messages on /joint_state. Did you mean /joint_states?");
  });

  it("has fewer pictures than rows", async () => {
    const message = await failing({ rateHz: 5 });
    expect(message).toContain("--fps 10, but pictures of /camera/image_raw come at 5.0 Hz");
    expect(message).toContain("Give --fps 5 or less");
  });

  it("comes to the same stamps twice", async () => {
    const loops = { seconds: 3, loopsAtS: 1.5 };
    const joints = await failing(loops);
    expect(joints).toContain("the stamps of /joint_states jump back by 1.5 s");
    const pictures = await failing(
      { ...loops, command: "twist", withTf: true },
      {
        state: [{ kind: "frame", frame: "hand", in: "base" }],
      },
    );
    expect(pictures).toMatch(/the stamps of \S*image_raw jump back by 1\.5 s/);
  });

  it("has a state at no time", async () => {
    expect(await failing({ seconds: 1, jointsFromS: 0.98 })).toContain(
      "shoulder of /joint_states (10 of 10 rows)",
    );
  });

  it("has no numbers of the state, and names where they should come from", async () => {
    expect(await failing({ seconds: 1, joints: [] })).toContain(
      "no finite numbers for observation.state from /joint_states",
    );
  });

  it("has other joints than the one before", async () => {
    const message = await exported(
      [{ seconds: 0.5 }, { seconds: 0.5, joints: ["a", "b"] }],
      {},
      "png",
    ).catch((error: Error) => error.message);
    expect(message).toContain("1 of 2 recordings failed");
  });

  it("would be written over what is there", async () => {
    const { output } = await exported([{ seconds: 0.5 }], {}, "png");
    await expect(
      exportRecordings(
        { task: TASK, vlm: vlm(), map: EMPTY_MAP, fps: 10, storage: "png" },
        {
          ...{ recordings: [], output, format: "lerobot", resume: false },
          signal: new AbortController().signal,
        },
      ),
    ).rejects.toThrow("already exists");
  });
});
