import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMPTY_MAP, type ExportFormat, exportRecordings } from "../../src/export/index.js";
import { parseTask } from "../../src/task/index.js";
import { scriptedVlm } from "../support/models.js";
import { jointAt, START_NS, shadeOf, writeTrainingBag } from "../support/trainingBag.js";

const TASK = parseTask(
  `name: reach
objects: { gripper: { phrase: the gripper }, mug: { phrase: the mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug, smoothing: none } }
staleness: 0 s
reward: { terms: { near: -reach } }
`,
  "reach.yaml",
);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "formats-"));
  await writeTrainingBag(join(root, "a.mcap"), { seconds: 1 });
  await writeTrainingBag(join(root, "b.mcap"), { seconds: 0.5 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Half a metre; the picture after 0.2 s of the first recording is refused. */
async function exportTo(format: ExportFormat, name: string): Promise<string> {
  const vlm = scriptedVlm(({ stampNs, episode }) =>
    episode === "a" && stampNs - START_NS === 200_000_000n
      ? { reason: "unclear", detail: "" }
      : 0.5,
  );
  const output = join(root, name);
  await exportRecordings(
    { task: TASK, vlm, map: EMPTY_MAP, fps: 10, storage: "png" },
    {
      ...{ recordings: [join(root, "a.mcap"), join(root, "b.mcap")], output, format },
      ...{ resume: false, signal: new AbortController().signal },
    },
  );
  return output;
}

describe("export to robomimic", () => {
  it("has a step less than pictures, with what follows each", async () => {
    const path = await exportTo("robomimic", "out.hdf5");
    const { default: h5 } = await import("h5wasm/node");
    await h5.ready;
    const file = new h5.File(path, "r");
    try {
      const numbers = (name: string): number[] => {
        const found = file.get(name);
        if (!(found instanceof h5.Dataset)) throw new Error(`no dataset ${name}`);
        return [...(found.value as ArrayLike<number | bigint> & Iterable<number | bigint>)].map(
          Number,
        );
      };
      const shape = (name: string) => (file.get(name) as InstanceType<typeof h5.Dataset>).shape;
      const attribute = (of: string, name: string): unknown =>
        (file.get(of) as InstanceType<typeof h5.Group>).get_attribute(name, true);
      expect(attribute("data", "total")).toBe(13);
      expect(attribute("data/demo_0", "num_samples")).toBe(9);
      expect(JSON.parse(String(attribute("data", "env_args"))).env_name).toBe("reach");
      const rewards = numbers("data/demo_0/rewards");
      expect(rewards).toHaveLength(9);
      expect(rewards[1]).toBeNaN();
      expect(rewards.filter((reward) => reward === -0.5)).toHaveLength(8);
      expect(numbers("data/demo_0/dones")).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
      expect(shape("data/demo_0/actions")).toEqual([9, 2]);
      expect(shape("data/demo_0/obs/camera_image")).toEqual([9, 24, 32, 3]);
      const state = numbers("data/demo_0/obs/state");
      const next = numbers("data/demo_0/next_obs/state");
      expect(state[2]).toBeCloseTo(jointAt(0.1), 6);
      expect(next.slice(0, -2)).toEqual(state.slice(2));
      const pixels = numbers("data/demo_0/obs/camera_image");
      const following = numbers("data/demo_0/next_obs/camera_image");
      for (let k = 0; k < 9; k++) {
        expect(pixels[k * 24 * 32 * 3]).toBe(shadeOf(3 * k));
        expect(following[k * 24 * 32 * 3]).toBe(shadeOf(3 * k + 3));
      }
      expect((file.get("mask/valid") as InstanceType<typeof h5.Dataset>).value).toEqual(["demo_1"]);
    } finally {
      file.close();
    }
  });
});

describe("export to Parquet", () => {
  it("has null where nothing is known, and the pictures as PNG", async () => {
    const folder = await exportTo("parquet", "table");
    expect(await readdir(folder)).toEqual(["train-00000.parquet"]);
    const file = await asyncBufferFromFile(join(folder, "train-00000.parquet"));
    const rows = await parquetReadObjects({ file, utf8: false });
    expect(rows).toHaveLength(15);
    expect(rows[1]?.["next.reward"]).toBeNull();
    expect(rows[0]?.["next.reward"]).toBe(-0.5);
    expect(rows[2]?.["complementary_info.measurements"]).toBeNull();
    expect(rows[10]).toMatchObject({ recording: "b", episode_index: 1n, frame_index: 0n });
    const image = rows[3]?.["observation.images.camera"] as { bytes: Uint8Array };
    expect([...image.bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  });
});
