import { describe, expect, it } from "vitest";
import { distanceBetween, Random, unit, type Vec3 } from "../../../src/base/index.js";
import { type Pose, transformPoint } from "../../../src/camera/index.js";
import type { ObjectRef } from "../../../src/language/index.js";
import { type RgbdOptions, rgbd } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import { B, question, SIGNAL } from "./scenes.js";

const TOOL: ObjectRef = { name: "tool", phrase: "the tool", frame: "tool0" };
const WRIST: ObjectRef = { name: "wrist", phrase: "the wrist", frame: "wrist" };
const CENTER: Vec3 = [0.1, -0.05, 0.04];
const FRAME = castFrame(
  {
    table: [0.5, 0.4],
    solids: [{ id: 2, shape: "box", half: [0.04, 0.03, 0.04], yaw: 0.4, center: CENTER }],
  },
  { eye: [0.1, -0.8, 0.7], target: [0, 0, 0.05] },
  { noiseM: 0.0005 },
);
const DRAWS = 100;

/** Where TF says a point is if the camera is off by a place and a turn about the camera. */
function told(point: Vec3, off: Vec3, axis: Vec3, turnRad: number): Pose {
  const [x, y, z] = (unit(axis) ?? [1, 0, 0]).map((it) => it * Math.sin(turnRad / 2));
  const rotation = [x ?? 0, y ?? 0, z ?? 0, Math.cos(turnRad / 2)] as const;
  return { position: transformPoint({ position: off, rotation }, point), rotation: [0, 0, 0, 1] };
}

/** How many sigmas distances between a tool by TF and a thing in depth are off. */
async function inSigmas(
  errorOf: (random: Random) => { readonly off: Vec3; readonly turnRad: number },
  options: RgbdOptions = {},
): Promise<number[]> {
  await using model = rgbd(options);
  const random = new Random(7, "camera errors");
  const direction = (): Vec3 => [random.normal(), random.normal(), random.normal()];
  const [seen] = await model.ask(FRAME, [question("distance", B, B)], SIGNAL);
  const thing = seen?.evidence?.[0]?.centerM;
  if (!thing) throw new Error("the thing is seen");
  const all: number[] = [];
  for (let i = 0; i < DRAWS; i++) {
    const away = unit(direction()) ?? [1, 0, 0];
    const longM = 0.1 + 0.3 * random.next();
    const point: Vec3 = [
      thing[0] + longM * away[0],
      thing[1] + longM * away[1],
      thing[2] + longM * away[2],
    ];
    const { off, turnRad } = errorOf(random);
    const pose = told(point, off, direction(), turnRad);
    const frame = { ...FRAME, poses: new Map([["tool0", { ok: true as const, pose }]]) };
    const [answer] = await model.ask(frame, [question("distance", TOOL, B)], SIGNAL);
    if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
    all.push(Math.abs(answer.value.valueM - longM) / answer.value.sigmaM);
  }
  return all;
}

const share = (all: readonly number[], sigmas: number) =>
  all.filter((it) => it <= sigmas).length / all.length;

const by = (random: Random, lengthM: number): Vec3 => {
  const [x, y, z] = unit([random.normal(), random.normal(), random.normal()]) ?? [1, 0, 0];
  return [lengthM * x, lengthM * y, lengthM * z];
};

describe("a camera whose pose in TF is not quite right", () => {
  it("is covered as often as a standard deviation says: 5 mm and half a degree", async () => {
    const axis = (random: Random) => (0.005 / Math.sqrt(3)) * random.normal();
    const all = await inSigmas((random) => ({
      off: [axis(random), axis(random), axis(random)],
      turnRad:
        ((Math.PI / 360) * Math.hypot(random.normal(), random.normal(), random.normal())) /
        Math.sqrt(3),
    }));
    expect(share(all, 1)).toBeGreaterThan(0.6);
    expect(share(all, 1)).toBeLessThan(0.85);
    expect(share(all, 2)).toBeGreaterThan(0.9);
  });

  it("is hardly ever beyond three sigma at 1 cm, or at 1 degree", async () => {
    const off = await inSigmas((random) => ({ off: by(random, 0.01), turnRad: 0 }));
    expect(share(off, 3)).toBeGreaterThanOrEqual(0.98);
    const turned = await inSigmas(() => ({ off: [0, 0, 0], turnRad: Math.PI / 180 }));
    expect(share(turned, 3)).toBeGreaterThanOrEqual(0.98);
    const exact = { cameraErrorMm: 0, cameraErrorDeg: 0 };
    const trusted = await inSigmas((random) => ({ off: by(random, 0.01), turnRad: 0 }), exact);
    expect(share(trusted, 3)).toBeLessThan(0.9);
  });

  it("moves all that TF tells alike: a distance between two frames does not care", async () => {
    await using model = rgbd();
    const [a, b]: [Vec3, Vec3] = [
      [0.1, 0, 0.9],
      [-0.1, 0.1, 1],
    ];
    const at = (position: Vec3) => ({
      ok: true as const,
      pose: { position, rotation: [0, 0, 0, 1] as const },
    });
    const poses = new Map([
      ["tool0", at(a)],
      ["wrist", at(b)],
    ]);
    const asked = [question("distance", TOOL, WRIST), question("distance", TOOL, B)];
    const answers = await model.ask({ ...FRAME, poses }, asked, SIGNAL);
    const sigmas = answers.map(({ value }) =>
      value?.shape === "quantity" ? value.sigmaM : Number.NaN,
    );
    expect(answers[0]?.value).toMatchObject({ valueM: expect.closeTo(distanceBetween(a, b), 6) });
    expect(sigmas[0]).toBeLessThan(0.0035);
    expect(sigmas[1]).toBeGreaterThan(1.3 * (sigmas[0] ?? Number.NaN));
  });
});
