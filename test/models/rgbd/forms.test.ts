import { describe, expect, it } from "vitest";
import { pinhole } from "../../../bench/corruption/scenes/cast.js";
import type { Thing } from "../../../bench/corruption/scenes/things.js";
import { solidOf, tableOf, truthOf } from "../../../bench/corruption/scenes/truth.js";
import { cone, cylinder, ball as sphere, wall, wedge } from "../../../bench/plane/scenes/Shape.js";
import type { Vec3 } from "../../../src/base/index.js";
import type { QuantityKind } from "../../../src/language/index.js";
import { opticalPose } from "../../../src/sim/scene/cameraPose.js";
import { errorInScene } from "./drawnScene.js";

const CAN: Thing = { form: "can", shapes: [cylinder([0.1, 0.05, 0], 0.033, 0.11)] };

interface Seen {
  readonly distanceM?: number;
  readonly pitchRad?: number;
  readonly target?: Vec3;
  readonly focalPx?: number;
}

/** What is said of a thing, or of it and a can, and what is true. */
function measured(kind: QuantityKind, it: Thing, seen: Seen = {}) {
  const { distanceM = 0.8, pitchRad = 0.7, target = [0, 0, 0.03], focalPx = 600 } = seen;
  const pose = opticalPose({ target, distanceM, pitchRad, azimuthRad: 0, rollRad: 0 });
  return errorInScene(kind, [it, CAN], pose, pinhole(640, 480, focalPx));
}

describe("the form of a thing", () => {
  const at: Vec3 = [-0.1, 0, 0];
  const wedgeOf = (size: Vec3, lowShare: number, yawRad: number): Thing => ({
    ...{ form: "wedge", shapes: [wedge(at, size, lowShare, yawRad)] },
  });

  it.each([
    [0.036, 0.066, 0.05],
    [0.03, 0.055, 0.045],
  ])(
    "is no ball where it is round inside, as of a bowl %d to %d m wide",
    async (low, high, tall) => {
      const bowl = {
        form: "bowl",
        shapes: [cylinder(at, low, 0.004), wall(at, low, high, tall)],
      };
      const { errorM } = await measured("height", bowl, { distanceM: 1.6, pitchRad: 0.9 });
      expect(errorM).toBeLessThan(0.003);
    },
  );

  it.each([-0.5 * Math.PI, -1])("is no roll's where it slopes to the camera (%d)", async (yaw) => {
    const slope = wedgeOf([0.065, 0.07, 0.07], 0.2, yaw);
    const { errorM } = await measured("distance", slope, { pitchRad: 0.4 });
    expect(errorM).toBeLessThan(0.0012);
  });

  it("may slope down behind a face", async () => {
    const slope = wedgeOf([0.09, 0.08, 0.07], 0, 0.5 * Math.PI);
    const seen = { pitchRad: 0.6, target: [-0.1, 0, 0.03] } as const;
    const { errorM, sigmaM } = await measured("behind_difference", slope, seen);
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("is as wide as its circle where the wall ends in the image before", async () => {
    const bottle = {
      form: "bottle",
      shapes: [cylinder(at, 0.035, 0.1), cone([at[0], at[1], 0.1], 0.035, 0.012, 0.04)],
    };
    const near = { distanceM: 0.4, pitchRad: 0.5, target: [0.08, 0, 0.04], focalPx: 350 } as const;
    const { errorM, sigmaM } = await measured("width", bottle, near);
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("is a ball's far aside in a wide image, too", async () => {
    const ball = { form: "ball", shapes: [sphere(at, 0.045)] };
    const aside = { distanceM: 0.5, target: [0.35, 0, 0.03], focalPx: 270 } as const;
    const { errorM, sigmaM } = await measured("width", ball, aside);
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("is a ball's that is so near that few of its points are at its limb", async () => {
    const ball = { form: "ball", shapes: [sphere([0, 0, 0], 0.03)] };
    const { errorM, sigmaM } = await measured("width", ball, { distanceM: 0.1, pitchRad: 0.87 });
    expect(errorM).toBeLessThan(sigmaM);
  });

  it("may go on as a neck where the image cuts it off above", async () => {
    const bottle = {
      form: "bottle",
      shapes: [
        cylinder(at, 0.035, 0.1),
        cone([at[0], at[1], 0.1], 0.035, 0.012, 0.04),
        cylinder([at[0], at[1], 0.14], 0.012, 0.05),
      ],
    };
    const near = { distanceM: 0.28, pitchRad: 0.6, target: [-0.1, 0, 0.02] } as const;
    const { errorM, sigmaM } = await measured("height", bottle, near);
    expect(errorM).toBeLessThan(3 * sigmaM);
  });
});

describe("the truth of a drawn thing", () => {
  it.each([0.05, 0.09, 0.131])("has the width of its circle from all around (%d rad)", (turned) => {
    const pose = opticalPose({
      ...{ target: [0, 0, 0], distanceM: 0.8, pitchRad: 0.7, rollRad: 0 },
      azimuthRad: turned,
    });
    const table = tableOf(pose);
    const can = { form: "can", shapes: [cylinder([0, 0, 0], 0.05, 0.1)] };
    expect(truthOf("width", table, solidOf(can, 10, pose, table))).toBeCloseTo(0.1, 4);
  });
});

describe("a gap between ends that are seen", () => {
  it("has a sigma of the ends, not of the sizes", async () => {
    const can = { form: "can", shapes: [cylinder([-0.1, 0.05, 0], 0.033, 0.11)] };
    const { errorM, sigmaM } = await measured("gap", can);
    expect(errorM).toBeLessThan(2 * sigmaM);
    expect(sigmaM).toBeLessThan(0.0025);
  });
});
