import { describe, expect, it } from "vitest";
import { rosClock } from "../../../src/ros/bridge/rosClock.js";
import { SENSOR_QOS } from "../../../src/ros/index.js";
import { frameOf } from "../../support/frames.js";
import { scriptedVlm } from "../../support/models.js";
import { TASK, testBench } from "./bench.js";

describe("a bridge whose model answers late", () => {
  it("publishes the reward as late, never as current", async () => {
    let answer: (said: number) => void = () => undefined;
    const vlm = scriptedVlm(
      () =>
        new Promise<number>((resolve) => {
          answer = resolve;
        }),
    );
    const task = TASK.replace("staleness: 60 s", "staleness: 0.5 s");
    const bench = testBench({ vlm, task, parameters: { use_sim_time: true } });
    const clock = bench.ros.join("/sim").advertise("/clock", "rosgraph_msgs/msg/Clock", SENSOR_QOS);
    const time = async (seconds: number) => {
      clock.publish({ clock: { sec: Math.floor(seconds), nanosec: (seconds % 1) * 1e9 } });
      await bench.settle();
    };
    await bench.settle();
    await time(100);
    const rewards = bench.listen("/spatial_reward/reward", "spatial_reward_msgs/msg/DenseReward");
    const values = bench.listen("/spatial_reward/reward_value", "std_msgs/msg/Float64");
    const facts = bench.listen("/spatial_reward/facts", "spatial_reward_msgs/msg/SpatialFacts");
    const markers = bench.listen("/spatial_reward/markers", "visualization_msgs/msg/MarkerArray");
    await bench.image(100_000);
    await time(102);
    answer(0.3);
    await bench.settle();
    const header = { stamp: { sec: 100, nanosec: 0 } };
    expect(rewards).toMatchObject([{ header, late: true, validity: 1, reward: 0.7 }]);
    expect(facts).toMatchObject([
      { header, late: true, facts: [{ value: 0.3, model: "scripted" }] },
    ]);
    expect(values).toEqual([{ data: Number.NaN }]);
    expect(markers).toEqual([]);
    expect(bench.ros.logs.map(({ message }) => message).join()).toContain(
      "the model took 5 ms: the image reached this node late",
    );

    await bench.image(102_000);
    answer(0.2);
    await bench.settle();
    expect(rewards[1]).toMatchObject({ late: false, validity: 0 });
    expect(values[1]).toEqual({ data: expect.closeTo(0.8, 3) });
  });
});

describe("rosClock", () => {
  const ageOf = (nowMs: number, stampMs: number) =>
    rosClock({ now: () => BigInt(nowMs) * 1_000_000n }).ageOnArrivalS(
      frameOf({ stampNs: BigInt(stampMs) * 1_000_000n }),
    );

  it("counts what an image took on its way, unless it is stamped by another clock", () => {
    expect(ageOf(5_300, 5_000)).toBeCloseTo(0.3, 9);
    expect(ageOf(5_000, 5_100)).toBe(0);
    expect(ageOf(1_700_000_000_000, 5_000)).toBe(0);
  });
});
