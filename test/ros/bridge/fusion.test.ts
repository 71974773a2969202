import { describe, expect, it } from "vitest";
import { calibrationKey } from "../../../src/calibrate/index.js";
import { UNMEASURED } from "../../../src/language/index.js";
import { DEFAULT_QOS, SENSOR_QOS } from "../../../src/ros/index.js";
import { answerOf, scriptedVlm } from "../../support/models.js";
import { type Bench, type BenchOptions, COLOR, header, startBench } from "./bench.js";

const OPTICAL = "camera_color_optical_frame";
const TASK = `name: reach
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: { topic: /joints, joints: [fingers] } }
  mug: { phrase: the mug, held_at: [6 cm, 8 cm] }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
staleness: 60 s
stages:
  - { name: near, progress: 1 - reach / 1 m, until: reach < 1 mm }
reward: { terms: { near: -reach }, shaping: { gamma: 1, potential: progress } }
`;

/** The gripper comes down on the mug at 10 cm/s; what the model says of it. */
const distanceM = (ms: number) => 0.6 - (0.1 * (ms - 1000)) / 1000;
const vlm = () =>
  scriptedVlm(() => 0, {
    async ask({ stampNs }, questions) {
      const saidM = 0.57 * distanceM(Number(stampNs / 1_000_000n)) + 0.06;
      return questions.map((question) => ({
        ...answerOf(question, saidM),
        reliability: UNMEASURED,
      }));
    },
  });

async function start(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench({ task: TASK, vlm: vlm(), ...options });
  await bench.staticTf(`world>${OPTICAL}`);
  return bench;
}

async function robotAt(bench: Bench, ms: number): Promise<void> {
  const translation = { x: 0.1, y: 0, z: distanceM(ms) };
  const transform = { translation, rotation: { x: 0, y: 0, z: 0, w: 1 } };
  const transforms = [{ header: header(ms, "world"), child_frame_id: "hand", transform }];
  bench.publish("/tf", "tf2_msgs/msg/TFMessage", { transforms }, DEFAULT_QOS);
  const joints = { header: header(ms, ""), name: ["fingers"], position: [0.1] };
  bench.publish("/joints", "sensor_msgs/msg/JointState", {
    ...joints,
    ...{ velocity: [], effort: [] },
  });
  await bench.settle();
}

/** The robot at 50 Hz and, until `lastImageMs`, the camera at 10 Hz. */
async function run(bench: Bench, fromMs: number, toMs: number, lastImageMs = toMs): Promise<void> {
  for (let ms = fromMs; ms <= toMs; ms += 20) {
    await robotAt(bench, ms);
    if (ms % 100 === 0 && ms <= lastImageMs) await bench.image(ms);
  }
}

const millis = ({ sec, nanosec }: { sec: number; nanosec: number }) => 1000 * sec + nanosec / 1e6;

/** A calibration of the scripted model, or of one with another fingerprint. */
function calibrationText(fingerprint = "scripted 1"): string {
  return `version: 1
model: scripted
model_sha256: ${calibrationKey({ fingerprint })}
task: reach
recordings: []
episodes: 5
answers: 500
lengths:
  all:
    curve: { slope: 0.57, offset_m: 0.06 }
    spread: { relative_sigma: 0.05, absolute_sigma_m: 0.005, wild_share: 0.01 }
    correlation_s: 0
    conformal: { factor_68: 1, factor_95: 2 }
    holds_m: [0.02, 0.7]
    curve_sigma: { relative_slope: 0.02, offset_m: 0.003 }
`;
}

describe("a bridge on a robot whose task names the gripper", () => {
  it("fuses the answers with the gripper's transforms and the topic of its joints", async () => {
    const bench = await start();
    expect(bench.ros.subscribedTopics).toEqual([COLOR, "/joints", "/tf", "/tf_static"]);
    await run(bench, 1000, 2500);
    const last = bench.annotations.at(-1);
    expect(last?.measurements[0]).toMatchObject({ basis: "fused", validity: "ok" });
    const samples = last?.frame.kinematics ?? [];
    expect(samples.map(({ stampNs }) => Number(stampNs / 1_000_000n))).toEqual([
      2420, 2440, 2460, 2480, 2500,
    ]);
    expect([...(samples.at(-1)?.joints ?? [])]).toEqual([["fingers", 0.1]]);
    expect(bench.annotations.every(({ outcome }) => outcome === "annotated")).toBe(true);
  });

  it("takes the gripper's opening from a topic of another type", async () => {
    const bench = await start({
      task: TASK.replace("topic: /joints, joints: [fingers]", "topic: /opening"),
      parameters: { use_sim_time: true },
    });
    const clock = bench.ros.join("/sim").advertise("/clock", "rosgraph_msgs/msg/Clock", SENSOR_QOS);
    const opening = bench.offer("/opening", "std_msgs/msg/Float64");
    await bench.beat();
    // The message has no stamp: the time when it comes is its own.
    clock.publish({ clock: { sec: 1, nanosec: 90_000_000 } });
    await run(bench, 1000, 1080);
    opening.publish({ data: 0.07 });
    await run(bench, 1100, 1200);
    const joints = bench.annotations.at(-1)?.frame.kinematics?.at(-1)?.joints;
    expect([...(joints ?? [])]).toEqual([["/opening", 0.07]]);
  });

  it("says which types tell joints where the topic has none of them", async () => {
    const bench = await start();
    bench.offer("/joints", "std_msgs/msg/String");
    await bench.beat();
    expect(bench.ros.logs.map(({ message }) => message).join()).toMatch(
      /\/joints: std_msgs\/msg\/String tells no joints; sensor_msgs\/msg\/JointState, std_msgs/,
    );
  });

  it("gives an image the robot since the image that was annotated before, not the dropped one", async () => {
    let release = (): void => {};
    const slow = scriptedVlm(
      () => new Promise<number>((resolve) => (release = () => resolve(0.3))),
    );
    const bench = await start({ vlm: slow });
    await run(bench, 1000, 1400);
    for (let i = 0; i < 2; i++) {
      release();
      await bench.settle();
    }
    const [first, second] = bench.annotations;
    expect([first, second].map((it) => Number((it?.frame.stampNs ?? 0n) / 1_000_000n))).toEqual([
      1000, 1400,
    ]);
    expect(second?.frame.kinematics).toHaveLength(20);
  });

  it("forgets the robot's way when time jumps back", async () => {
    const bench = await start();
    await run(bench, 5000, 5200);
    await run(bench, 1000, 1200);
    const { frame, reward } = bench.annotations.at(-1) ?? {};
    expect(reward?.episode).toBe("2");
    expect(Number(frame?.kinematics?.[0]?.stampNs)).toBeLessThan(1.2e9);
  });

  it("continues without the robot's transforms, and without fusion", async () => {
    const bench = await start({ parameters: { fused_rate: 50 } });
    for (let ms = 1000; ms < 1500; ms += 100) await bench.image(ms);
    expect(bench.annotations).toHaveLength(5);
    expect(bench.annotations.at(-1)?.measurements[0]).toMatchObject({ validity: "ok" });
    expect(bench.annotations.at(-1)?.measurements[0]?.basis).toBeUndefined();
  });
});

describe("a gripper whose TF tells what it holds", () => {
  it("is told which frames have not come, until one has", async () => {
    const task = TASK.replace(
      "{ topic: /joints, joints: [fingers] }",
      "{ attached: true }",
    ).replace("held_at: [6 cm, 8 cm]", "frame: mug");
    const bench = await start({ task });
    await robotAt(bench, 1000);
    expect((await bench.beat()).warnings).toEqual([
      "TF frame mug has not been received: until then, nothing counts as held by hand (attached in the task)",
    ]);
    await bench.tf(1020, "world>mug");
    expect((await bench.beat()).warnings).toEqual([]);
  });
});

describe("fused_rate", () => {
  it("publishes predicted rewards between images, at the stamps of TF", async () => {
    const bench = await start({ parameters: { fused_rate: 50 } });
    const rewards = bench.listen(
      "/spatial_reward/reward",
      "spatial_reward_msgs/msg/DenseReward",
    ) as {
      header: { stamp: { sec: number; nanosec: number } };
      predicted: boolean;
      reward: number;
      measurement_values: number[];
      measurement_bases: string[];
    }[];
    const facts = bench.listen("/spatial_reward/facts", "spatial_reward_msgs/msg/SpatialFacts");
    await run(bench, 1000, 2500, 2000);
    const predicted = rewards.filter((reward) => reward.predicted);
    expect(rewards.length - predicted.length).toBe(11);
    expect(facts).toHaveLength(11);
    const after = predicted.map(({ header }) => millis(header.stamp)).filter((ms) => ms > 2000);
    expect(after).toEqual(Array.from({ length: 25 }, (_, i) => 2020 + 20 * i));
    expect(predicted.at(-1)?.measurement_bases).toEqual(["predicted"]);
    // No image for half a second, and the values have followed the gripper, which went 5 cm.
    const [from, to] = [predicted.at(-26), predicted.at(-1)];
    const wayM = (from?.measurement_values[0] ?? 0) - (to?.measurement_values[0] ?? 0);
    expect(wayM).toBeGreaterThan(0.01);
    expect(wayM).toBeLessThan(0.07);
  });

  it("is the most of them in a second", async () => {
    const bench = await start({ parameters: { fused_rate: 10 } });
    await run(bench, 1000, 2900, 1500);
    const predicted = bench.annotations.filter(({ outcome }) => outcome === "predicted");
    const stamps = predicted.map(({ frame }) => Number(frame.stampNs / 1_000_000n));
    expect(stamps.filter((ms) => ms > 1900)).toHaveLength(10);
  });

  it("changes no reward of an image", async () => {
    const rewardsOf = async (fusedRate: number) => {
      const bench = await start({ parameters: { fused_rate: fusedRate } });
      await run(bench, 1000, 2500);
      return bench.annotations.flatMap(({ outcome, reward }) =>
        outcome === "predicted" ? [] : [reward],
      );
    };
    expect(await rewardsOf(50)).toEqual(await rewardsOf(0));
  });

  it("ends with its episode: a reset has no rewards of before it", async () => {
    const bench = await start({ parameters: { fused_rate: 50 } });
    await run(bench, 1000, 1500);
    await bench.call("reset_episode", { episode: "b" });
    const before = bench.annotations.length;
    await run(bench, 1520, 1580);
    expect(bench.annotations).toHaveLength(before);
    await run(bench, 1600, 1680);
    expect(bench.annotations.slice(before).map(({ reward }) => reward.episode)).toEqual(
      Array(bench.annotations.length - before).fill("b"),
    );
  });

  it("says that it has no effect for a task without a gripper", async () => {
    const task = TASK.replace(", grasp: { topic: /joints, joints: [fingers] }", "").replace(
      ", held_at: [6 cm, 8 cm]",
      "",
    );
    const bench = await start({ task, parameters: { fused_rate: 50 } });
    expect(bench.ros.logs.map(({ message }) => message)).toContain(
      "fused_rate has no effect: the task reach names no gripper (grasp)",
    );
  });
});

describe("corrections", () => {
  it("are published by themselves: each image's reward, then what was predicted after it again", async () => {
    const release: (() => void)[] = [];
    const late = scriptedVlm(() => 0, {
      async ask({ stampNs }, questions) {
        const saidM = 0.57 * distanceM(Number(stampNs / 1_000_000n)) + 0.06;
        if (stampNs > 2_000_000_000n) await new Promise<void>((resolve) => release.push(resolve));
        return questions.map((question) => ({
          ...answerOf(question, saidM),
          reliability: UNMEASURED,
        }));
      },
    });
    const bench = await start({ vlm: late, parameters: { fused_rate: 50, corrections: true } });
    const type = "spatial_reward_msgs/msg/DenseReward";
    const stampsOf = (topic: string) =>
      bench.listen(topic, type) as {
        header: { stamp: { sec: number; nanosec: number } };
        predicted: boolean;
      }[];
    const [rewards, corrected] = [
      stampsOf("/spatial_reward/reward"),
      stampsOf("/spatial_reward/reward_corrected"),
    ];
    await run(bench, 1000, 2300, 2100);
    const published = rewards.length;
    expect(corrected.map(({ header }) => millis(header.stamp)).at(-1)).toBe(2000);
    release[0]?.();
    await bench.settle();
    const stamps = corrected.map(({ header }) => millis(header.stamp)).slice(-11);
    expect(stamps).toEqual([2100, ...Array.from({ length: 10 }, (_, i) => 2120 + 20 * i)]);
    expect(corrected.slice(-11).map(({ predicted }) => predicted)).toEqual([
      false,
      ...Array<boolean>(10).fill(true),
    ]);
    // On the reward's own topic, the image alone is new.
    expect(rewards).toHaveLength(published + 1);
  });
});

describe("calibration", () => {
  it("is used from the first image on", async () => {
    const bench = await start();
    const path = bench.write("my.yaml", calibrationText());
    expect(await bench.set("calibration", path)).toMatchObject({ successful: true });
    await run(bench, 1000, 1500);
    const value = bench.annotations.at(-1)?.measurements[0];
    expect(value?.calibrated).toBeCloseTo(distanceM(1500), 1);
    expect((await bench.beat()).warnings).toEqual([]);
  });

  it("of another model is refused with the reason; the node stays up, and its rewards uncalibrated", async () => {
    const path = new URL("wrong.yaml", `file://${process.cwd()}/`).pathname;
    const bench = await start({ parameters: { calibration: path } });
    const warned = (await bench.beat()).warnings.join("\n");
    expect(warned).toBe(
      `no calibration is used: Cannot read the calibration ${path}: no such file.`,
    );
    const other = bench.write("other.yaml", calibrationText("another prompt"));
    const answer = await bench.set("calibration", other);
    expect(answer.successful).toBe(false);
    expect(answer.reason).toContain("not the calibration of this model");
    await run(bench, 1000, 1200);
    const value = bench.annotations.at(-1)?.measurements[0];
    expect(value).toMatchObject({ validity: "ok" });
    expect(value?.calibrated).toBeUndefined();
  });

  it("warns when the answers leave it, where TF tells the truth", async () => {
    const task = TASK.replace("phrase: the mug", "phrase: the mug, frame: mug");
    const bench = await start({ task });
    await bench.set("calibration", bench.write("my.yaml", calibrationText()));
    const diagnostics = bench.listen("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray");
    await bench.staticTf("hand>mug");
    await run(bench, 1000, 5500);
    const [warning] = (await bench.beat()).warnings;
    expect(warning).toMatch(
      /^reach, since the image of 1\.\d s: \d\d of the last 40 answers lie below what the calibration/,
    );
    const { status } = diagnostics.at(-1) as { status: { level: number; message: string }[] };
    expect(status[0]).toMatchObject({ level: 1, message: warning });
  });

  it("starts a new episode when it is set", async () => {
    const bench = await start();
    await run(bench, 1000, 1200);
    await bench.set("calibration", bench.write("my.yaml", calibrationText()));
    await run(bench, 1220, 1400);
    expect([...new Set(bench.annotations.map(({ reward }) => reward.episode))]).toEqual(["1", "2"]);
  });
});
