import { afterEach, describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { type CameraFrame, FrameError, type RawImage } from "../../../src/camera/index.js";
import { askQuestion } from "../../../src/language/index.js";
import { type SpatialVlm, VlmSpecError, workerVlm } from "../../../src/models/index.js";
import type { WorkerVlmOptions } from "../../../src/models/worker/workerVlm.js";
import { frameOf } from "../../support/frames.js";

const MODULES = [new URL("./backends.mjs", import.meta.url).href];
const QUESTION = askQuestion("width", { name: "mug", phrase: "the red mug", labels: [2] });
const NEVER = new AbortController().signal;

const opened: SpatialVlm[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((vlm) => vlm.close()));
});

async function open(spec: string, options: WorkerVlmOptions = { modules: MODULES }) {
  const vlm = await workerVlm(spec, {}, options);
  opened.push(vlm);
  return vlm;
}

function frameWith(data: Uint8Array, fields: Partial<CameraFrame> = {}): CameraFrame {
  const image: RawImage = {
    ...{ kind: "raw", width: 2, height: 1, encoding: "rgb8", step: 6, isBigEndian: false },
    data,
  };
  return frameOf({ stampNs: 1n, image, ...fields });
}

describe("workerVlm", () => {
  it("says of itself what the model says", async () => {
    const { id, fingerprint, concurrency, needs } = await open("sizes");
    expect({ id, fingerprint, concurrency, needs }).toEqual({
      ...{ id: "sizes", fingerprint: "sizes 1", concurrency: 3, needs: ["depth"] },
    });
  });

  it("runs the project's own backends", async () => {
    const vlm = await open("rgbd?seed=3", {});
    const [answer] = await vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], NEVER);
    expect(answer).toMatchObject({ model: "rgbd", refusal: { reason: "no_depth" } });
  });

  it("hands over the whole frame and leaves the caller's as it was", async () => {
    const vlm = await open("sizes");
    const pool = new Uint8Array(1000).fill(7);
    const view = pool.subarray(100, 106);
    const frame = frameWith(view, {
      depth: frameWith(new Uint8Array(4)).image as RawImage satisfies RawImage,
      poses: new Map([["gripper", { ok: false, reason: "none" }]]),
    });
    const [answer] = await vlm.ask(frame, [QUESTION], NEVER);
    expect(answer?.value).toMatchObject({ valueM: 6 + 0.004 + 1 });
    expect([...view]).toEqual([7, 7, 7, 7, 7, 7]);
    expect(pool).toHaveLength(1000);
  });

  it("leaves the event loop free while the model computes", async () => {
    const vlm = await open("busy");
    const order: string[] = [];
    const answered = vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], NEVER).then(() => {
      order.push("answer");
    });
    for (let turn = 1; turn <= 20; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    order.push("twenty turns");
    await answered;
    expect(order).toEqual(["twenty turns", "answer"]);
  });

  it("rejects with the signal's reason when aborted, and answers on", async () => {
    const vlm = await open("patient");
    const controller = new AbortController();
    const asked = vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], controller.signal);
    controller.abort(new Error("the node stops"));
    await expect(asked).rejects.toThrow("the node stops");
    await expect(
      vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], AbortSignal.abort(new Error("late"))),
    ).rejects.toThrow("late");
  });

  it("keeps a FrameError a FrameError", async () => {
    const vlm = await open("damaged");
    const error = await vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], NEVER).catch((e) => e);
    expect(error).toBeInstanceOf(FrameError);
    expect(error).toMatchObject({ code: "frame.unreadable", message: "the JPEG is cut off" });
  });

  it("refuses a spec that cannot be, before and in the thread", async () => {
    await expect(workerVlm("rgdb")).rejects.toThrow(VlmSpecError);
    const error = await workerVlm("rgdb", {}, { modules: MODULES }).catch((e) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ name: "VlmSpecError", code: "model.spec" });
    expect(error.message).toContain("Is it rgbd?");
  });

  it("ends its making when aborted", async () => {
    const signal = AbortSignal.abort(new Error("another model is wanted"));
    await expect(workerVlm("rgbd", { signal })).rejects.toThrow("another model is wanted");
  });

  it("reports a thread that dies, and starts another one", async () => {
    const crashes: string[] = [];
    const vlm = await open("mortal", {
      modules: MODULES,
      onCrash: ({ message }) => crashes.push(message),
    });
    const deadly = frameWith(new Uint8Array([13, 0, 0, 0, 0, 0]));
    await expect(vlm.ask(deadly, [QUESTION], NEVER)).rejects.toThrow("exited with code 7");
    expect(crashes).toEqual(["the thread of the model mortal crashed: it exited with code 7"]);
    await expect(vlm.ask(frameOf({ stampNs: 2n }), [QUESTION], NEVER)).resolves.toHaveLength(1);
  });

  it("stays dead where it dies again before it has answered", async () => {
    const crashes: string[] = [];
    const vlm = await open("mortal", {
      modules: MODULES,
      onCrash: ({ message }) => crashes.push(message),
    });
    const deadly = frameWith(new Uint8Array([13, 0, 0, 0, 0, 0]));
    await expect(vlm.ask(deadly, [QUESTION], NEVER)).rejects.toThrow("crashed");
    await expect(vlm.ask(deadly, [QUESTION], NEVER)).rejects.toThrow("crashed");
    await expect(vlm.ask(frameOf({ stampNs: 3n }), [QUESTION], NEVER)).rejects.toThrow("crashed");
    expect(crashes).toHaveLength(2);
  });

  it("fails what it is asked after its end", async () => {
    const vlm = await open("sizes");
    await vlm.close();
    await expect(vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], NEVER)).rejects.toThrow("is closed");
  });
});
