import { describe, expect, it, onTestFinished } from "vitest";
import { distanceBetween, type Vec3 } from "../../../src/base/index.js";
import {
  type CameraFrame,
  composePoses,
  type Detection,
  type FramePose,
  type Pose,
  type Quaternion,
} from "../../../src/camera/index.js";
import { multiplyQuaternions } from "../../../src/camera/Pose.js";
import { type ObjectRef, onSupport, type SpatialAnswer } from "../../../src/language/index.js";
import { createVlm, plane, type SpatialVlm } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { FakeServer, says } from "../endpoint/FakeServer.js";
import { question, SIGNAL, unsupported } from "../rgbd/scenes.js";

const MUG: ObjectRef = { name: "mug", phrase: "the red mug", labels: [1] };
const CAN: ObjectRef = { name: "can", phrase: "the green can", labels: [2] };
const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "tool" };
const TABLE: ObjectRef = { name: "table", phrase: "the table", frame: "world", heightM: 0 };

const UNTOLD: ObjectRef = { name: "table", phrase: "the table" };

const EYE: Vec3 = [0, -0.8, 0.6];
const TILT = Math.atan2(EYE[2], -EYE[1]);
const mug = (center: Vec3): Solid => ({
  ...{ id: 1, shape: "cylinder", radius: 0.04, halfHeight: 0.045, center },
});
const can = (center: Vec3): Solid => ({
  ...{ id: 2, shape: "cylinder", radius: 0.033, halfHeight: 0.06, center },
});
const STANDING = [mug([-0.15, 0.05, 0.045]), can([0.12, -0.05, 0.06])] as const;

interface Moment {
  readonly stampS?: number;
  readonly gripper?: Vec3;
  readonly eye?: Vec3;
}

/** A colour frame: labels as masks, TF, no depth. */
function frameOf(solids: readonly Solid[], moment: Moment = {}): CameraFrame {
  const { stampS = 1, gripper = [0.3, 0.3, 0.4], eye = EYE } = moment;
  const world = { solids, table: [0.5, 0.4] as const, truth: { tool: gripper } };
  const frame = castFrame(world, { eye, target: [0, 0, 0] }, { hasDepth: false });
  const turn = (Math.PI / 2 + Math.atan2(eye[2], -eye[1])) / 2;
  const worldPose: FramePose = {
    ok: true,
    pose: {
      position: [0, 0, Math.hypot(eye[1], eye[2])],
      rotation: [Math.sin(turn), 0, 0, Math.cos(turn)],
    },
  };
  const poses = new Map([...(frame.poses ?? []), ["world", worldPose] as const]);
  return { ...frame, poses, stampNs: BigInt(Math.round(stampS * 1e9)) };
}

const DEPTH = (solids: readonly Solid[]) =>
  castFrame({ solids, table: [0.5, 0.4] }, { eye: EYE, target: [0, 0, 0] });

async function ask(
  model: SpatialVlm,
  frame: CameraFrame,
  [a, b]: readonly [ObjectRef, ObjectRef] = [MUG, CAN],
  table: ObjectRef = TABLE,
): Promise<SpatialAnswer> {
  const asked = onSupport([unsupported(question("distance", a, b))], table);
  const [answer] = await model.ask(frame, asked, SIGNAL);
  if (!answer) throw new Error("no answer");
  return answer;
}

/** How sure it is of a length of one thing, metres. */
async function sigmaOf(
  kind: "elevation" | "width",
  model: SpatialVlm,
  frame: CameraFrame,
  ref: ObjectRef,
) {
  const asked = onSupport([unsupported(question(kind, ref))], TABLE);
  const [answer] = await model.ask(frame, asked, SIGNAL);
  if (!answer) throw new Error("no answer");
  return lengthOf(answer).sigmaM;
}

function lengthOf({ value, text }: SpatialAnswer): { valueM: number; sigmaM: number } {
  if (value?.shape !== "quantity") throw new Error(text);
  return value;
}

const apart = ([a, b]: readonly Solid[]) => distanceBetween(a!.center, b!.center);

/** Between the two cylinders' sides, or over the edge. */
function gapOf([a, b]: readonly Solid[]): number {
  if (a?.shape !== "cylinder" || b?.shape !== "cylinder") throw new Error("cylinders are meant");
  const aside = Math.hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]);
  const up = Math.abs(a.center[2] - b.center[2]) - a.halfHeight - b.halfHeight;
  return Math.hypot(aside - a.radius - b.radius, Math.max(0, up));
}

/** A model that has seen both stand alone in three images. */
async function knowing(): Promise<SpatialVlm> {
  const model = plane({ boxSigmaPx: 1 });
  for (const stampS of [0.1, 0.2, 0.3]) {
    await ask(model, frameOf(STANDING, { stampS }), [MUG, CAN]);
    await ask(model, frameOf(STANDING, { stampS }), [GRIPPER, MUG]);
  }
  return model;
}

describe("plane", () => {
  it("measures what stands on a plane that TF tells, from colour alone", async () => {
    const { valueM, sigmaM } = lengthOf(await ask(plane({ boxSigmaPx: 1 }), frameOf(STANDING)));
    expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(0.01);
    expect(sigmaM).toBeGreaterThan(0.005);
    expect(sigmaM).toBeLessThan(0.06);
  });

  it.each([
    ["the camera's height and tilt", { camera: { heightM: 0.6, tiltDeg: (TILT * 180) / Math.PI } }],
    ["depth in the image", {}],
  ])("takes the plane from %s", async (how, options) => {
    const model = plane({ boxSigmaPx: 1, ...options });
    const frame = how.startsWith("depth") ? DEPTH(STANDING) : frameOf(STANDING);
    const answer = await ask(model, frame, [MUG, CAN], UNTOLD);
    expect(Math.abs(lengthOf(answer).valueM - apart(STANDING))).toBeLessThan(0.01);
  });

  it("keeps a plane seen once in depth only for a camera that is said to be fixed", async () => {
    const { depth: _, ...later } = { ...DEPTH(STANDING), stampNs: 2_000_000_000n };
    for (const [isFixed, reason] of [
      [true, undefined],
      [false, "no_plane"],
    ] as const) {
      const model = plane({ isFixed });
      await ask(model, DEPTH(STANDING), [MUG, CAN], UNTOLD);
      const answer = await ask(model, later, [MUG, CAN], UNTOLD);
      expect(answer.refusal?.reason).toBe(reason);
    }
  });

  it("refuses a plane that the depth image shows elsewhere, or that the gripper is under", async () => {
    const high = { ...TABLE, heightM: 0.08 };
    const deep = { ...frameOf(STANDING), depth: DEPTH(STANDING).depth! };
    const shown = await ask(plane(), deep, [MUG, CAN], high);
    expect(shown.refusal).toMatchObject({ reason: "contradiction", detail: /depth image/ });
    const frame = frameOf(STANDING, { gripper: [0.3, 0.1, 0.03] });
    const under = await ask(plane(), frame, [GRIPPER, MUG], high);
    expect(under.refusal?.detail).toMatch(/under the support's plane/);
  });

  it("keeps refusing what depth once contradicted, until depth agrees", async () => {
    const high = { ...TABLE, heightM: 0.08 };
    const depth = DEPTH(STANDING).depth;
    if (!depth) throw new Error("castFrame gives depth");
    const model = plane();
    await ask(model, { ...frameOf(STANDING), depth }, [MUG, CAN], high);
    const later = await ask(model, frameOf(STANDING, { stampS: 2 }), [MUG, CAN], high);
    expect(later.refusal).toMatchObject({ reason: "contradiction", detail: /depth image/ });
    await ask(model, { ...frameOf(STANDING, { stampS: 3 }), depth });
    expect((await ask(model, frameOf(STANDING, { stampS: 4 }))).refusal).toBeUndefined();
  });

  it.each([
    ["a frame whose z axis does not point up", { ...TABLE, frame: "tool", heightM: 0 }, /point up/],
    ["a frame that is not there", { ...TABLE, frame: "nowhere" }, /nowhere/],
    ["nothing that tells it", UNTOLD, /height.*camera_height/s],
  ])("refuses a plane told by %s", async (_, table, detail) => {
    const frame = frameOf(STANDING, { gripper: [0, 0.2, 0.9] });
    expect((await ask(plane(), frame, [MUG, CAN], table)).refusal?.detail).toMatch(detail);
  });

  it("takes the camera's height and tilt where the support's TF frame is not there", async () => {
    const model = plane({
      boxSigmaPx: 1,
      camera: { heightM: 0.6, tiltDeg: (TILT * 180) / Math.PI },
    });
    const { valueM } = lengthOf(
      await ask(model, frameOf(STANDING), [MUG, CAN], { ...TABLE, frame: "nowhere" }),
    );
    expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(0.01);
  });

  it.each([
    ["TF", { heightM: 2, tiltDeg: 10 }, TABLE],
    ["TF", { heightM: 0.75, tiltDeg: (TILT * 180) / Math.PI }, TABLE],
    ["depth", { heightM: 2, tiltDeg: 10 }, UNTOLD],
  ] as const)(
    "refuses a camera that %s has elsewhere than the settings, %j",
    async (by, camera, table) => {
      const frame = by === "TF" ? frameOf(STANDING) : DEPTH(STANDING);
      const { refusal } = await ask(plane({ camera }), frame, [MUG, CAN], table);
      expect(refusal?.reason).toBe("contradiction");
      expect(refusal?.detail).toMatch(
        new RegExp(`camera_height and tilt.*where ${by} has it: .*0.60 m .*37 degrees`),
      );
    },
  );

  it("does not give a thing that only TF knows a size", async () => {
    const tool = { name: "box", phrase: "the box", frame: "tool" };
    const kinds = ["elevation", "gap", "above_difference", "distance"] as const;
    const asked = kinds.map((kind) => unsupported(question(kind, tool, MUG)));
    const answers = await plane().ask(frameOf(STANDING), onSupport(asked, TABLE), SIGNAL);
    expect(answers.map(({ refusal }) => refusal?.reason)).toEqual([
      ...["no_object", "no_object", "no_object", undefined],
    ]);
    expect(answers[0]?.refusal?.detail).toMatch(
      /no size, and elevation needs one: give box labels/,
    );
  });

  describe("with a tray that only TF knows", () => {
    const TRAY: ObjectRef = { name: "tray", phrase: "the tray", frame: "tool" };
    const DEEP: Vec3 = [0.15, 0.1, -0.05];

    it("does not take it for the gripper", async () => {
      const frame = frameOf(STANDING, { gripper: DEEP });
      expect((await ask(plane(), frame, [GRIPPER, MUG])).refusal?.reason).toBe("contradiction");
      expect((await ask(plane(), frame, [TRAY, MUG])).refusal).toBeUndefined();
    });

    it("refuses what may stand on it until its form is known, then measures both", async () => {
      const carried = [mug([-0.1, 0, 0.105]), STANDING[1]];
      const moment = { stampS: 1, gripper: [-0.1, 0, 0.03] as const };
      const { refusal } = await ask(plane(), frameOf(carried, moment), [TRAY, MUG]);
      expect(refusal?.detail).toMatch(/the red mug may stand on the tray, whose TF frame is there/);
      const model = await knowing();
      const later = await ask(model, frameOf(carried, moment), [TRAY, MUG]);
      const { valueM, sigmaM } = lengthOf(later);
      expect(Math.abs(valueM - 0.075)).toBeLessThan(2 * sigmaM);
    });
  });

  it("refuses what may be held while its form is not known", async () => {
    const held = [mug([-0.1, 0, 0.25]), STANDING[1]];
    const frame = frameOf(held, { gripper: [-0.1, 0, 0.26] });
    const answer = await ask(plane(), frame, [GRIPPER, MUG]);
    expect(answer.refusal).toMatchObject({ reason: "ambiguous", detail: /gripper/ });
  });

  it("knows that a gripper holds small things, too, with its frame a few centimetres off", async () => {
    const pebble: Solid = {
      id: 1,
      shape: "box",
      half: [0.02, 0.02, 0.01],
      center: [-0.15, 0.05, 0.13],
      yaw: 0,
    };
    for (const [offM, isHeld] of [
      [0.06, true],
      [0.3, false],
    ] as const) {
      const frame = frameOf([pebble, STANDING[1]], { gripper: [-0.15, 0.05, 0.13 + offM] });
      const { refusal } = await ask(plane({ boxSigmaPx: 1 }), frame, [GRIPPER, MUG]);
      expect(refusal?.detail ?? "").toMatch(isHeld ? /may be held by the gripper/ : /^$/);
    }
  });

  it("measures a lifted thing whose form it knows, by form and gripper, more vaguely", async () => {
    const model = await knowing();
    const held = [mug([-0.1, 0, 0.25]), STANDING[1]];
    const frame = frameOf(held, { stampS: 1, gripper: [-0.1, 0, 0.26] });
    await ask(model, frame, [GRIPPER, MUG]);
    const { valueM, sigmaM } = lengthOf(await ask(model, frame, [GRIPPER, MUG]));
    expect(Math.abs(valueM - 0.01)).toBeLessThan(2 * sigmaM);
    expect(sigmaM).toBeGreaterThan(0.015);
  });

  it.each([0, 0.03, 0.08, 0.12, 0.2])(
    "gives the height of what the gripper carries, %d m, within its sigma",
    async (liftM) => {
      const model = await knowing();
      const held = [mug([-0.1, 0, 0.045 + liftM]), STANDING[1]];
      const frame = frameOf(held, { stampS: 1, gripper: [-0.1, 0, 0.055 + liftM] });
      const kinds = [
        ["elevation", liftM],
        ["below_difference", -liftM],
        ["above_difference", liftM + 0.09 - 0.12],
        ["vertical_distance", Math.abs(liftM + 0.045 - 0.06)],
        ["gap", gapOf(held)],
      ] as const;
      const asked = kinds.map(([kind]) => unsupported(question(kind, MUG, CAN)));
      const seen = [unsupported(question("distance", GRIPPER, MUG)), ...asked];
      const [, ...answers] = await model.ask(frame, onSupport(seen, TABLE), SIGNAL);
      answers.forEach((answer, i) => {
        const { valueM, sigmaM } = lengthOf(answer);
        expect(Math.abs(valueM - (kinds[i]?.[1] ?? 0)), kinds[i]?.[0]).toBeLessThan(2.5 * sigmaM);
      });
    },
  );

  it("never takes a lifted thing for a standing one where TF does not tell the gripper", async () => {
    const model = await knowing();
    const lifted = [mug([-0.1, 0, 0.25]), STANDING[1]];
    const answer = await ask(model, frameOf(lifted, { stampS: 1 }), [MUG, CAN]);
    if (!answer.refusal) {
      const { valueM, sigmaM } = lengthOf(answer);
      expect(Math.abs(valueM - apart(lifted))).toBeLessThan(3 * sigmaM);
    }
  });

  it.each([0.03, 0.08, 0.15])(
    "learns no form of a thing that is %d m in the air, where TF does not tell the gripper",
    async (liftM) => {
      const model = await knowing();
      const lifted = [mug([-0.1, 0, 0.045 + liftM]), STANDING[1]];
      for (let i = 1; i <= 6; i++) {
        const { value } = await ask(model, frameOf(lifted, { stampS: i }), [MUG, CAN]);
        if (value?.shape === "quantity")
          expect(Math.abs(value.valueM - apart(lifted))).toBeLessThan(3 * value.sigmaM);
      }
    },
  );

  it("forgets a form that it learned in the air when the thing stands", async () => {
    const model = plane({ boxSigmaPx: 1 });
    const lifted = [mug([-0.15, 0.05, 0.245]), STANDING[1]];
    for (const stampS of [0.1, 0.2, 0.3]) await ask(model, frameOf(lifted, { stampS }));
    for (const stampS of [1, 2, 3]) {
      const { valueM, sigmaM } = lengthOf(await ask(model, frameOf(STANDING, { stampS })));
      expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(Math.min(0.015, 2 * sigmaM));
    }
  });

  it("forgets a box that was another thing's", async () => {
    const model = plane({ boxSigmaPx: 1 });
    const large = { ...mug([-0.15, 0.05, 0.03]), radius: 0.1, halfHeight: 0.03 } as Solid;
    await ask(model, frameOf([large, STANDING[1]], { stampS: 0.1 }));
    for (const stampS of [0.2, 0.3, 0.4, 0.5]) {
      const { valueM, sigmaM } = lengthOf(await ask(model, frameOf(STANDING, { stampS })));
      expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(Math.min(0.015, 2 * sigmaM));
    }
  });

  it.each([
    ["along the view", Math.PI / 2],
    ["a little aslant", 1.4],
    ["across it", 0],
  ])(
    "is as uncertain of a thing that lies %s as it takes it for a standing one",
    async (_, yaw) => {
      const model = plane({ boxSigmaPx: 2 });
      const at: Vec3 = [-0.15, 0, 0.025];
      const lying: Solid = { id: 1, shape: "box", half: [0.1, 0.025, 0.025], center: at, yaw };
      const solids = [lying, STANDING[1]];
      for (const stampS of [1, 2, 3]) {
        const asked = [question("height", MUG), question("distance", MUG, CAN)].map(unsupported);
        const answers = await model.ask(
          frameOf(solids, { stampS }),
          onSupport(asked, TABLE),
          SIGNAL,
        );
        for (const [i, truthM] of [0.05, apart(solids)].entries()) {
          const answer = answers[i];
          if (!answer) throw new Error("no answer");
          const { valueM, sigmaM } = lengthOf(answer);
          expect(Math.abs(valueM - truthM)).toBeLessThan(3 * sigmaM);
        }
      }
    },
  );

  it("is not far surer than right of how high flat things are", async () => {
    const at: Vec3 = [-0.15, 0.05, 0.0125];
    const off: number[] = [];
    for (const yaw of [0, 0.4, 0.8, 1.2, 1.6]) {
      const tray: Solid = { id: 1, shape: "box", half: [0.11, 0.08, 0.0125], center: at, yaw };
      const asked = onSupport([unsupported(question("height", MUG))], TABLE);
      const [answer] = await plane().ask(frameOf([tray, STANDING[1]]), asked, SIGNAL);
      if (!answer) throw new Error("no answer");
      const { valueM, sigmaM } = lengthOf(answer);
      off.push(Math.abs(valueM - 0.025) / sigmaM);
    }
    expect(Math.max(...off)).toBeLessThan(2);
    expect(off.toSorted((a, b) => a - b)[2]).toBeLessThan(1.25);
  });

  it("knows along which axis of the image a width is asked for, where the camera is rolled", async () => {
    const { labels: _, info, poses, ...frame } = frameOf(STANDING);
    if (!info) throw new Error("castFrame gives CameraInfo");
    // Turned by a quarter: what was below is left now.
    const quarter: Pose = { position: [0, 0, 0], rotation: [0, 0, Math.SQRT1_2, Math.SQRT1_2] };
    const turned: CameraFrame = {
      ...frame,
      info: { ...info, width: info.height, height: info.width, cx: info.cy, cy: info.cx },
      poses: new Map(
        [...(poses ?? [])].map(([name, it]): [string, FramePose] => [
          name,
          it.ok ? { ok: true, pose: composePoses(quarter, it.pose) } : it,
        ]),
      ),
      detections: [
        { classId: "cup", score: 0.9, centerX: 479 - 205, centerY: 208, sizeX: 66, sizeY: 52 },
      ],
    };
    const cup = { name: "mug", phrase: "the red mug", classIds: ["cup"] };
    const asked = [unsupported(question("width", cup)), unsupported(question("height", cup))];
    const answers = await plane({ boxSigmaPx: 1 }).ask(turned, onSupport(asked, TABLE), SIGNAL);
    // Across the view it is 8 cm wide; along the image's x axis, its height and its depth are seen.
    const alongM = 0.09 * Math.cos(TILT) + 0.08 * Math.sin(TILT);
    for (const [i, truthM] of [alongM, 0.09].entries()) {
      const answer = answers[i];
      if (!answer) throw new Error("no answer");
      const { valueM, sigmaM } = lengthOf(answer);
      expect(Math.abs(valueM - truthM)).toBeLessThan(Math.min(0.015, 2 * sigmaM));
    }
  });

  it.each([
    ["on", [0.12, -0.05, 0.165]],
    ["close behind", [0.12, 0.04, 0.045]],
    ["far behind", [0.12, 0.15, 0.045]],
    ["beside", [0.185, -0.05, 0.045]],
  ] as const)("covers with sigma where a thing may be that is %s another", async (_, center) => {
    const solids = [mug(center), STANDING[1]] as const;
    const alone = lengthOf(await ask(plane(), frameOf(STANDING)));
    for (const model of [plane(), await knowing()]) {
      const { valueM, sigmaM } = lengthOf(await ask(model, frameOf(solids, { stampS: 1 })));
      expect(Math.abs(valueM - apart(solids))).toBeLessThan(3 * sigmaM);
      expect(sigmaM).toBeGreaterThan(alone.sigmaM);
      expect(sigmaM).toBeLessThan(0.1);
    }
  });

  it("refuses what the image cuts off, and views from straight above", async () => {
    const cut = [mug([-0.46, 0, 0.045]), STANDING[1]];
    expect((await ask(plane(), frameOf(cut))).refusal?.detail).toMatch(/cut off/);
    const above = frameOf(STANDING, { eye: [0, -0.1, 0.9] });
    expect((await ask(plane(), above)).refusal?.detail).toMatch(/straight above/);
  });

  it.each([
    [0.09, 0.035, 0.03],
    [0.1, 0.08, 0.0125],
    [0.03, 0.03, 0.08],
  ])(
    "knows that heights of long, flat and tall things are vague after many images, half %d x %d x %d m",
    async (x, y, z) => {
      for (const yaw of [0, 0.7, Math.PI / 2]) {
        const model = plane({ boxSigmaPx: 1 });
        const block: Solid = { id: 1, shape: "box", half: [x, y, z], yaw, center: [0, 0, z] };
        const seen = frameOf([block]);
        for (let i = 1; i <= 6; i++) {
          const frame = { ...seen, stampNs: BigInt(i) * 100_000_000n };
          const asked = [unsupported(question("height", MUG))];
          const [answer] = await model.ask(frame, onSupport(asked, TABLE), SIGNAL);
          if (!answer) throw new Error("no answer");
          const { valueM, sigmaM } = lengthOf(answer);
          expect(Math.abs(valueM - 2 * z), `yaw ${yaw}, image ${i}`).toBeLessThan(3 * sigmaM);
        }
      }
    },
  );

  describe("with a camera that is not where TF has it", () => {
    const error = { cameraErrorMm: 40, cameraErrorDeg: 3 };
    const [off, turn] = [0.04 / Math.sqrt(3), (3 * Math.PI) / 180 / Math.sqrt(3)];
    const ways = [0, 1, 2].flatMap((axis) => [1, -1].map((sign) => [axis, sign] as const));
    const along = (axis: number, by: number): Vec3 => [
      ...([axis === 0 ? by : 0, axis === 1 ? by : 0, axis === 2 ? by : 0] as const),
    ];
    const turned = (axis: number, by: number): Quaternion => [
      ...along(axis, Math.sin(by / 2)),
      Math.cos(by / 2),
    ];

    it.each(ways)(
      "has a sigma that covers it, axis %d of the camera, direction %d",
      async (axis, sign) => {
        const frame = frameOf(STANDING, { gripper: [0.1, 0.1, 0.25] });
        const gripperM = distanceBetween([0.1, 0.1, 0.25], STANDING[0].center);
        const errors: Pose[] = [
          { position: along(axis, sign * off), rotation: [0, 0, 0, 1] },
          { position: [0, 0, 0], rotation: turned(axis, sign * turn) },
        ];
        for (const wrong of errors) {
          const poses = new Map(
            [...(frame.poses ?? [])].map(([name, it]): [string, FramePose] => [
              name,
              it.ok ? { ok: true, pose: composePoses(wrong, it.pose) } : it,
            ]),
          );
          const model = plane({ boxSigmaPx: 1, heightErrorMm: 0, ...error });
          for (const [pair, truthM] of [
            [[GRIPPER, MUG], gripperM],
            [[MUG, CAN], apart(STANDING)],
          ] as const) {
            const { valueM, sigmaM } = lengthOf(await ask(model, { ...frame, poses }, pair));
            expect(Math.abs(valueM - truthM)).toBeLessThan(2 * sigmaM);
          }
        }
      },
    );

    it("is less sure of what TF tells than of two things on the plane", async () => {
      const sigmas = async (options: object, pair: readonly [ObjectRef, ObjectRef]) =>
        lengthOf(await ask(plane({ boxSigmaPx: 1, ...options }), frameOf(STANDING), pair)).sigmaM;
      const [exact, usual] = [{ cameraErrorMm: 0 }, { cameraErrorMm: 50 }];
      const [gripper, things] = [
        [GRIPPER, MUG],
        [MUG, CAN],
      ] as const;
      expect(await sigmas(usual, gripper)).toBeGreaterThan(1.5 * (await sigmas(exact, gripper)));
      expect(await sigmas(usual, things)).toBeLessThan(1.5 * (await sigmas(exact, things)));
    });
  });

  it("asks for the gripper's TF frame instead of its box", async () => {
    const hand = { name: "hand", phrase: "the robot hand", labels: [1] };
    const { refusal } = await ask(plane(), frameOf(STANDING), [hand, CAN]);
    expect(refusal).toMatchObject({ reason: "unsupported_question", detail: /TF frame/ });
  });

  it("gives the same answer to an image that it is asked about twice", async () => {
    const model = await knowing();
    const frame = frameOf(STANDING, { stampS: 1 });
    expect(lengthOf(await ask(model, frame))).toEqual(lengthOf(await ask(model, frame)));
  });

  it("takes boxes of a detector's topic, and says which class has none", async () => {
    const { labels: _, ...frame } = frameOf(STANDING);
    const box = { classId: "cup", score: 0.9, centerX: 208, centerY: 205, sizeX: 52, sizeY: 66 };
    const cup = { name: "mug", phrase: "the red mug", classIds: ["cup"] };
    const tin = { name: "can", phrase: "the can", classIds: ["tin"] };
    const seen = { ...frame, detections: [box] };
    expect((await ask(plane(), seen, [GRIPPER, cup])).value?.shape).toBe("quantity");
    expect((await ask(plane(), seen, [cup, tin])).refusal?.detail).toMatch(/class tin/);
  });

  describe("with several detections of a class", () => {
    const CUP = { name: "mug", phrase: "the red mug", classIds: ["cup"] };
    const box = { classId: "cup", score: 0.9, centerX: 208, centerY: 205, sizeX: 52, sizeY: 66 };
    const refusalOf = async (detections: readonly Detection[], pair = [GRIPPER, CUP] as const) => {
      const { labels: _, ...frame } = frameOf(STANDING);
      const { refusal } = await ask(plane({ boxSigmaPx: 1 }), { ...frame, detections }, pair);
      return refusal;
    };
    const sigmaAmong = (kind: "elevation" | "width", detections: readonly Detection[]) => {
      const { labels: _, ...frame } = frameOf(STANDING);
      return sigmaOf(kind, plane({ boxSigmaPx: 1 }), { ...frame, detections }, CUP);
    };

    it("refuses where another one is as sure", async () => {
      const other = { ...box, centerX: 400 };
      expect(await refusalOf([box, { ...other, score: 0.88 }])).toMatchObject({
        ...{ reason: "ambiguous", detail: /2 things may be the red mug.*0.90, 0.88/ },
      });
      expect(await refusalOf([box, { ...other, score: 0.3 }])).toBeUndefined();
      expect(await refusalOf([box, { ...box, score: 0.88, sizeX: 50 }])).toBeUndefined();
    });

    it("takes none of a low score, nor its box for that of something else", async () => {
      expect(await refusalOf([{ ...box, score: 0.09 }])).toMatchObject({
        ...{ reason: "no_object", detail: /class cup .* score of 0.1 or more \(min_score\)/ },
      });
      // With a score, it would hide the cup.
      const before = { ...box, centerY: 245, sizeX: 60, sizeY: 2 * (480 - 245) };
      expect((await refusalOf([box, { ...before, score: 0.5 }]))?.reason).toBe("ambiguous");
      expect(await refusalOf([box, { ...before, score: 0.09 }])).toBeUndefined();
    });

    it("is less sure where another one stands before it, and refuses if that is cut off", async () => {
      const before = { ...box, score: 0.5, centerY: 245, sizeX: 60 };
      const alone = await sigmaAmong("elevation", [box]);
      expect(await sigmaAmong("elevation", [box, before])).toBeGreaterThan(1.5 * alone);
      const high = 2 * (480 - before.centerY);
      expect(await refusalOf([box, { ...before, sizeY: high }])).toMatchObject({
        ...{ reason: "ambiguous", detail: /behind a thing of class cup/ },
      });
    });

    it("does not give one box to two objects", async () => {
      const bowl = { name: "bowl", phrase: "the bowl", classIds: ["cup"] };
      expect(await refusalOf([box], [CUP, bowl])).toMatchObject({
        ...{ reason: "ambiguous", detail: /the red mug and the bowl have the same box/ },
      });
    });

    it.each([1, 2, 3])("knows one box with errors of %d px of each edge for one", async (px) => {
      const { labels: _, ...frame } = frameOf(STANDING);
      const other = { name: "bowl", phrase: "the bowl", classIds: ["bowl"] };
      const shaken = { ...box, classId: "bowl", centerX: box.centerX + 2 * px, sizeY: 66 + 2 * px };
      const detections = [box, shaken];
      const model = plane({ boxSigmaPx: px });
      const { refusal } = await ask(model, { ...frame, detections }, [CUP, other]);
      expect(refusal?.detail).toMatch(/have the same box/);
    });

    it("is less sure of a box around a thing and its neighbour, which has a box", async () => {
      const neighbour = {
        ...box,
        classId: "can",
        centerX: 250,
        sizeX: 40,
        centerY: 200,
        sizeY: 50,
      };
      const around = { ...box, centerX: 226, sizeX: 88 };
      const alone = await sigmaAmong("width", [box, neighbour]);
      expect(await sigmaAmong("width", [around, neighbour])).toBeGreaterThan(1.2 * alone);
    });

    it.each([
      ["gripper", 150, true],
      ["left_hand", 150, true],
      ["gripper", 90, false],
      ["bottle", 150, false],
    ])(
      "takes a thing for held where a detector sees a %s at it, centre %d",
      async (classId, centerY, isHeld) => {
        const { labels: _, ...frame } = frameOf(STANDING);
        const holder = { ...box, classId, centerY, sizeX: 30, sizeY: 60 };
        const can = { ...box, classId: "can", centerX: 400 };
        const canRef = { name: "can", phrase: "the can", classIds: ["can"] };
        const seen = { ...frame, detections: [box, holder, can] };
        const { refusal } = await ask(plane({ boxSigmaPx: 1 }), seen, [CUP, canRef]);
        expect(refusal?.detail ?? "").toMatch(isHeld ? /may be held by the gripper/ : /^$/);
      },
    );

    it("refuses where two things have exchanged their boxes from one image to the next", async () => {
      const { labels: _, ...frame } = frameOf(STANDING);
      const can = { name: "can", phrase: "the can", classIds: ["can"] };
      const there = { ...box, classId: "can", centerX: 400 };
      const model = plane({ boxSigmaPx: 1 });
      const said = async (stampS: number, isExchanged: boolean) => {
        const [a, b] = isExchanged ? [there, box] : [box, there];
        const detections = [
          { ...a, classId: "cup" },
          { ...b, classId: "can" },
        ];
        const stampNs = BigInt(Math.round(stampS * 1e9));
        return (await ask(model, { ...frame, detections, stampNs }, [CUP, can])).refusal?.detail;
      };
      expect(await said(1, false)).toBeUndefined();
      expect(await said(1.2, false)).toBeUndefined();
      for (const _ of [1, 2]) expect(await said(1.4, true)).toMatch(/is where can was/);
      expect(await said(1.6, false)).toBeUndefined();
    });
  });

  it("takes an edge for the image's that is as near to it as boxes are inexact", async () => {
    const { labels: _, ...frame } = frameOf(STANDING);
    const cup = { name: "mug", phrase: "the red mug", classIds: ["cup"] };
    const reasonOf = async (left: number) => {
      const box = { classId: "cup", score: 0.9, centerX: left + 26, centerY: 205 };
      const seen = { ...frame, detections: [{ ...box, sizeX: 52, sizeY: 66 }] };
      return (await ask(plane({ boxSigmaPx: 3 }), seen, [GRIPPER, cup])).refusal?.detail;
    };
    expect(await reasonOf(5)).toMatch(/cut off/);
    expect(await reasonOf(8)).toBeUndefined();
  });

  it.each([
    ["a number that is none", { centerX: Number.NaN }, /no box/],
    ["an endless side", { sizeY: Number.POSITIVE_INFINITY }, /no box/],
    ["no width", { sizeX: 0 }, /no box/],
    ["corners in the wrong order", { sizeX: -52, sizeY: -66 }, /no box/],
    ["a place beside the image", { centerX: 2000 }, /outside of the image of 640x480 pixels/],
    ["a place over it", { centerY: -300 }, /outside of the image/],
    ["a place under it", { centerY: 900 }, /outside of the image/],
  ])("says that a detector's box with %s is none", async (_, wrong, detail) => {
    const { labels: __, ...frame } = frameOf(STANDING);
    const box = { classId: "cup", score: 0.9, centerX: 208, centerY: 205, sizeX: 52, sizeY: 66 };
    const cup = { name: "mug", phrase: "the red mug", classIds: ["cup"] };
    const model = plane({ boxSigmaPx: 1 });
    // A form that is known makes up for edges that the image cuts off, but not for these.
    for (const stampNs of [1n, 2n])
      await ask(model, { ...frame, stampNs, detections: [box] }, [GRIPPER, cup]);
    const detections = [{ ...box, ...wrong }];
    const { refusal } = await ask(model, { ...frame, stampNs: 3n, detections }, [GRIPPER, cup]);
    expect(refusal).toMatchObject({ reason: "unclear", detail });
  });

  it.each([
    ["stands on a thing that nobody asks about", [205, 245, 90, 40], true],
    ["ends where such a thing begins", [205, 259, 90, 36], true],
    ["is seen twice by the detector", [209, 207, 54, 66], false],
    ["stands on a table that has a box", [320, 300, 600, 330], false],
    ["has another thing beside it", [300, 230, 60, 60], false],
  ] as const)(
    "knows from other detections what a box may be: it %s",
    async (_, other, isDoubted) => {
      const { labels: __, ...frame } = frameOf(STANDING);
      const detection = (classId: string, [centerX, centerY, sizeX, sizeY]: readonly number[]) => ({
        ...{ classId, score: 0.9, centerX: centerX ?? 0, centerY: centerY ?? 0 },
        ...{ sizeX: sizeX ?? 0, sizeY: sizeY ?? 0 },
      });
      const cup = { name: "mug", phrase: "the red mug", classIds: ["cup"] };
      const detections = [detection("cup", [208, 205, 52, 66]), detection("thing", other)];
      const [sigmaM, alone] = await Promise.all(
        [detections, detections.slice(0, 1)].map((seen) =>
          sigmaOf("elevation", plane(), { ...frame, detections: seen }, cup),
        ),
      );
      if (isDoubted) expect(sigmaM).toBeGreaterThan(1.3 * (alone ?? Number.NaN));
      else expect(sigmaM).toBe(alone);
    },
  );
});

describe("the picture at a box", () => {
  /** Brown where labels have no thing, but for what is painted over it beside the things. */
  function pictured(
    frame: CameraFrame,
    isPainted: (u: number, v: number) => boolean,
    paint: readonly number[] = [20, 20, 20],
  ): CameraFrame {
    const { labels } = frame;
    if (labels?.kind !== "raw") throw new Error("the frame has raw labels");
    const { width, height } = labels;
    const data = new Uint8Array(3 * width * height);
    labels.data.forEach((id, i) => {
      const isOther = isPainted(i % width, Math.floor(i / width));
      const color =
        id === 1 ? [30, 40, 170] : id === 2 ? [40, 150, 40] : isOther ? paint : [180, 140, 100];
      data.set(color, 3 * i);
    });
    const image = { ...labels, encoding: "rgb8", step: 3 * width, data };
    return { ...frame, image };
  }
  const labelled = frameOf(STANDING);
  const pixels = labelled.labels?.data ?? new Uint8Array();
  const own = [...pixels.keys()]
    .filter((i) => pixels[i] === 1)
    .map((i) => [i % 640, Math.floor(i / 640)]);
  const [left, right] = [Math.min, Math.max].map((of) => of(...own.map(([u = 0]) => u))) as [
    number,
    number,
  ];
  const [top, bottom] = [Math.min, Math.max].map((of) => of(...own.map(([, v = 0]) => v))) as [
    number,
    number,
  ];
  const isAround = (u: number) => u > left - 40 && u < right + 40;
  const carrier = (u: number, v: number) => isAround(u) && v > bottom - 20 && v < bottom + 40;
  const floor = (u: number, v: number) => u > left && u < right && v > bottom - 20;
  const arm = (u: number, v: number) => u > left + 10 && u < right - 10 && v < top + 10;
  const nothing = () => false;
  const said = async (model: SpatialVlm, frame: CameraFrame, other = CAN) =>
    (await ask(model, frame, [MUG, other])).refusal?.detail;

  it("shows what carries it or holds it without a box", async () => {
    const shown = (of: typeof carrier) =>
      ask(plane({ boxSigmaPx: 1 }), pictured(labelled, of), [MUG, CAN]);
    const [alone, carried] = await Promise.all(
      [nothing, carrier].map((of) => sigmaOf("elevation", plane(), pictured(labelled, of), MUG)),
    );
    expect(carried).toBeGreaterThan(1.3 * (alone ?? Number.NaN));
    expect((await shown(floor)).refusal?.detail).toMatch(
      /the red mug ends in something without a box.* \(a mat, .*\), and its form/,
    );
    expect((await shown(arm)).refusal?.detail).toMatch(
      /the red mug touches something that comes from outside.* \(.* by its TF frame tells\)/,
    );
  });

  it("makes an answer vague by what may hold a thing, as far as a pale arm tells", async () => {
    const pale = pictured(labelled, arm, [188, 148, 107]);
    const [alone = 0, held = 0] = await Promise.all([
      sigmaOf("elevation", plane({ boxSigmaPx: 1 }), pictured(labelled, nothing), MUG),
      sigmaOf("elevation", plane({ boxSigmaPx: 1 }), pale, MUG),
    ]);
    // It may be anywhere up to 20 cm over the table.
    expect(held).toBeGreaterThan(alone + 0.04);
  });

  it("does not tell better than TF where the gripper is", async () => {
    const frame = pictured(labelled, arm);
    expect(await said(plane({ boxSigmaPx: 1 }), frame, GRIPPER)).toBeUndefined();
  });

  it("of one camera shows shortly afterwards, too, what holds a thing that another one sees", async () => {
    const model = plane({ boxSigmaPx: 1 });
    const from = (camera: string, stampS: number, of: typeof arm) =>
      said(model, { ...pictured(frameOf(STANDING, { stampS }), of), camera });
    expect(await from("left", 1, arm)).toMatch(/comes from outside/);
    expect(await from("right", 1, nothing)).toBeUndefined();
    expect(await from("right", 1.3, nothing)).toMatch(/comes from outside/);
    expect(await from("right", 2, nothing)).toBeUndefined();
  });

  it("is not asked once the form of a thing is known", async () => {
    const frame = pictured(frameOf(STANDING, { stampS: 2 }), carrier);
    expect(await said(await knowing(), frame)).toBeUndefined();
  });

  it("keeps no form that was learned in the air, where something like an arm is over what stands now", async () => {
    const model = plane({ boxSigmaPx: 1 });
    const lifted = [mug([-0.15, 0.05, 0.245]), STANDING[1]];
    for (const stampS of [0.1, 0.2, 0.3])
      await ask(model, pictured(frameOf(lifted, { stampS }), nothing));
    for (const stampS of [1, 2, 3]) {
      const frame = pictured(frameOf(STANDING, { stampS }), arm, [188, 148, 107]);
      const { valueM, sigmaM } = lengthOf(await ask(model, frame));
      expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(sigmaM);
    }
  });

  it("is not read for a box of the robot, which has no form", async () => {
    const boxed: ObjectRef = { name: "gripper", phrase: "the gripper", classIds: ["gripper"] };
    const box = { classId: "gripper", score: 1, centerX: 600, centerY: 40, sizeX: 40, sizeY: 40 };
    const { image, ...frame } = frameOf(STANDING, { stampS: 2 });
    let reads = 0;
    const read = () => {
      reads += 1;
      return image.data;
    };
    const model = await knowing();
    for (const [thing, isRead] of [
      [MUG, false],
      [{ ...MUG, name: "other mug" }, true],
    ] as const) {
      const watched = Object.defineProperty({ ...image }, "data", { get: read });
      await ask(model, { ...frame, image: watched, detections: [box] }, [boxed, thing]);
      expect(reads > 0).toBe(isRead);
    }
  });
});

describe("a plane that two views contradict", () => {
  const EYES: readonly Vec3[] = [
    [0, -0.8, 0.6],
    [0.7, 0, 0.6],
  ];
  /** From either place in turn; `table` is where the task says that it is. */
  async function answers(
    table: ObjectRef,
    solids: readonly Solid[] = STANDING,
    asked: readonly [ObjectRef, ObjectRef] = [MUG, CAN],
  ): Promise<SpatialAnswer[]> {
    const model = plane({ boxSigmaPx: 1 });
    const all: SpatialAnswer[] = [];
    for (const i of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const eye = EYES[i % 2] ?? EYE;
      const stampNs = BigInt(i) * 100_000_000n;
      const frame = castFrame(
        { solids, table: [0.5, 0.4] },
        { eye, target: [0, 0, 0] },
        { hasDepth: false },
      );
      const poses = new Map([["world", { ok: true, pose: worldSeenFrom(eye) } as const]]);
      all.push(await ask(model, { ...frame, poses, stampNs, camera: `c${i % 2}` }, asked, table));
    }
    return all;
  }

  it("is refused, with how far apart they see a thing", async () => {
    for (const heightM of [0.09, -0.09]) {
      const last = (await answers({ ...TABLE, heightM })).at(-1);
      expect(last?.refusal).toMatchObject({
        reason: "contradiction",
        detail: /two views show the (red mug|green can) \d+ cm apart.*height/,
      });
    }
  });

  it("is not suspected for one thing that hangs in the air, which is refused by itself", async () => {
    const inAir = [mug([-0.15, 0.05, 0.195]), can([0.12, -0.05, 0.06])];
    const [, , , ...later] = await answers(TABLE, inAir);
    for (const { refusal } of later)
      expect(refusal).toMatchObject({
        reason: "ambiguous",
        detail: /two views show the red mug \d+ cm apart.* it may be held/,
      });
    expect(later.length).toBeGreaterThan(3);
  });

  it("is named beside what may carry a thing, where nothing else is seen in one place", async () => {
    const [, , , fourth] = await answers({ ...TABLE, heightM: 0.09 }, STANDING.slice(0, 1));
    expect(fourth?.refusal?.detail).toMatch(/two views show the red mug \d+ cm apart.*height/);
    expect(fourth?.refusal?.detail).not.toMatch(/other things in one place/);
  });

  it("is not suspected where it is right", async () => {
    for (const answer of await answers(TABLE)) expect(answer.refusal).toBeUndefined();
  });
});

/** The world's pose in a camera that looks at its origin from somewhere, upright. */
function worldSeenFrom(eye: Vec3): Pose {
  const away = Math.hypot(...eye);
  const turn = (Math.PI / 2 + Math.atan2(eye[2], Math.hypot(eye[0], eye[1]))) / 2;
  const tilt: Quaternion = [Math.sin(turn), 0, 0, Math.cos(turn)];
  const yaw = (-Math.PI / 2 - Math.atan2(eye[1], eye[0])) / 2;
  const spin: Quaternion = [0, 0, Math.sin(yaw), Math.cos(yaw)];
  return { position: [0, 0, away], rotation: multiplyQuaternions(tilt, spin) };
}

describe("plane?boxes=URL", () => {
  async function served(): Promise<{ server: FakeServer; model: SpatialVlm }> {
    const server = await FakeServer.start();
    onTestFinished(() => server.stop());
    const model = await createVlm(`plane?boxes=${server.url}#tiny`);
    onTestFinished(() => model.close());
    return { server, model };
  }
  const named = [
    { name: "mug", phrase: "the red mug" },
    { name: "can", phrase: "the green can" },
  ] as const;

  /** Boxes of the labels, as a model gives them: 0..1000. */
  function boxIn(frame: CameraFrame, id: number): string {
    const { data = new Uint8Array(), width = 1, height = 1 } = frame.labels ?? {};
    const at = [...data.keys()].filter((i) => data[i] === id);
    const xs = at.map((i) => i % width);
    const ys = at.map((i) => Math.floor(i / width));
    const box = [
      (1000 * Math.min(...xs)) / width,
      (1000 * Math.min(...ys)) / height,
      (1000 * (Math.max(...xs) + 1)) / width,
      (1000 * (Math.max(...ys) + 1)) / height,
    ];
    return JSON.stringify(box.map(Math.round));
  }

  it("asks a language model once an image for all boxes", async () => {
    const { server, model } = await served();
    const frame = frameOf(STANDING);
    const reply = `{"the red mug": ${boxIn(frame, 1)}, "the green can": ${boxIn(frame, 2)}}`;
    server.always(says(reply));
    const { labels: _, ...seen } = frame;
    const { valueM } = lengthOf(await ask(model, seen, named));
    expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(0.015);
    expect(server.seen).toHaveLength(1);
    const asked = JSON.stringify(server.seen[0]?.body.messages);
    expect(asked).toContain("the green can");
    expect(asked).not.toMatch(/metric unit|short sentence/);
    expect(model.usage?.requests).toBe(1);
  });

  it.each([
    [320, 240],
    [1280, 720],
  ])("measures in images of %d x %d pixels from a camera that moves", async (width, height) => {
    const { server, model } = await served();
    const eyes: readonly Vec3[] = [
      [0, -0.8, 0.6],
      [0.25, -0.55, 0.5],
      [0.45, -0.3, 0.45],
      [0.5, 0, 0.6],
    ];
    for (const [i, eye] of eyes.entries()) {
      const view = { eye, target: [0, 0, 0], width, height, focal: 0.8 * width } as const;
      const frame = castFrame({ solids: STANDING, table: [0.5, 0.4] }, view);
      server.always(says(`{"red mug": ${boxIn(frame, 1)}, "green can": ${boxIn(frame, 2)}}`));
      const { labels: _, depth: __, ...seen } = frame;
      const poses = new Map([["world", { ok: true, pose: worldSeenFrom(eye) } as const]]);
      const stampNs = BigInt(i) * 300_000_000n;
      const { valueM, sigmaM } = lengthOf(await ask(model, { ...seen, poses, stampNs }, named));
      expect(Math.abs(valueM - apart(STANDING))).toBeLessThan(Math.min(0.02, 2 * sigmaM));
    }
  });

  it("says which object the model gave no box", async () => {
    const { server, model } = await served();
    server.always(says('{"the red mug": [100, 100, 200, 300], "the green can": null}'));
    const { labels: _, ...seen } = frameOf(STANDING);
    const { refusal } = await ask(model, seen, named);
    expect(refusal).toMatchObject({ reason: "no_object", detail: /sees no the green can/ });
  });

  it("takes no model that measures for one that finds boxes", async () => {
    for (const boxes of ["rgbd", "plane"])
      await expect(createVlm(`plane?boxes=${boxes}`)).rejects.toThrow(
        /answers no questions in words/,
      );
  });

  it("is understood as a spec, with what belongs together", async () => {
    await expect(createVlm("plane?tilt=30")).rejects.toThrow(/camera_height and tilt together/);
    await expect(createVlm("plane#model")).rejects.toThrow(/only with boxes=URL/);
    await using model = await createVlm(
      "plane?camera_height=0.6&tilt=30&box_error_px=2&camera_error_mm=9&camera_error_deg=1",
    );
    expect(model).toMatchObject({ id: "plane", concurrency: 1, remembers: true, needs: ["info"] });
  });
});
