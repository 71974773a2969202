import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CameraChoiceError, type CameraFrame, decodeColor } from "../../../src/camera/index.js";
import {
  type FrameSelection,
  findRecordings,
  LeRobotError,
  openSource,
} from "../../../src/sources/index.js";
import { type DatasetChanges, writeDataset } from "../../support/lerobotDataset.js";

async function framesOf(
  folder: string,
  selection: Partial<FrameSelection> = {},
): Promise<CameraFrame[]> {
  await using source = await openSource(folder);
  const frames: CameraFrame[] = [];
  for await (const frame of source.frames({ cameras: source.cameras([]), ...selection })) {
    frames.push(frame);
  }
  return frames;
}

/** The number that a picture's grey level tells. */
async function numberOf({ image }: CameraFrame): Promise<number> {
  const { data } = await decodeColor(image);
  return Math.round(((data[3 * (32 * 64 + 32)] ?? 0) * 219) / 255 / 7);
}

describe("a LeRobot data set", () => {
  it.each(["h264.mp4", "h265.mp4", "av1.mp4"])(
    "gives each row of version 3 its own picture (%s)",
    async (video) => {
      const frames = await framesOf(writeDataset({ video }));
      expect(frames.map(({ row }) => row?.index)).toEqual(Array.from({ length: 30 }, (_, i) => i));
      expect(await Promise.all(frames.map(numberOf))).toEqual(frames.map(({ row }) => row?.index));
      expect(frames.map(({ stampNs }) => stampNs)).toEqual(
        frames.map((_, i) => BigInt(i) * 100_000_000n),
      );
      expect(frames[8]).toMatchObject({ episode: "episode_000001", camera: "front" });
      expect(frames[8]?.row).toEqual({ index: 8, episode: 1, frame: 0 });
    },
  );

  it("gives each row of version 2 its own picture", async () => {
    const frames = await framesOf(writeDataset({ layout: "v2" }));
    expect(await Promise.all(frames.map(numberOf))).toEqual(frames.map(({ row }) => row?.frame));
    expect(frames.map(({ row }) => row?.index)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it("is a recording: thinned, cut, and found as one", async () => {
    const folder = writeDataset();
    expect(await findRecordings([folder])).toEqual([folder]);
    const some = await framesOf(folder, {
      rateHz: 5,
      startNs: 900_000_000n,
      endNs: 1_900_000_000n,
    });
    expect(some.map(({ row }) => row?.index)).toEqual([9, 11, 13, 15, 17, 19]);
    expect(await Promise.all(some.map(numberOf))).toEqual([9, 11, 13, 15, 17, 19]);
    await using source = await openSource(folder);
    expect(source.expectedFrames({ cameras: source.cameras([]) })).toBe(30);
  });

  it("knows the robot's joints, and its frame where the state tells", async () => {
    const kinematics = { frames: ["ee", "mug"], jointTopics: [] };
    const [, , third] = await framesOf(writeDataset(), { kinematics });
    const [sample] = third?.kinematics ?? [];
    expect(sample?.joints.get("gripper.pos")).toBe(1);
    expect(sample?.poses.get("ee")?.position[0]).toBeCloseTo(0.02);
    expect(sample?.missing?.get("mug")).toMatch(/has no mug\.x/);
    const unnamed = await framesOf(writeDataset({ stateNames: null }), { kinematics });
    expect(unnamed[0]?.kinematics?.[0]?.joints.size).toBe(0);
  });

  it("finds a camera by its short name, and names those that there are", async () => {
    await using source = await openSource(writeDataset());
    const color = "observation.images.front";
    expect(source.cameras([{ name: "eye", color: "front" }])).toEqual([{ name: "eye", color }]);
    expect(() => source.cameras([{ name: "eye", color: "/camera/color" }])).toThrow(
      CameraChoiceError,
    );
    expect(() => source.cameras([{ name: "eye", color: "wrist" }])).toThrow(color);
  });

  it("marks the frames that a shorter video lacks, and goes on", async () => {
    // 20 + 10 rows over a video of 30 pictures, of which the file lost the second episode's.
    const folder = writeDataset({ lengths: [10, 10, 10], video: "h264.mp4" });
    const short = writeDataset({ lengths: [10, 10, 30] });
    const frames = await framesOf(short);
    expect(frames.slice(0, 30).filter(({ fault }) => fault !== undefined)).toEqual([]);
    expect(frames.slice(30).map(({ fault }) => fault)).toEqual(
      frames.slice(30).map(() => expect.stringMatching(/no picture at .* s \(it ends before\)/)),
    );
    rmSync(join(folder, "videos"), { recursive: true });
    const blind = await framesOf(folder);
    expect(blind.map(({ fault }) => fault)).toEqual(
      blind.map(() => expect.stringMatching(/there is no such file/)),
    );
  });

  it.each(["v2", "v3"] as const)(
    "notes a video that goes on after the last row, and only such a one: %s",
    async (layout) => {
      const notesOf = async (lengths: readonly number[]) => {
        await using source = await openSource(writeDataset({ layout, lengths }));
        for await (const { fault } of source.frames({ cameras: source.cameras([]) })) {
          expect(fault).toBeUndefined();
        }
        return source.info.notes;
      };
      const whole = layout === "v2" ? [30, 30] : [12, 18];
      expect(await notesOf(whole)).toEqual([]);
      expect(await notesOf([whole[0] ?? 0, 17])).toEqual([
        expect.stringMatching(/goes on after the last row of episode 1: rows are missing/),
      ]);
    },
  );

  it("notes rows that are of no episode", async () => {
    const folder = writeDataset({ lengths: [8, 12, 10] });
    const shorter = writeDataset({ lengths: [8, 12] });
    cpSync(join(shorter, "meta"), join(folder, "meta"), { recursive: true });
    await using source = await openSource(folder);
    for await (const _ of source.frames({ cameras: source.cameras([]) }));
    expect(source.info.notes).toContainEqual(
      "data/chunk-000/file-000.parquet has 10 rows more than its episodes",
    );
  });

  it("passes over episodes without frames", async () => {
    for (const layout of ["v2", "v3"] as const) {
      const frames = await framesOf(writeDataset({ layout, lengths: [3, 0, 4] }));
      expect(frames.map(({ row }) => `${row?.episode}.${row?.frame}`)).toEqual([
        "0.0",
        "0.1",
        "0.2",
        "2.0",
        "2.1",
        "2.2",
        "2.3",
      ]);
    }
  });

  it("says what is wrong with a video that was cut short, frame by frame", async () => {
    const folder = writeDataset();
    const video = join(folder, "videos/observation.images.front/chunk-000/file-000.mp4");
    truncateSync(video, 1000);
    const frames = await framesOf(folder);
    expect(frames).toHaveLength(30);
    expect(new Set(frames.map(({ fault }) => fault?.replace(/frame \d+/, "frame N")))).toEqual(
      new Set(
        [0, 1, 2].map((i) =>
          expect.stringMatching(
            new RegExp(`episode_00000${i}, frame N: .*file-000.mp4 cannot be decoded`),
          ),
        ),
      ),
    );
  });

  it.each<[string, DatasetChanges, RegExp]>([
    ["rows that nobody lists", { info: { total_frames: 31 } }, /counts 31 frames, .* have 30/],
    ["a version of the future", { info: { codebase_version: "v4.0" } }, /v4\.0 is not known/],
    ["no version", { info: { codebase_version: undefined } }, /info\.json: codebase_version/],
    [
      "another version",
      { info: { codebase_version: "v1.6" } },
      /codebase_version v1\.6 is not known/,
    ],
    ["no rate", { info: { fps: 0 } }, /info\.json: fps/],
    ["another count", { info: { total_episodes: 4 } }, /counts 4 episodes, but 3 are listed/],
    [
      "a path that leads out",
      { info: { data_path: "../../x.parquet" } },
      /leads out of the data set/,
    ],
    ["an unknown part", { info: { data_path: "d/{shard}.parquet" } }, /unknown part \{shard\}/],
  ])("refuses %s", async (_what, changes, message) => {
    await expect(openSource(writeDataset(changes))).rejects.toThrow(message);
  });

  it("refuses rows that are not the episode's, by file and row", async () => {
    const folder = writeDataset({ layout: "v2" });
    const data = (n: number) => join(folder, `data/chunk-000/episode_00000${n}.parquet`);
    copyFileSync(data(2), data(1));
    await expect(framesOf(folder)).rejects.toThrow(
      /episode_000001\.parquet, row 0: .*of episode 2/,
    );
    truncateSync(data(1), 100);
    await expect(framesOf(folder)).rejects.toThrow(LeRobotError);
    writeFileSync(join(folder, "meta/info.json"), readFileSync(data(1)));
    await expect(openSource(folder)).rejects.toThrow(/info\.json: /);
  });
});
