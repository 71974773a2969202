import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distanceBetween, type Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  invertPose,
  type Pose,
  type RawImage,
  transformPoint,
} from "../../src/camera/index.js";
import { SimError, type SimStep, TabletopSim } from "../../src/sim/index.js";
import { MUG_HALF_HEIGHT_M, MUG_RADIUS_M, TABLE_TOP_M } from "../../src/sim/scene/constants.js";

const SMALL = { width: 160, height: 120, rateHz: 5 } as const;

function bytesOf({ image, depth, labels }: CameraFrame): Buffer {
  return Buffer.concat([image, depth, labels].map((part) => (part as RawImage).data));
}

/** The points of an instance in the camera's optical frame, by depth, labels and intrinsics. */
function pointsOf(frame: CameraFrame, name: string): Vec3[] {
  const { width, height, fx, fy, cx, cy } = frame.info!;
  const labels = frame.labels!.data;
  const { data } = frame.depth as RawImage;
  const depth = new Float32Array(data.buffer, data.byteOffset, width * height);
  const [id] = [...frame.labelNames!].find(([, label]) => label === name)!;
  const points: Vec3[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== id) continue;
    const [u, v, z] = [i % width, Math.floor(i / width), depth[i]!];
    points.push([((u - cx) / fx) * z, ((v - cy) / fy) * z, z]);
  }
  return points;
}

function poseOf(frame: CameraFrame, name: string): Pose {
  const found = frame.poses!.get(name)!;
  if (!found.ok) throw new Error(found.reason);
  return found.pose;
}

describe("TabletopSim", () => {
  it("is closed at the end of a block, and may be closed before", async () => {
    {
      using robot = await TabletopSim.create({ ...SMALL, seed: 3 });
      expect(robot.current().done).toBe(false);
      robot.close();
    }
    using again = await TabletopSim.create({ ...SMALL, seed: 3 });
    await again.reset(4);
    again.close();
    expect(() => again.step()).toThrow();
  });

  let sim: TabletopSim;
  let first: SimStep;
  beforeAll(async () => {
    sim = await TabletopSim.create({ ...SMALL, seed: 3, cameras: 2 });
    first = sim.current();
  });
  afterAll(() => sim.close());

  it("carries what the robot knows of itself between two images, and nothing of the things", async () => {
    using robot = await TabletopSim.create({ ...SMALL, seed: 3, cameras: 2 });
    robot.step();
    const { frames, truth } = robot.step();
    const samples = frames[0]?.kinematics ?? [];
    expect(samples).toHaveLength(6);
    expect(samples.at(-1)?.stampNs).toBe(truth.stampNs);
    expect(samples.at(-1)?.poses.get("gripper")).toEqual(truth.poses.get("gripper"));
    const opening = ["finger_left", "finger_right"].map((name) => samples.at(-1)?.joints.get(name));
    expect(opening.reduce((sum = 0, x = 0) => sum + x)).toBeCloseTo(truth.openingM, 9);
    for (const { poses } of samples) {
      expect([...poses.keys()]).toEqual([
        "gripper",
        "camera_color_optical_frame",
        "side_camera_color_optical_frame",
      ]);
    }
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const again = await TabletopSim.create({ ...SMALL, seed: 3, cameras: 2 });
    const other = await TabletopSim.create({ ...SMALL, seed: 4, cameras: 2 });
    const twin = await TabletopSim.create({ ...SMALL, seed: 3, cameras: 2 });
    for (let i = 0; i < 5; i++) {
      const [a, b] = [again.step(), twin.step()];
      expect(a.truth).toEqual(b.truth);
      a.frames.forEach((frame, k) => {
        expect(bytesOf(frame).equals(bytesOf(b.frames[k]!))).toBe(true);
      });
    }
    expect(bytesOf(other.current().frames[0]!).equals(bytesOf(first.frames[0]!))).toBe(false);
    for (const each of [again, other, twin]) each.close();
  });

  it("back-projects the mug's pixels onto the mug's surface", () => {
    for (const frame of first.frames) {
      const mugFromCamera = invertPose(poseOf(frame, "red_mug"));
      const points = pointsOf(frame, "red mug").map((point) =>
        transformPoint(mugFromCamera, point),
      );
      expect(points.length).toBeGreaterThan(50);
      // The handle reaches further than the body.
      const body = points.filter(([x, y]) => Math.hypot(x, y) < MUG_RADIUS_M + 0.001);
      expect(body.length).toBeGreaterThan(0.7 * points.length);
      for (const [x, y, z] of body) {
        const toWall = Math.abs(Math.hypot(x, y) - MUG_RADIUS_M);
        const toTop = Math.abs(z - MUG_HALF_HEIGHT_M);
        const onHandle = Math.abs(y) < 0.006 && x > 0;
        if (!onHandle) expect(Math.min(toWall, toTop)).toBeLessThan(1e-3);
      }
    }
  });

  it("sees the table's top as the plane that TF says", () => {
    for (const frame of first.frames) {
      const tableFromCamera = invertPose(poseOf(frame, "table"));
      const heights = pointsOf(frame, "table").map(
        (point) => transformPoint(tableFromCamera, point)[2],
      );
      // The rest is the slab's sides and the legs, all below.
      const onTop = heights.filter((z) => Math.abs(z) < 1e-5);
      expect(onTop.length).toBeGreaterThan(0.9 * heights.length);
      expect(Math.max(...heights)).toBeLessThan(1e-5);
    }
  });

  it("gives poses in the optical frame: z forward, x right, y down", () => {
    const frame = first.frames[0]!;
    expect(frame.frameId).toBe("camera_color_optical_frame");
    for (const name of ["red_mug", "blue_tray", "gripper"]) {
      const [x, y, z] = poseOf(frame, name).position;
      const { fx, fy, cx, cy } = frame.info!;
      const pixels = pointsOf(frame, name === "gripper" ? "robot gripper" : name.replace("_", " "));
      const meanOf = (axis: 0 | 1) =>
        pixels.reduce((sum, p) => sum + p[axis] / p[2], 0) / pixels.length;
      // The seen side's middle is near the object's projected middle.
      expect(Math.abs((x / z - meanOf(0)) * fx + cx - cx)).toBeLessThan(8);
      expect(Math.abs((y / z - meanOf(1)) * fy + cy - cy)).toBeLessThan(8);
      expect(z).toBeGreaterThan(0.5);
    }
    const up = transformPoint(poseOf(frame, "world"), [0, 0, TABLE_TOP_M + 0.2]);
    const down = transformPoint(poseOf(frame, "world"), [0, 0, TABLE_TOP_M]);
    expect(up[1]).toBeLessThan(down[1]);
  });

  it("agrees between poses in the camera and the truth in the world", () => {
    const [front, side] = first.frames;
    const inFront = composeDistance(front!);
    expect(composeDistance(side!)).toBeCloseTo(inFront, 9);
    const { poses } = first.truth;
    const [a, b] = [poses.get("gripper")!.position, poses.get("red_mug")!.position];
    expect(inFront).toBeCloseTo(distanceBetween(a, b), 9);
  });

  it("shows and names every object", async () => {
    for (const seed of [0, 1, 2, 5, 8]) {
      const other = await TabletopSim.create({ ...SMALL, seed });
      const frame = other.current().frames[0]!;
      const ids = new Set(frame.labels!.data);
      for (const [id, name] of frame.labelNames!) expect([name, ids.has(id)]).toEqual([name, true]);
      const names = [...frame.labelNames!.values()];
      expect(names).toEqual(
        expect.arrayContaining(["robot gripper", "red mug", "blue tray", "table", "robot arm"]),
      );
      expect(names.length).toBeGreaterThanOrEqual(7);
      other.close();
    }
  });

  it("is driven by own actions: velocity of the gripper and opening of the fingers", async () => {
    const driven = await TabletopSim.create({ ...SMALL, seed: 3 });
    const before = driven.current().truth.poses.get("gripper")!.position;
    let step = driven.current();
    for (let i = 0; i < 5; i++) step = driven.step({ velocity: [0, 0, -0.1], openingM: 0.1 });
    const after = step.truth.poses.get("gripper")!.position;
    expect(before[2] - after[2]).toBeGreaterThan(0.08);
    expect(before[2] - after[2]).toBeLessThan(0.11);
    expect(Math.abs(after[0] - before[0])).toBeLessThan(0.005);
    expect(step.truth.openingM).toBeCloseTo(0.1, 2);
    expect(step.done).toBe(false);
    // Without an action the gripper stays.
    for (let i = 0; i < 3; i++) step = driven.step();
    const rest = step.truth.poses.get("gripper")!.position;
    expect(Math.abs(rest[2] - after[2])).toBeLessThan(0.01);
    driven.close();
  });

  it("begins a new episode on reset, with a name of its own", async () => {
    const reset = await TabletopSim.create({ ...SMALL, seed: 3, outcome: "idle" });
    const start = reset.current();
    reset.step();
    const same = await reset.reset();
    expect(bytesOf(same.frames[0]!).equals(bytesOf(start.frames[0]!))).toBe(true);
    expect(same.frames[0]!.episode).not.toBe(start.frames[0]!.episode);
    const next = await reset.reset(4, "success");
    expect(next.truth.poses.get("red_mug")).not.toEqual(start.truth.poses.get("red_mug"));
    reset.close();
  });

  it("adds repeatable depth noise that grows with the distance squared", async () => {
    const noisy = await TabletopSim.create({ ...SMALL, seed: 3, depthNoiseMm: 5 });
    const clean = pointsOf(first.frames[0]!, "table");
    const seen = pointsOf(noisy.current().frames[0]!, "table");
    const scaled = seen.map(([, , z], i) => (z - clean[i]![2]) / clean[i]![2] ** 2);
    const sigma = Math.sqrt(scaled.reduce((sum, e) => sum + e * e, 0) / scaled.length);
    expect(sigma).toBeGreaterThan(0.0045);
    expect(sigma).toBeLessThan(0.0055);
    noisy.close();
  });

  it.each([
    [{ seed: -1 }, "seed"],
    [{ seed: 1.5 }, "seed"],
    [{ width: 0 }, "width"],
    [{ rateHz: Number.NaN }, "rateHz"],
    [{ outcome: "win" as "success" }, "outcome"],
  ])("refuses %o and names the option", async (options, name) => {
    const refused = await TabletopSim.create(options).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SimError);
    expect(String(refused)).toContain(name);
  });

  it("refuses an action that is not finite", () => {
    expect(() => sim.step({ velocity: [0, Number.NaN, 0], openingM: 0.1 })).toThrow(SimError);
  });
});

/** Gripper to mug, metres, by the poses in the camera. */
function composeDistance(frame: CameraFrame): number {
  const [a, b] = [poseOf(frame, "gripper").position, poseOf(frame, "red_mug").position];
  return distanceBetween(a, b);
}
