import { describe, expect, it } from "vitest";
import {
  type CameraFrame,
  KinematicHistory,
  type KinematicSelection,
  type StampedTransform,
} from "../../src/camera/index.js";
import { cpuMs } from "../support/cpuMs.js";

const MS = 1_000_000n;
const T0 = 1_000_000_000_000n;

function at(ms: number): bigint {
  return T0 + BigInt(ms) * MS;
}

function link(parentFrame: string, childFrame: string, ms: number, x: number): StampedTransform {
  const pose = { position: [x, 0, 0], rotation: [0, 0, 0, 1] } as const;
  return { parentFrame, childFrame, stampNs: at(ms), pose };
}

function frame(ms: number, camera = "front", frameId = "optical"): CameraFrame {
  const image = { kind: "compressed", format: "jpeg", data: new Uint8Array() } as const;
  return { camera, frameId, stampNs: at(ms), episode: "run", image };
}

const ROBOT: KinematicSelection = {
  fixedFrame: "base",
  frames: ["hand"],
  jointTopics: ["/joint_states"],
};

/** A fixed camera, and an arm whose hand is at x = 1 + t. Transforms come every 20 ms. */
function arm(selection = ROBOT, untilMs = 400): KinematicHistory {
  const history = new KinematicHistory(selection);
  history.addTransforms([link("base", "optical", 0, -1)], true);
  for (let ms = 0; ms <= untilMs; ms += 20) {
    history.addTransforms([link("base", "arm", ms, 1), link("arm", "hand", ms, ms / 1000)], false);
    history.addTransforms([link("base", "mug", ms, 5)], false);
  }
  return history;
}

function stampsMs({ kinematics = [] }: CameraFrame): number[] {
  return kinematics.map(({ stampNs }) => Number((stampNs - T0) / MS));
}

describe("KinematicHistory", () => {
  it("gives a frame one sample for each transform since the camera's previous frame, and its own", () => {
    const history = arm();
    expect(stampsMs(history.carry(frame(50)))).toEqual([0, 20, 40, 50]);
    expect(stampsMs(history.carry(frame(100)))).toEqual([60, 80, 100]);
    expect(stampsMs(history.carry(frame(110, "side")))).toEqual([0, 20, 40, 60, 80, 100, 110]);
  });

  it("tells where gripper and camera are in the fixed frame, between transforms too", () => {
    const { kinematics = [] } = arm().carry(frame(50));
    const last = kinematics.at(-1);
    expect(last?.poses.get("hand")?.position[0]).toBeCloseTo(1.05, 9);
    expect(last?.poses.get("optical")?.position[0]).toBe(-1);
  });

  it("never holds the frame of a thing, whatever TF tells of it", () => {
    const history = arm();
    history.addTransforms([link("hand", "held_thing", 60, 0)], false);
    const all = [50, 100, 150].flatMap((ms) => history.carry(frame(ms)).kinematics ?? []);
    const names = new Set(all.flatMap(({ poses }) => [...poses.keys()]));
    expect([...names].sort()).toEqual(["hand", "optical"]);
  });

  it("takes the root of the gripper's tree where the task names no fixed frame", () => {
    const { fixedFrame: _, ...rootless } = ROBOT;
    const history = arm(rootless);
    history.addTransforms([link("map", "base", 0, 10)], true);
    const { kinematics = [] } = history.carry(frame(40));
    expect(kinematics.at(-1)?.poses.get("hand")?.position[0]).toBeCloseTo(11.04, 9);
  });

  it("carries each joint's newest position, for two seconds", () => {
    const history = arm(ROBOT, 3000);
    history.addJoints({ stampNs: at(10), positions: new Map([["left", 0.01]]) });
    history.addJoints({ stampNs: at(40), positions: new Map([["left", 0.04]]) });
    history.addJoints({ stampNs: at(30), positions: new Map([["left", 0.03]]) });
    const { kinematics = [] } = history.carry(frame(50));
    expect(kinematics.map(({ joints }) => joints.get("left"))).toEqual([
      undefined,
      0.01,
      0.04,
      0.04,
    ]);
    expect(history.carry(frame(3000)).kinematics?.at(-1)?.joints.size).toBe(0);
  });

  it("says by name which frame is missing, and goes on", () => {
    const unnamed = arm({ ...ROBOT, frames: ["hnad"] });
    const [sample] = unnamed.carry(frame(50)).kinematics?.slice(-1) ?? [];
    expect(sample?.missing?.get("hnad")).toContain("hnad has not been received");
    expect(sample?.poses.has("optical")).toBe(true);

    const stopped = arm(ROBOT, 100);
    const late = stopped.carry(frame(300)).kinematics ?? [];
    expect(stampsMs(stopped.carry(frame(320)))).toEqual([320]);
    expect(late.at(-1)?.missing?.get("hand")).toContain("200.0 ms older than the image");
    expect(late.at(-2)?.poses.has("hand")).toBe(true);

    const torn = new KinematicHistory(ROBOT);
    torn.addTransforms([link("base", "optical", 0, 0)], true);
    torn.addTransforms([link("arm", "hand", 0, 0), link("arm", "hand", 100, 0)], false);
    const missing = torn.carry(frame(50)).kinematics?.at(-1)?.missing?.get("hand");
    expect(missing).toContain("are not connected");
  });

  it("says that a gripper that no transform moves is missing, and puts it nowhere", () => {
    const noTf = new KinematicHistory({ frames: ["hand"], jointTopics: [] });
    const [sample] = noTf.take(frame(50));
    expect(sample?.poses.size).toBe(0);
    expect(sample?.missing?.get("hand")).toContain("no transform has hand as its child");
    const asRoot = new KinematicHistory({ frames: ["base"], jointTopics: [] });
    asRoot.addTransforms([link("base", "optical", 0, -1)], true);
    expect(asRoot.take(frame(50)).at(-1)?.poses.has("base")).toBe(false);
    expect(noTf.newest()).toBeUndefined();
  });

  it("knows the newest stamp at which all frames of the robot are known", () => {
    const history = arm();
    history.addTransforms([link("base", "arm", 420, 1)], false);
    expect(history.newest()?.stampNs).toBe(at(400));
    history.addTransforms([link("arm", "hand", 420, 0.42)], false);
    expect(history.newest()?.stampNs).toBe(at(420));
    expect(history.newest()?.poses.get("hand")?.position[0]).toBeCloseTo(1.42, 9);
  });

  it("begins anew where the source's time jumps back", () => {
    const history = arm(ROBOT, 5000);
    history.carry(frame(5000));
    for (let ms = 0; ms <= 200; ms += 20) {
      history.addTransforms(
        [link("base", "arm", ms - 20000, 1), link("arm", "hand", ms - 20000, 0.5)],
        false,
      );
    }
    const again = history.carry(frame(-19950));
    expect(stampsMs(again)).toEqual([-20000, -19980, -19960, -19950]);
    expect(again.kinematics?.at(-1)?.poses.get("hand")?.position[0]).toBe(1.5);
  });

  it("keeps its memory and its cost flat over a long recording", async () => {
    const history = new KinematicHistory(ROBOT);
    history.addTransforms([link("base", "optical", 0, 0)], true);
    const spentMs = await cpuMs(() => {
      for (let ms = 0; ms < 60_000; ms += 2) {
        history.addTransforms([link("base", "hand", ms, ms / 1000)], false);
        history.addJoints({ stampNs: at(ms), positions: new Map([["left", 0.01]]) });
        if (ms % 100 === 0) history.carry(frame(ms));
      }
    });
    expect(spentMs).toBeLessThan(3000);
    expect(history.carry(frame(59_998)).kinematics?.length).toBeLessThan(30);
  });
});
