import { describe, expect, it } from "vitest";
import type { SpatialVlm } from "../../../src/models/index.js";
import { type Said, scriptedVlm } from "../../support/models.js";
import { type Bench, type BenchOptions, COLOR, imageMessage, startBench } from "./bench.js";

const OPTICAL = "camera_color_optical_frame";
/** As the tasks that are shipped: its objects have TF frames, which a robot may not have. */
const TASK = `name: reach
objects:
  gripper: { phrase: the gripper, frame: tool0 }
  mug: { phrase: the mug, frame: red_mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  size: { kind: width, subject: gripper }
reward:
  terms: { near: 1 - size / 1 m }
`;

function start(options: BenchOptions = {}): Promise<Bench> {
  return startBench({ task: TASK, ...options });
}

/** A model that knows an object by its pose alone. */
function poseVlm(): SpatialVlm {
  return scriptedVlm((frame, question): Said => {
    if (question.kind === "open") return 1;
    for (const ref of [question.subject, question.object]) {
      const pose = ref?.frame === undefined ? undefined : frame.poses?.get(ref.frame);
      if (pose?.ok === false) return { reason: "no_transform", detail: pose.reason };
    }
    return 0.3;
  });
}

const validities = (bench: Bench) => bench.annotations.map(({ reward }) => reward.validity);

describe("a bridge on a robot whose /tf lacks the task's frames", () => {
  it("does not listen to /tf for a model that does not look at poses", async () => {
    const bench = await start({ vlm: scriptedVlm(() => 0.3, { uses: ["info"] }) });
    expect(bench.ros.subscribedTopics).toEqual([COLOR]);
    for (let ms = 1000; ms < 1300; ms += 33) {
      await bench.tf(ms, "base_link>tool0");
      await bench.image(ms);
    }
    expect(validities(bench)).toEqual(Array(10).fill("ok"));
  });

  it("listens where the parameter tf_frames names frames", async () => {
    const vlm = scriptedVlm(() => 0.3, { uses: [] });
    const bench = await start({ vlm, parameters: { tf_frames: ["tool0"] } });
    expect(bench.ros.subscribedTopics).toEqual([COLOR, "/tf", "/tf_static"]);
    await bench.staticTf(`base_link>${OPTICAL}`);
    await bench.tf(1000, "base_link>tool0");
    await bench.image(1000);
    const poses = [...(bench.annotations[0]?.frame.poses ?? [])];
    expect(poses.map(([name, { ok }]) => [name, ok])).toEqual([["tool0", true]]);
  });

  it("waits for no frame that never came, and only its measurements suffer", async () => {
    const bench = await start({ vlm: poseVlm() });
    await bench.staticTf(`base_link>${OPTICAL}`);
    for (let ms = 1000; ms < 1300; ms += 33) {
      await bench.tf(ms, "base_link>tool0");
      await bench.image(ms);
    }
    expect(validities(bench)).toEqual(Array(10).fill("ok"));
    const [reach, size] = bench.annotations.at(-1)?.measurements ?? [];
    expect(reach).toMatchObject({ validity: "invalid" });
    expect(reach?.reason).toBe(
      `no_transform: red_mug has not been received; /tf has: base_link, ${OPTICAL}, tool0`,
    );
    expect(size).toMatchObject({ validity: "ok" });
    const { warnings } = await bench.beat();
    expect(warnings).toContain(
      `TF frame red_mug has not been received; /tf has: base_link, ${OPTICAL}, tool0`,
    );
  });

  it("says so where /tf is not published", async () => {
    const bench = await start({ vlm: poseVlm() });
    await bench.image(1000);
    expect((await bench.beat()).warnings).toContain(
      "TF frames tool0, red_mug have not been received; /tf is not published",
    );
  });
});

describe("a bridge whose model looks at poses", () => {
  it("waits for the transform of after the image, and not for the next image", async () => {
    const bench = await start({ vlm: poseVlm() });
    await bench.staticTf(`base_link>${OPTICAL}`);
    await bench.tf(990, "base_link>tool0", "base_link>red_mug");
    await bench.image(1000);
    expect(bench.annotations).toEqual([]);
    await bench.tf(1010, "base_link>tool0", "base_link>red_mug");
    expect(validities(bench)).toEqual(["ok"]);
    expect(bench.annotations[0]?.frame.poses?.get("red_mug")).toMatchObject({ ok: true });
  });

  it("does not wait for a publisher that has died", async () => {
    const bench = await start({ vlm: poseVlm() });
    await bench.staticTf(`base_link>${OPTICAL}`);
    await bench.tf(990, "base_link>tool0", "base_link>red_mug");
    await bench.image(5000);
    expect(bench.annotations).toHaveLength(1);
    expect(bench.annotations[0]?.measurements[0]?.reason).toContain("older than the image");
  });

  it("survives what is no message of /tf", async () => {
    const bench = await start({ vlm: poseVlm() });
    await bench.tf(990, "base_link>tool0");
    bench.publish("/tf", "tf2_msgs/msg/TFMessage", new Uint8Array([0, 1, 0, 0, 9, 0, 0, 0]));
    bench.publish("/tf", "tf2_msgs/msg/TFMessage", new Uint8Array());
    await bench.settle();
    await bench.image(1000);
    expect(bench.annotations).toHaveLength(1);
    expect(bench.ros.logsAt("warn").join()).toContain("/tf: not a tf2_msgs/TFMessage message");
  });
});

describe("a part that is offered and does not come", () => {
  const DEPTH = "/camera/depth/image_raw";
  const IMAGE = "sensor_msgs/msg/Image";

  it("holds images up for a second and a half, then no more, and is told", async () => {
    const bench = await start({ vlm: scriptedVlm(() => 0.3, { uses: [] }) });
    bench.offer(DEPTH, IMAGE);
    await bench.image(1000);
    await bench.beat();
    for (let ms = 1100; ms <= 1500; ms += 100) await bench.image(ms);
    // At first an image waits for half a second.
    expect(bench.annotations).toEqual([]);
    for (let ms = 1600; ms <= 3000; ms += 100) await bench.image(ms);
    expect(bench.annotations.at(-1)?.frame.stampNs).toBe(3_000_000_000n);
    const { warnings, cameras } = await bench.beat(5);
    expect(cameras[0]).toMatchObject({ frames_in: 21n, frames_pending: 0n });
    expect(warnings.join()).toContain(
      `no depth: ${DEPTH} has a publisher, but nothing arrives: images are processed without depth`,
    );
  });

  it("is waited for again once it comes", async () => {
    const bench = await start({ vlm: scriptedVlm(() => 0.3, { uses: [] }) });
    const field = { encoding: "16UC1", step: 4, data: new Uint8Array(4) };
    const depth = (ms: number) => bench.publish(DEPTH, IMAGE, imageMessage(ms, field));
    bench.offer(DEPTH, IMAGE);
    await bench.beat();
    for (let ms = 1000; ms <= 3000; ms += 100) await bench.image(ms);
    depth(3100);
    await bench.image(3100);
    await bench.image(3200);
    depth(3200);
    await bench.settle();
    const [before, last] = bench.annotations.slice(-2);
    expect([before?.frame.stampNs, last?.frame.stampNs]).toEqual([3_100_000_000n, 3_200_000_000n]);
    expect(last?.frame.depth).toBeDefined();
  });
});
