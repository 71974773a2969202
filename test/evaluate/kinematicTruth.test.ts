import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rosTimeOf } from "../../src/base/index.js";
import { evaluateRewardsCommand } from "../../src/cli/evaluateRewards.js";
import { type EvaluatedEpisode, NoRobotError, readEpisodes } from "../../src/evaluate/index.js";
import { BagWriter, openBag } from "../../src/sources/index.js";
import type { Task } from "../../src/task/index.js";
import { PICK, recorded, taskOf } from "../kinematics/robot.js";
import { printedBy } from "../support/cli.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinematic-truth-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A robot's recording of a grasp, annotated: TF of hand and camera, joints, rewards; no thing's frame. */
async function annotatedGrasp(name: string, taskText: string, biasM = 0): Promise<string> {
  const path = join(folder, name, `${name}.mcap`);
  const writer = await BagWriter.create(path);
  for (const [topic, type] of [
    ["/tf", "tf2_msgs/msg/TFMessage"],
    ["/joint_states", "sensor_msgs/msg/JointState"],
    ["/spatial_reward/reward", "spatial_reward_msgs/msg/DenseReward"],
    ["/spatial_reward/facts", "spatial_reward_msgs/msg/SpatialFacts"],
  ] as const) {
    await writer.addTopic({ name: topic, type });
  }
  for (const [i, { stampNs, poses, joints }] of recorded(PICK).entries()) {
    const stamp = rosTimeOf(stampNs);
    const transforms = [...poses].map(
      ([
        child,
        {
          position: [x, y, z],
          rotation,
        },
      ]) => ({
        header: { stamp, frame_id: "base" },
        child_frame_id: child,
        transform: {
          translation: { x, y, z },
          rotation: { x: rotation[0], y: rotation[1], z: rotation[2], w: rotation[3] },
        },
      }),
    );
    await writer.write("/tf", stampNs, { transforms });
    await writer.write("/joint_states", stampNs, {
      header: { stamp, frame_id: "" },
      name: [...joints.keys()],
      position: [...joints.values()],
    });
    if (i % 3 !== 0) continue;
    const [x = 0, y = 0, z = 0] = poses.get("hand")?.position ?? [];
    const said = Math.hypot(x, y, z) + biasM;
    const common = { header: { stamp, frame_id: "optical" }, camera: "front", model: "sick" };
    await writer.write("/spatial_reward/reward", stampNs, {
      ...common,
      task: "pick",
      episode: name,
      reward: -said,
      progress: 0.5,
      measurement_names: ["reach"],
      measurement_values: [said],
      measurement_sigmas: [0.02],
      measurement_validity: [0],
      ended: "",
    });
    const facts = [{ name: "reach", valid: true, value: said }];
    await writer.write("/spatial_reward/facts", stampNs, { ...common, facts });
  }
  await writer.addMetadata("spatial_reward", new Map([["task", taskText]]));
  await writer.close();
  return path;
}

async function read(path: string, task?: Task): Promise<EvaluatedEpisode | undefined> {
  const bag = await openBag(path);
  try {
    const [episode] = await readEpisodes(bag, { truth: "kinematics", ...(task && { task }) });
    return episode;
  } finally {
    await bag.close();
  }
}

describe("evaluate rewards by the robot's kinematics", () => {
  const robotic = taskOf("{}", ", held_at: [5 cm, 7 cm]");
  const bare = taskOf("{}", "").source.replace(", grasp: {}", "");

  it("has the truth before the grasp, held and at rest, without any thing's frame", async () => {
    const episode = await read(await annotatedGrasp("graspA", robotic.source));
    const reach = episode?.measurements.find(({ name }) => name === "reach");
    expect(reach?.truth[0]).toBeCloseTo(0.424, 3);
    expect(reach?.truth[20]).toBeCloseTo(0.2, 2);
    expect(reach?.truth[45]).toBe(0);
    expect(reach?.truth.at(-1)).toBeCloseTo(0.42, 1);
    const lift = episode?.measurements.find(({ name }) => name === "lift");
    expect(lift?.truth[50]).toBeCloseTo(0.1, 2);
    expect(episode?.truthNotes).toEqual([
      "at 3.4 s the gripper grasped the red mug, by the opening of its fingers",
    ]);
  });

  it("says which task it needs where the recorded one knows no gripper, and takes a given one", async () => {
    const path = await annotatedGrasp("graspB", bare);
    await expect(read(path)).rejects.toThrow(NoRobotError);
    await expect(read(path)).rejects.toThrow(/`grasp` to the gripper in the task file/);
    expect((await read(path, robotic))?.measurements[0]?.truth[0]).toBeCloseTo(0.424, 3);
  });

  it("prints what the truth rests on", async () => {
    const path = await annotatedGrasp("graspC", robotic.source, 0.05);
    const printed = await printedBy(evaluateRewardsCommand(), path, "--truth", "kinematics");
    expect(printed).toContain("graspC: at 3.4 s the gripper grasped the red mug");
    expect(printed).toMatch(/mae +0\.\d+/);
  });
});
