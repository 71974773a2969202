import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CameraFrame, type CameraTopics, decodeDepth } from "../../../src/camera/index.js";
import { openSource } from "../../../src/sources/index.js";
import { type DatasetChanges, writeDataset } from "../../support/lerobotDataset.js";

const DEPTH = "observation.images.front_depth";
const LENGTHS = [12, 9];
const INFO = { is_depth_map: true, "video.depth_min": 0.01, "video.depth_max": 10 };

async function framesOf(
  changes: DatasetChanges,
  wanted: readonly CameraTopics[] = [],
  prepare = (_folder: string): void => {},
): Promise<CameraFrame[]> {
  const folder = writeDataset({ lengths: LENGTHS, depth: INFO, ...changes });
  prepare(folder);
  await using source = await openSource(folder);
  const frames: CameraFrame[] = [];
  for await (const frame of source.frames({ cameras: source.cameras(wanted) })) frames.push(frame);
  return frames;
}

/** What LeRobot rounds to its 12-bit codes at a depth, m: one step of log(depth + 3.5). */
const stepAt = (m: number) => ((m + 3.5) * Math.log(13.5 / 3.51)) / 4095;

describe("LeRobot's depth maps", () => {
  it("come with the colour that they are named after, in metres, with its holes", async () => {
    const frames = await framesOf({});
    expect(frames).toHaveLength(21);
    for (const [k, { depth, fault, row }] of frames.entries()) {
      expect(fault).toBeUndefined();
      const i = k < 12 ? k : k - 12;
      expect(row?.frame).toBe(i);
      if (!depth) throw new Error("no depth");
      const { depthM, width, height } = await decodeDepth(depth);
      expect([width, height]).toEqual([64, 48]);
      for (let at = 0; at < depthM.length; at++) {
        const [x, y] = [at % 64, Math.floor(at / 64)];
        const m = x < 5 && y < 5 ? Number.NaN : (400 + 20 * x + 10 * y + 30 * i) / 1000;
        if (Number.isNaN(m)) expect(depthM[at]).toBeNaN();
        else expect(Math.abs((depthM[at] ?? 0) - m)).toBeLessThanOrEqual(0.51 * stepAt(m));
      }
    }
  });

  it("are those that the task names, by either name; or it says what there is", async () => {
    for (const depth of [DEPTH, "front_depth"]) {
      const [frame] = await framesOf({}, [{ name: "eye", color: "front", depth }]);
      expect(frame?.depth).toBeDefined();
    }
    const wrong = framesOf({}, [{ name: "eye", color: "front", depth: "wrist_depth" }]);
    await expect(wrong).rejects.toThrow(`no depth map wrist_depth. Its depth maps:\n  ${DEPTH}`);
  });

  it("are no cameras", async () => {
    await using source = await openSource(writeDataset({ lengths: LENGTHS, depth: INFO }));
    expect(source.dataset?.cameras).toEqual(["observation.images.front"]);
  });

  it("are in equal steps where info.json says so", async () => {
    const linear = { ...INFO, "video.use_log": false, "video.depth_max": 4.105 };
    const [frame] = await framesOf({ depth: linear });
    const { depthM } = await decodeDepth(
      frame?.depth ?? { kind: "compressed", format: "", data: new Uint8Array() },
    );
    // The code of the first pixel of the last row, read as mm above 1 cm.
    const m = (400 + 10 * 47) / 1000;
    const code = Math.round((Math.log((m + 3.5) / 3.51) / Math.log(13.5 / 3.51)) * 4095);
    expect(depthM[47 * 64]).toBeCloseTo(0.01 + code / 1000, 5);
  });

  it.each([
    ["no range", { "video.depth_max": 0.01 }],
    ["a range of nothing but negative depths", { "video.depth_min": -3, "video.depth_max": -1 }],
    ["words", { "video.depth_min": "near" }],
  ])("are refused where info.json makes no depths of them: %s", async (_, wrong) => {
    await expect(framesOf({ depth: { ...INFO, ...wrong } })).rejects.toThrow(
      `${DEPTH} has no usable depth_min, depth_max, shift and use_log`,
    );
  });

  it("are absent, with the reason, where their video has 8 bits or no picture", async () => {
    const video = join(import.meta.dirname, "../../video/fixtures/h264.mp4");
    const frames = await framesOf({}, [], (folder) => {
      copyFileSync(video, join(folder, `videos/${DEPTH}/chunk-000/file-000.mp4`));
    });
    expect(frames[0]?.depth).toBeUndefined();
    expect(frames[0]?.fault).toBeUndefined();
    expect(frames[0]?.absent?.get("depth")).toContain("has not the 12 bits a pixel");
    const longer = await framesOf({ lengths: [12, 11] });
    expect(longer.at(-1)?.absent?.get("depth")).toContain("it ends before");
  });
});
