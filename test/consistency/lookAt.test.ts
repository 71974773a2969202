import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import type { Pose } from "../../src/camera/index.js";
import { lookAt } from "../../src/consistency/lookAt.js";
import type { ObjectRef } from "../../src/language/index.js";
import { castFrame, TABLE_ID } from "../geometry/synthetic/castFrame.js";

const named = (name: string, ...labels: number[]): ObjectRef => ({
  name,
  phrase: `the ${name}`,
  labels,
});
const objectsOf = (...refs: ObjectRef[]) => new Map(refs.map((ref) => [ref.name, ref]));
const box = (id: number, center: Vec3, half: Vec3) =>
  ({ id, shape: "box", center, half, yaw: 0 }) as const;
const view = { eye: [0, -0.8, 0.75], target: [0, 0, 0.05] } as const;
const options = { timeS: 0, looksAtColors: false };

describe("a look", () => {
  it("takes two fingers of a gripper for no split mask, in a task without a robot as well", async () => {
    const frame = castFrame(
      {
        solids: [
          box(10, [-0.1, 0, 0.05], [0.02, 0.02, 0.05]),
          box(10, [0.1, 0, 0.05], [0.02, 0.02, 0.05]),
        ],
        table: [0.5, 0.4],
      },
      view,
    );
    const splitOf = async (name: string) => {
      const look = await lookAt(frame, { objects: objectsOf(named(name, 10)) }, undefined, options);
      return look?.split?.get(10);
    };
    expect(await splitOf("mug")).toBeGreaterThan(0.1);
    expect(await splitOf("gripper")).toBeUndefined();
  });

  it.each([
    ["the table's", TABLE_ID, true],
    ["that of an arm before the camera", 5, false],
  ])("tells a tilt where the main plane is %s", async (_, labels, isTold) => {
    const support = { ...named("table", labels), frame: "table" };
    const rest: Pose = { position: [0, 0, 1], rotation: [0, 0, 0, 1] };
    const poses = new Map([["table", { ok: true, pose: rest } as const]]);
    const frame = {
      ...castFrame(
        { solids: [box(10, [0, 0, 0.05], [0.05, 0.05, 0.05])], table: [0.5, 0.4] },
        view,
      ),
      poses,
    };
    const look = await lookAt(
      frame,
      { objects: objectsOf(named("mug", 10)), support },
      undefined,
      options,
    );
    expect(look?.tilt !== undefined).toBe(isTold);
  });
});
