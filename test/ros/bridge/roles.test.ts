import { afterEach, describe, expect, it } from "vitest";
import type { CameraFrame } from "../../../src/camera/index.js";
import { scriptedVlm } from "../../support/models.js";
import { Bench, type BenchOptions, COLOR, header, imageMessage } from "./bench.js";

const IMAGE = "sensor_msgs/msg/Image";
/** Two pixels of 16 bits: 1 m as depth in mm. */
const DEPTH = {
  encoding: "16UC1",
  step: 4,
  data: new Uint8Array(new Uint16Array([1000, 1000]).buffer),
};
const IDS = { encoding: "32SC1", step: 8, data: new Uint8Array(new Int32Array([1, 2]).buffer) };

let bench: Bench | undefined;
afterEach(() => bench?.close());

interface Topic {
  readonly topic: string;
  readonly fields: object;
  readonly frameId?: string;
}

/** The last frame that the model got, of a camera beside which these images come too. */
async function lastFrame(beside: readonly Topic[], options: BenchOptions = {}) {
  const frames: CameraFrame[] = [];
  const vlm = scriptedVlm(
    (frame) => {
      frames.push(frame);
      return 0.3;
    },
    { uses: [] },
  );
  const started = new Bench({ vlm, ...options });
  bench = started;
  for (let ms = 1000; ms <= 1500; ms += 100) {
    for (const { topic, fields, frameId } of beside) {
      const about = frameId === undefined ? {} : { header: header(ms, frameId) };
      started.publish(topic, IMAGE, { ...imageMessage(ms, fields), ...about });
    }
    await started.image(ms);
    await started.beat();
  }
  return { frame: frames.at(-1), bench: started, frames };
}

describe("the topics of a camera on the graph, as in a recording", () => {
  it("are what their encoding says, whatever their names", async () => {
    const { frame } = await lastFrame([
      { topic: "/camera/range/image", fields: DEPTH },
      { topic: "/camera/result/image", fields: IDS },
    ]);
    expect(frame?.depth).toMatchObject({ encoding: "16UC1" });
    expect(frame?.labels).toMatchObject({ encoding: "32SC1" });
  });

  it("are no depth and no labels where they are pictures of these, from the first one on", async () => {
    const { frames, bench } = await lastFrame([
      { topic: "/camera/depth/image_raw", fields: {} },
      { topic: "/camera/range/image", fields: DEPTH },
    ]);
    for (const { depth } of frames) if (depth) expect(depth).toMatchObject({ encoding: "16UC1" });
    expect(frames.at(-1)?.depth).toBeDefined();
    expect(bench.ros.logsAt("info").join("\n")).toMatch(
      /depth of \/camera\/color\/image_raw (is read from \/camera\/range\/image \(depth: 16UC1\), )?is no longer read from \/camera\/depth\/image_raw \(other: rgb8: a picture of depth\)/,
    );
  });

  it("are those of its optical frame, not of another camera's", async () => {
    const { frame } = await lastFrame([
      { topic: "/wrist/image_raw", fields: {}, frameId: "wrist_optical" },
      { topic: "/camera/near/depth", fields: DEPTH, frameId: "wrist_optical" },
      { topic: "/fused/far_depth", fields: DEPTH },
    ]);
    expect(frame?.depth).toBeDefined();
    expect(bench?.ros.subscribedTopics).toContain("/fused/far_depth");
    expect(bench?.ros.subscribedTopics).not.toContain("/camera/near/depth");
  });

  it("are what parameters say, unasked", async () => {
    const { frame, bench } = await lastFrame(
      [
        { topic: "/camera/depth/image_raw", fields: DEPTH },
        { topic: "/mine", fields: DEPTH },
      ],
      { parameters: { depth_topic: "/mine" } },
    );
    expect(frame?.depth).toBeDefined();
    expect(bench.ros.subscribedTopics).toEqual([COLOR, "/mine"]);
  });

  it("are asked for one message each, and no longer than that", async () => {
    const { bench } = await lastFrame([{ topic: "/other/view", fields: {} }]);
    expect(bench.ros.subscribedTopics).toEqual([COLOR]);
  });

  it("is told to be none where its own images are depth", async () => {
    const { bench } = await lastFrame([], { parameters: { camera: "/far/depth/image_raw" } });
    bench.publish("/far/depth/image_raw", IMAGE, imageMessage(1000, DEPTH));
    await bench.settle();
    expect((await bench.beat()).warnings.join("\n")).toContain(
      "/far/depth/image_raw is no colour camera: its images are depth (16UC1)",
    );
  });
});
