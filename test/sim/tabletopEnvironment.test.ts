import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distanceBetween, type Vec3 } from "../../src/base/index.js";
import type { RawImage } from "../../src/camera/index.js";
import { SimError, STATE_NAMES, TabletopEnvironment } from "../../src/sim/index.js";

const SMALL = { width: 32, height: 24 } as const;

let table: TabletopEnvironment;
beforeAll(async () => {
  table = await TabletopEnvironment.create({ ...SMALL, task: "reach_tray", seed: 3, steps: 8 });
});
afterAll(() => table.close());

function stateOf(environment: TabletopEnvironment): Record<string, number> {
  const { state } = environment.moment;
  return Object.fromEntries(STATE_NAMES.map((name, i) => [name, state[i] ?? Number.NaN]));
}

async function pictureOf(environment: TabletopEnvironment): Promise<Buffer> {
  const { image, depth, labels } = await environment.frame();
  return Buffer.concat([image, depth, labels].map((part) => (part as RawImage).data));
}

/** Straight to the middle of the tray, which is flat. */
function towardsTray(environment: TabletopEnvironment): number[] {
  const state = stateOf(environment);
  return ["x", "y", "z"].map((axis) => (state[`tray_from_gripper_${axis}`] ?? 0) * 8);
}

describe("TabletopEnvironment", () => {
  it("goes where the actions tell it, and says by the truth that the task is done", async () => {
    await table.reset(3);
    const first = table.moment;
    expect(first.task.isSuccess).toBe(false);
    while (!table.moment.isTruncated) table.step(towardsTray(table));
    const { task, step } = table.moment;
    expect(step).toBe(8);
    expect(task.reachM).toBeLessThan(0.06);
    expect(task).toMatchObject({ isSuccess: true, reward: -task.reachM });
    expect(task.reward).toBeGreaterThan(first.task.reward);
  });

  it("has a state that fits the truth", async () => {
    await table.reset(4);
    const { truth, task } = table.moment;
    const state = stateOf(table);
    const of = (name: string) =>
      ["x", "y", "z"].map((axis) => state[`${name}_${axis}`] ?? 0) as unknown as Vec3;
    expect(Math.hypot(...of("tray_from_gripper"))).toBeCloseTo(task.reachM, 5);
    const [gripper, mug] = ["gripper", "red_mug"].map((name) => truth.poses.get(name)?.position);
    expect(Math.hypot(...of("mug_from_gripper"))).toBeCloseTo(
      distanceBetween(gripper ?? [0, 0, 0], mug ?? [0, 0, 0]),
      5,
    );
    expect(state.mug_z).toBeCloseTo(0.045, 2);
  });

  it("is decided by the seed and the actions alone, pictures or not", async () => {
    const run = async (everyPicture: boolean) => {
      using other = await TabletopEnvironment.create({ ...SMALL, task: "push" });
      await other.reset(5);
      for (let i = 0; i < 4; i++) {
        other.step([0.3, -1, -0.5]);
        if (everyPicture) await other.frame();
      }
      return [other.moment.state, await pictureOf(other)] as const;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it("shows the present moment, with what the robot knows of itself and of its table", async () => {
    await table.reset(6);
    const before = await pictureOf(table);
    table.step([1, 0, 0]);
    expect((await pictureOf(table)).equals(before)).toBe(false);
    const { kinematics = [], stampNs, image } = await table.frame();
    expect((image as RawImage).width).toBe(32);
    expect(kinematics).toHaveLength(6);
    expect(kinematics.at(-1)?.stampNs).toBe(stampNs);
    expect([...(kinematics[0]?.poses.keys() ?? [])]).toEqual([
      "gripper",
      "camera_color_optical_frame",
      "table",
    ]);
  });

  it("lets the policy move the fingers where the task is to grasp", async () => {
    using grasp = await TabletopEnvironment.create({ ...SMALL, task: "pick_and_place" });
    expect(grasp.actionSize).toBe(4);
    grasp.step([0, 0, 0, 1]);
    expect(stateOf(grasp).opening).toBeGreaterThan(0.1);
    for (let i = 0; i < 2; i++) grasp.step([0, 0, 0, -1]);
    expect(stateOf(grasp).opening).toBeLessThan(0.02);
  });

  it("limits actions to their range", async () => {
    const after = async (x: number) => {
      await table.reset(7);
      return table.step([x, 0, 0]).state;
    };
    expect(await after(50)).toEqual(await after(1));
  });

  it.each([
    ["two numbers", [0, 0]],
    ["a NaN", [0, Number.NaN, 0]],
    ["an infinite number", [0, 0, Number.POSITIVE_INFINITY]],
  ])("refuses an action of %s, and stays where it is", async (_, action) => {
    await table.reset(8);
    expect(() => table.step(action)).toThrow(SimError);
    expect(table.moment.step).toBe(0);
  });

  it("refuses options and seeds out of range, and work after its end", async () => {
    const create = TabletopEnvironment.create;
    await expect(create({ width: 2 })).rejects.toThrow("width");
    await expect(create({ rateHz: 0 })).rejects.toThrow("rateHz");
    await expect(table.reset(-1)).rejects.toThrow("seed is -1");
    const ended = await create(SMALL);
    ended.close();
    ended.close();
    expect(() => ended.step([0, 0, 0])).toThrow("closed");
    await expect(ended.frame()).rejects.toThrow("closed");
  });
});
