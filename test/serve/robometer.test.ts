import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseTask } from "../../src/task/index.js";
import { REACH_TASK } from "../support/annotations.js";
import { scriptedVlm } from "../support/models.js";
import { TestServer } from "../support/rewardServer.js";

const TASK = parseTask(
  `name: reach
description: Reach the red mug.
objects:
  gripper: { phrase: the gripper }
  mug: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug, smoothing: none }
stages:
  - { name: near, progress: 1 - reach / 1 m, until: reach < 10 cm }
reward: { terms: { effort: -1 } }
`,
  "reach.yaml",
);

/** Bytes of `np.save`, from the format's description. */
function npy(shape: readonly number[], data: Uint8Array, type = "|u1", version = 1): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const prefix = version === 1 ? 10 : 12;
  const padded = `${text.padEnd(Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(padded.length);
  else length.writeUInt32LE(padded.length);
  const magic = Buffer.from([0x93, ...Buffer.from("NUMPY"), version, 0]);
  return Buffer.concat([magic, length, Buffer.from(padded), data]);
}

const [T, H, W] = [4, 6, 8];
/** The k-th image is of grey 10 · k. */
const frames = Uint8Array.from(
  { length: T * H * W * 3 },
  (_, i) => 10 * Math.floor(i / (H * W * 3)),
);

let server: TestServer;
let said: (number | "no")[];
beforeEach(async () => {
  said = [0.8, 0.4, 0.05, 0.3];
  const vlm = scriptedVlm(({ image }) => {
    const grey = image.data[0] ?? 0;
    const length = said[grey / 10];
    return typeof length === "number" ? length : { reason: "no_object", detail: "not seen" };
  });
  server = await TestServer.start({ vlm, task: TASK });
});
afterEach(() => server[Symbol.asyncDispose]());

interface Change {
  readonly file?: Uint8Array;
  readonly task?: string;
  readonly sample?: object;
}

async function send({
  file = npy([T, H, W, 3], frames),
  task = "reach the RED mug",
  sample = {},
}: Change) {
  const form = new FormData();
  const key = "sample_0_trajectory_frames";
  const trajectory = {
    frames: { __numpy_file__: key },
    task,
    id: "0",
    metadata: { subsequence_length: T },
  };
  form.set("sample_0", JSON.stringify({ sample_type: "progress", trajectory, ...sample }));
  form.set("use_frame_steps", "false");
  form.set(key, new Blob([file as Uint8Array<ArrayBuffer>]), `${key}.npy`);
  const answer = await fetch(`${server.url}/evaluate_batch_npy`, { method: "POST", body: form });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

const EXPECTED = {
  outputs_preference: null,
  outputs_progress: { progress_pred: [[expect.closeTo(0.2), expect.closeTo(0.6), 1, 1]] },
  outputs_success: { success_probs: [[0, 0, 1, 1]] },
};

describe("Robometer's protocol", () => {
  it("gives progress and success of each frame by the task's stages", async () => {
    expect(await send({})).toMatchObject({ status: 200, body: EXPECTED });
    expect(await send({ file: npy([T, H, W, 3], frames, "|u1", 2) })).toMatchObject({
      body: EXPECTED,
    });
  });

  it("takes the channels first, one channel, and lists in JSON as well", async () => {
    const grey = frames.filter((_, i) => i % 3 === 0);
    expect(await send({ file: npy([T, 3, H, W], frames) })).toMatchObject({ body: EXPECTED });
    expect(await send({ file: npy([T, H, W, 1], grey) })).toMatchObject({ body: EXPECTED });
    const lists = Array.from({ length: T }, (_, k) =>
      Array.from({ length: H }, () => Array.from({ length: W }, () => [10 * k, 10 * k, 10 * k])),
    );
    const samples = [{ sample_type: "progress", trajectory: { task: "reach", frames: lists } }];
    expect(await server.post("/evaluate_batch", { samples })).toMatchObject({ body: EXPECTED });
    expect(await server.post("/evaluate_batch", samples)).toMatchObject({ body: EXPECTED });
  });

  it("says null where an image does not tell, and why", async () => {
    said = [0.8, "no", 0.4, 0.3];
    expect((await send({})).body).toMatchObject({
      outputs_progress: {
        progress_pred: [[expect.closeTo(0.2), null, expect.closeTo(0.6), expect.closeTo(0.7)]],
      },
      outputs_success: { success_probs: [[0, null, 0, 0]] },
    });
  });

  it.each([
    [
      "an instruction that is another task's",
      { task: "pick up the green cup" },
      "Reach the red mug.",
    ],
    ["two trajectories to compare", { sample: { sample_type: "preference" } }, "progress"],
    ["floats", { file: npy([1, 1, 1, 3], new Uint8Array(12), "<f4") }, "uint8"],
    ["too few bytes", { file: npy([T, H, W, 3], frames.subarray(5)) }, "bytes"],
    ["a shape that is no film", { file: npy([H, W], frames.subarray(0, H * W)) }, "(T, H, W, C)"],
    ["no .npy", { file: new Uint8Array(200) }, "no .npy file"],
    [
      "paths of files",
      { sample: { trajectory: { task: "reach", frames: ["/etc/passwd"] } } },
      "opens no files",
    ],
    [
      "a file that is not there",
      { sample: { trajectory: { task: "reach", frames: { __numpy_file__: "x" } } } },
      'no file "x"',
    ],
  ])("does not take %s", async (_, change, words) => {
    const { status, body } = await send(change);
    expect(status).toBe(422);
    expect(body.detail).toContain(words);
  });

  it("does not judge a task without stages", async () => {
    await using other = await TestServer.start({ task: REACH_TASK });
    const trajectory = { task: REACH_TASK.name, frames: [[[[1, 2, 3]]]] };
    const samples = [{ sample_type: "progress", trajectory }];
    const { status, body } = await other.post("/evaluate_batch", samples);
    expect([status, (body as { detail: string }).detail]).toEqual([
      422,
      expect.stringContaining("no stages"),
    ]);
  });

  it("does not take a form that is cut off", async () => {
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const body = '--x\r\nContent-Disposition: form-data; name="sample_0"\r\n\r\n{';
    const answer = await fetch(`${server.url}/evaluate_batch_npy`, {
      method: "POST",
      body,
      headers,
    });
    expect(answer.status).toBe(400);
    const json = await server.post("/evaluate_batch_npy", {});
    expect(json.status).toBe(400);
  });

  it("tells of its model", async () => {
    expect((await server.ask("GET", "/model_info")).body).toMatchObject({ model_path: "scripted" });
  });
});
