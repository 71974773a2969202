import { setTimeout } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { SpatialVlm } from "../../../src/models/index.js";
import { scriptedVlm } from "../../support/models.js";
import { COLOR, startBench, TASK } from "./bench.js";

describe("the life cycle of a bridge", () => {
  it("starts by itself", async () => {
    const bench = await startBench();
    expect(bench.node.lifecycleState).toBe("active");
    expect(bench.ros.subscribedTopics).toEqual([COLOR]);
  });

  it("waits for a manager where autostart is false, and subscribes only while active", async () => {
    const bench = await startBench({ parameters: { autostart: false } });
    expect(bench.node.lifecycleState).toBe("unconfigured");
    expect(bench.ros.subscribedTopics).toEqual([]);
    await bench.node.transition("configure");
    expect(bench.ros.subscribedTopics).toEqual([]);
    await bench.node.transition("activate");
    expect(bench.ros.subscribedTopics).toContain(COLOR);
    await bench.node.transition("deactivate");
    expect(bench.ros.subscribedTopics).toEqual([]);
    await bench.node.transition("cleanup");
    expect(bench.node.lifecycleState).toBe("unconfigured");
  });

  it("has a bond with its manager while it is active", async () => {
    const bench = await startBench({
      parameters: { autostart: false },
      name: "/robot1/spatial_reward",
    });
    const beats = bench.listen("/robot1/bond", "bond/msg/Status") as {
      id: string;
      instance_id: string;
      active: boolean;
    }[];
    await bench.node.transition("configure");
    await bench.settle();
    expect(beats).toEqual([]);
    await bench.node.transition("activate");
    await vi.waitFor(() => expect(beats.length).toBeGreaterThan(3), { timeout: 60_000 });
    expect(new Set(beats.map(({ instance_id }) => instance_id)).size).toBe(1);
    expect(beats[0]).toMatchObject({ id: "spatial_reward", active: true });
    await bench.node.transition("deactivate");
    await bench.settle();
    expect(beats.at(-1)).toMatchObject({ active: false });
    const ended = beats.length;
    await setTimeout(300);
    expect(beats).toHaveLength(ended);
  });

  it("has none where it starts by itself", async () => {
    const bench = await startBench();
    const beats = bench.listen("/bond", "bond/msg/Status");
    await setTimeout(300);
    expect(beats).toEqual([]);
  });

  it("closes the model on cleanup and loads it again on configure", async () => {
    const events: string[] = [];
    const createModel = async (spec: string): Promise<SpatialVlm> => {
      events.push(`load ${spec}`);
      return scriptedVlm(() => 0.3, { close: async () => void events.push("close") });
    };
    const bench = await startBench({ createModel });
    for (const transition of ["deactivate", "cleanup", "configure"] as const) {
      await bench.node.transition(transition);
      await bench.settle();
    }
    expect(events).toEqual(["load embedded", "close", "load embedded"]);
  });

  it("stays unconfigured without a usable task, says why, and starts when it is there", async () => {
    const bench = await startBench({ parameters: { task: "/nowhere/pick.yaml" } });
    expect(bench.node.lifecycleState).toBe("unconfigured");
    expect(bench.ros.logsAt("error")[0]).toBe(
      "Cannot read the task file /nowhere/pick.yaml: no such file.",
    );
    expect((await bench.beat()).state).toBe(0);
    expect(await bench.set("task", bench.taskPath)).toMatchObject({ successful: true });
    expect(await bench.node.transition("configure")).toBe(true);
    expect(await bench.node.transition("activate")).toBe(true);
  });

  it("stays unconfigured where no camera is configured", async () => {
    const bench = await startBench({ parameters: { camera: "" } });
    expect(bench.node.lifecycleState).toBe("unconfigured");
    expect(bench.ros.logsAt("error")[0]).toContain("no camera is configured");
  });

  it("is active at once while its model is still loading, and drops images until then", async () => {
    let ready!: (vlm: SpatialVlm) => void;
    const createModel = () => new Promise<SpatialVlm>((resolve) => (ready = resolve));
    const bench = await startBench({ createModel });
    expect((await bench.beat()).warnings).toEqual(["embedded is loading"]);
    await bench.image(1000);
    const loading = await bench.beat();
    expect(loading.warnings).toEqual(["images are dropped: embedded is loading"]);
    expect(loading).toMatchObject({
      state: 2,
      model_state: 1,
      model_message: "embedded is loading",
    });
    expect(loading.cameras[0]).toMatchObject({ frames_in: 1n, frames_dropped: 1n });
    expect(await bench.call("ask_spatial", {})).toMatchObject({
      success: false,
      message: "not ready: embedded is loading",
    });
    ready(scriptedVlm(() => 0.3));
    await bench.settle();
    await bench.image(1100);
    expect(bench.annotations).toHaveLength(1);
    expect((await bench.beat()).model_state).toBe(2);
  });

  it("tries a model that cannot be loaded again after a while", async () => {
    let tries = 0;
    const createModel = async () => {
      tries += 1;
      if (tries === 1) throw new Error("nothing listens on port 8000");
      return scriptedVlm(() => 0.3);
    };
    const bench = await startBench({ createModel });
    expect(await bench.beat()).toMatchObject({ model_state: 3 });
    expect(bench.ros.logsAt("error")[0]).toContain("nothing listens on port 8000");
    await bench.beat(10);
    expect(await bench.beat()).toMatchObject({ model_state: 2 });
  });

  it("aborts what is in flight when it is closed", async () => {
    let reason: unknown;
    const vlm: SpatialVlm = {
      ...scriptedVlm(() => 0),
      ask: (_frame, _questions, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(signal.reason);
          });
        }),
    };
    const bench = await startBench({ vlm });
    await bench.image(1000);
    await bench.close();
    expect(reason).toBeInstanceOf(DOMException);
    expect(bench.ros.subscribedTopics).toEqual([]);
    expect(bench.ros.publishersOf("/spatial_reward/reward")).toEqual([]);
  });
});

describe("parameters of a running bridge", () => {
  it("takes another task, and begins an episode", async () => {
    const bench = await startBench();
    const other = bench.write("other.yaml", TASK.replace("name: reach", "name: near"));
    await bench.image(1000);
    expect(await bench.set("task", other)).toMatchObject({ successful: true });
    await bench.image(1100);
    expect(bench.annotations.map(({ reward }) => reward.episode)).toEqual(["1", "2"]);
    expect(await bench.beat()).toMatchObject({ task: "near", episodes: 2 });
  });

  it("refuses a task with a mistake, names its line, and keeps the present one", async () => {
    const bench = await startBench();
    const broken = bench.write("broken.yaml", TASK.replace("kind: distance", "kind: distanse"));
    const { successful, reason } = await bench.set("task", broken);
    expect(successful).toBe(false);
    expect(reason).toContain("broken.yaml:6");
    await bench.image(1000);
    expect(bench.annotations).toHaveLength(1);
  });

  it("loads another model when vlm is set", async () => {
    const specs: string[] = [];
    const createModel = async (spec: string) => {
      specs.push(spec);
      return scriptedVlm(() => 0.3, { id: spec });
    };
    const bench = await startBench({ createModel });
    expect(await bench.set("vlm", "rgbd?seed=2")).toMatchObject({ successful: true });
    await bench.settle();
    await bench.image(1000);
    expect(specs).toEqual(["embedded", "rgbd?seed=2"]);
    expect(bench.annotations[0]).toMatchObject({ model: "rgbd?seed=2", reward: { episode: "2" } });
  });

  it("refuses what cannot change now, and says what to do", async () => {
    const bench = await startBench();
    expect(await bench.set("camera", "/other")).toMatchObject({
      successful: false,
      reason: "parameter camera cannot change while the node is active: deactivate it first",
    });
    expect((await bench.set("record", "x.mcap")).reason).toContain("clean it up first");
    expect((await bench.set("autostart", false)).reason).toContain("cannot change at run time");
    expect((await bench.set("rate", -1)).reason).toContain("from 0 to 1000");
    await bench.node.transition("deactivate");
    expect(await bench.set("camera", "/other")).toMatchObject({ successful: true });
    await bench.node.transition("activate");
    expect(bench.ros.subscribedTopics).toContain("/other/image_raw");
  });

  it("takes over what all cameras share where nothing else is said of one", async () => {
    const bench = await startBench();
    bench.offer(COLOR, "sensor_msgs/msg/Image");
    await bench.node.transition("deactivate");
    expect(await bench.set("reliability", "reliable")).toMatchObject({ successful: true });
    await bench.node.transition("activate");
    expect((await bench.beat()).warnings.join()).toContain("requests reliable");
  });

  it("fails an episode that lasts longer than episode_timeout", async () => {
    const bench = await startBench({ parameters: { episode_timeout: 2 } });
    for (const ms of [1000, 2000, 3500]) await bench.image(ms);
    expect(bench.annotations.map(({ reward }) => reward.ended)).toEqual([
      undefined,
      undefined,
      "timeout",
    ]);
  });
});
