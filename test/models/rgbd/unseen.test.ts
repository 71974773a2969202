import { describe, expect, it } from "vitest";
import { pinhole } from "../../../bench/corruption/scenes/cast.js";
import type { Thing } from "../../../bench/corruption/scenes/things.js";
import {
  ball,
  box,
  cone,
  cylinder,
  lying,
  type Shape,
  wall,
  wedge,
} from "../../../bench/plane/scenes/Shape.js";
import type { Vec3 } from "../../../src/base/index.js";
import type { QuantityKind } from "../../../src/language/index.js";
import { opticalPose } from "../../../src/sim/scene/cameraPose.js";
import { errorInScene } from "./drawnScene.js";

const CAN: readonly Shape[] = [cylinder([0.12, 0.05, 0], 0.033, 0.11)];

interface Seen {
  readonly other?: readonly Shape[];
  readonly pitchRad?: number;
  readonly rollRad?: number;
  readonly target?: Vec3;
  readonly before?: readonly Shape[];
}

/** What is said of a thing, or of it and another one (a can), beside or behind other shapes; and what is true. */
function measured(kind: QuantityKind, shapes: readonly Shape[], seen: Seen = {}) {
  const { pitchRad = 0.5, rollRad = 0, target = [0, 0, 0.03], before = [], other = CAN } = seen;
  const pose = opticalPose({ target, distanceM: 0.7, pitchRad, azimuthRad: 0, rollRad });
  const things = [shapes, other, before].map((its): Thing => ({ form: "thing", shapes: its }));
  return errorInScene(kind, things, pose, pinhole(320, 240, 300));
}

describe("what is not seen of a thing", () => {
  it.each([0.3, 0.7, 1.1])(
    "follows from two walls of a wedge, turned by %d rad from the view",
    async (turnedRad) => {
      const shape = wedge([-0.1, 0, 0], [0.08, 0.08, 0.09], 0, Math.PI / 2 + turnedRad);
      const { errorM, sigmaM } = await measured("behind_difference", [shape]);
      expect(errorM).toBeLessThan(0.0065);
      expect(errorM).toBeLessThan(3 * sigmaM);
    },
  );

  it.each([0.06, 0.07])("may be %d m of a handle, behind another thing", async (hiddenM) => {
    const handle = lying([-0.1, 0, 0], 0.012, 0.2, 0.5);
    const end = -0.1 + 0.1 * Math.cos(0.5) - hiddenM;
    const hider = box([end + 0.04, -0.1, 0], [0.08, 0.02, 0.16]);
    const { errorM, sigmaM } = await measured("right_difference", [handle], { before: [hider] });
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("is a plate's rim, to which a gap is measured", async () => {
    const plate = cylinder([-0.1, 0, 0], 0.1, 0.02);
    const hider = box([0.01, -0.13, 0], [0.08, 0.02, 0.14]);
    const { errorM, sigmaM } = await measured("gap", [plate], { before: [hider] });
    expect(errorM).toBeLessThan(0.006);
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("may be the rest of a capsule that is held", async () => {
    const ends = [-0.12, -0.08].map((x) => ball([x, 0, 0.12], 0.02));
    const palm = box([-0.035, -0.06, 0.08], [0.1, 0.03, 0.16]);
    const capsule = [lying([-0.1, 0, 0.12], 0.02, 0.04, 0), ...ends];
    const { errorM, sigmaM } = await measured("distance", capsule, { before: [palm] });
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("may be a bottle's neck, which is farther aside in a rolled image", async () => {
    const bottle = [
      cylinder([0, 0, 0], 0.04, 0.15),
      cone([0, 0, 0.15], 0.04, 0.014, 0.04),
      cylinder([0, 0, 0.19], 0.014, 0.06),
    ];
    const seen = { rollRad: 0.5, target: [-0.08, 0, -0.08] } as const;
    const { errorM, sigmaM } = await measured("width", bottle, seen);
    expect(errorM).toBeLessThan(2 * sigmaM);
  });

  it.each([-0.06, -0.1])(
    "may be a cup's handle, which is nearer to what is behind (%d)",
    async (y) => {
      const cup = [
        cylinder([0.12, y, 0], 0.035, 0.005),
        wall([0.12, y, 0], 0.035, 0.035, 0.09),
        box([0.12, y + 0.047, 0.02], [0.012, 0.024, 0.05]),
      ];
      const { errorM, sigmaM } = await measured("gap", cup, { pitchRad: 0.6 });
      expect(errorM).toBeLessThan(3 * sigmaM);
    },
  );

  it("may be the low corner of a slope, which is nearer to another thing", async () => {
    const slope = wedge([-0.08, -0.02, 0], [0.1, 0.08, 0.09], 0, 2);
    const other = [cylinder([0.05, 0.14, 0], 0.033, 0.11)];
    const { errorM, sigmaM } = await measured("gap", [slope], { pitchRad: 0.6, other });
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("moves a gap to what it goes on to, by all that it goes on, and no other gap", async () => {
    const handle = [lying([-0.1, 0, 0], 0.012, 0.2, 0.5)];
    const before = [box([-0.1 + 0.1 * Math.cos(0.5) - 0.02, -0.1, 0], [0.08, 0.02, 0.16])];
    const towards = await measured("gap", handle, { before });
    expect(towards.errorM).toBeLessThan(3 * towards.sigmaM);
    const other = [cylinder([-0.26, 0.05, 0], 0.033, 0.11)];
    const away = await measured("gap", handle, { before, other });
    expect(away.errorM).toBeLessThan(3 * away.sigmaM);
    expect(away.sigmaM).toBeLessThan(towards.sigmaM / 4);
  });

  it("is the back of a can that is held", async () => {
    const held = [cylinder([-0.05, -0.05, 0.05], 0.033, 0.11)];
    const other = [box([0.02, 0.06, 0], [0.05, 0.05, 0.08])];
    const { errorM, sigmaM } = await measured("gap", held, { pitchRad: 0.6, other });
    expect(errorM).toBeLessThan(0.005);
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("may be something thin that a thing stands on", async () => {
    const before = [box([-0.1, 0, 0], [0.2, 0.2, 0.005], 0.2)];
    const on = [box([-0.1, 0, 0.005], [0.1, 0.12, 0.02], 0.2)];
    const { errorM, sigmaM } = await measured("vertical_distance", on, { before });
    expect(errorM).toBeLessThan(3 * sigmaM);
  });

  it("may be a corner of a box, which is nearer to another thing", async () => {
    const board = box([-0.05, 0.02, 0], [0.2, 0.14, 0.02], 0.5);
    const before = [cylinder([0.04, -0.06, 0], 0.03, 0.12)];
    const { errorM, sigmaM } = await measured("gap", [board], { pitchRad: 0.8, before });
    expect(errorM).toBeLessThan(3 * sigmaM);
  });
});
