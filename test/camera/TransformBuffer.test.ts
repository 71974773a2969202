import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import {
  composePoses,
  type FramePose,
  invertPose,
  normalizeQuaternion,
  type Pose,
  type StampedTransform,
  TransformBuffer,
  transformPoint,
} from "../../src/camera/index.js";

const MS = 1_000_000n;

function transform(
  parentFrame: string,
  childFrame: string,
  stampMs: number,
  position: Vec3,
  rotation: Pose["rotation"] = [0, 0, 0, 1],
): StampedTransform {
  return { parentFrame, childFrame, stampNs: BigInt(stampMs) * MS, pose: { position, rotation } };
}

function reasonOf(pose: FramePose): string {
  return pose.ok ? "" : pose.reason;
}

const QUARTER_Z: Pose["rotation"] = [0, 0, Math.SQRT1_2, Math.SQRT1_2];

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const vector = fc.tuple(coordinate, coordinate, coordinate);
const pose = fc
  .tuple(vector, fc.tuple(coordinate, coordinate, coordinate, coordinate))
  .map(([position, q]): Pose => ({ position, rotation: normalizeQuaternion(q) ?? [0, 0, 0, 1] }));

describe("poses", () => {
  it("compose as their transformations do", () => {
    fc.assert(
      fc.property(pose, pose, vector, (outer, inner, point) => {
        const direct = transformPoint(composePoses(outer, inner), point);
        const twice = transformPoint(outer, transformPoint(inner, point));
        for (const axis of [0, 1, 2] as const) expect(direct[axis]).toBeCloseTo(twice[axis], 8);
      }),
    );
  });

  it("are undone by their inverse", () => {
    fc.assert(
      fc.property(pose, vector, (there, point) => {
        const back = transformPoint(invertPose(there), transformPoint(there, point));
        for (const axis of [0, 1, 2] as const) expect(back[axis]).toBeCloseTo(point[axis], 8);
      }),
    );
  });
});

describe("TransformBuffer.lookup", () => {
  it("goes up to the common ancestor and down again", () => {
    const buffer = new TransformBuffer();
    buffer.add([transform("world", "camera", 0, [1, 0, 0], QUARTER_Z)], true);
    buffer.add(
      [transform("world", "arm", 0, [0, 0, 1]), transform("arm", "gripper", 0, [0, 2, 0])],
      true,
    );
    const found = buffer.lookup("camera", "gripper", 5n);
    // From the camera at x = 1, turned by 90° about z, (0, 2, 1) is 2 ahead and 1 to the left.
    expect(found.ok).toBe(true);
    const [x, y, z] = found.ok ? found.pose.position : [];
    expect([x, y, z].map((value) => Math.round(value! * 1e9) / 1e9)).toEqual([2, 1, 1]);
  });

  it("takes leading slashes for the same frame", () => {
    const buffer = new TransformBuffer();
    buffer.add([transform("/world", "/mug", 0, [1, 2, 3])], true);
    expect(buffer.lookup("world", "/mug", 0n)).toMatchObject({ pose: { position: [1, 2, 3] } });
  });

  it("interpolates position linearly and rotation at constant speed", () => {
    const buffer = new TransformBuffer();
    buffer.add([transform("world", "mug", 100, [0, 0, 0])], false);
    buffer.add([transform("world", "mug", 200, [1, 0, 4], QUARTER_Z)], false);
    const found = buffer.lookup("world", "mug", 125n * MS);
    expect(found).toMatchObject({ ok: true, pose: { position: [0.25, 0, 1] } });
    const [, , z, w] = found.ok ? found.pose.rotation : [];
    expect(2 * Math.atan2(z!, w!)).toBeCloseTo(Math.PI / 8, 9);
  });

  it("turns the shorter way round where the signs of the quaternions differ", () => {
    const buffer = new TransformBuffer();
    const negative: Pose["rotation"] = [0, 0, -Math.SQRT1_2, -Math.SQRT1_2];
    buffer.add([transform("world", "mug", 0, [0, 0, 0], QUARTER_Z)], false);
    buffer.add([transform("world", "mug", 10, [0, 0, 0], negative)], false);
    const found = buffer.lookup("world", "mug", 5n * MS);
    const [, , z, w] = found.ok ? found.pose.rotation : [];
    expect(2 * Math.atan2(z!, w!)).toBeCloseTo(Math.PI / 2, 9);
  });

  it("does not depend on the order of arrival", () => {
    const stamps = fc.shuffledSubarray([0, 10, 20, 30, 40, 50], { minLength: 6 });
    fc.assert(
      fc.property(stamps, fc.integer({ min: 0, max: 50 }), (order, at) => {
        const buffer = new TransformBuffer();
        for (const ms of order) buffer.add([transform("world", "mug", ms, [ms, 0, 0])], false);
        const found = buffer.lookup("world", "mug", BigInt(at) * MS);
        expect(found.ok && found.pose.position[0]).toBeCloseTo(at, 9);
      }),
    );
  });

  it("does not extrapolate, and says by how much the stamp is missed", () => {
    const buffer = new TransformBuffer();
    buffer.add([transform("world", "mug", 100, [0, 0, 0])], false);
    expect(buffer.lookup("world", "mug", 100n * MS).ok).toBe(true);
    expect(reasonOf(buffer.lookup("world", "mug", 350n * MS))).toMatch(
      /newest transform world → mug is 250.0 ms older than the image.*clock/,
    );
    expect(reasonOf(buffer.lookup("world", "mug", 60n * MS))).toMatch(
      /oldest transform world → mug in memory is 40.0 ms newer/,
    );
  });

  it("names a frame that never came, and those that did", () => {
    const buffer = new TransformBuffer();
    expect(reasonOf(buffer.lookup("camera", "mug", 0n))).toMatch(
      /mug has not been received; .tf has: nothing/,
    );
    buffer.add([transform("world", "camera", 0, [0, 0, 0])], true);
    expect(reasonOf(buffer.lookup("camera", "mug", 0n))).toMatch(
      /mug has not been received; .tf has: camera, world/,
    );
  });

  it("names the roots of two trees that are not connected", () => {
    const buffer = new TransformBuffer();
    buffer.add(
      [transform("base", "gripper", 0, [0, 0, 0]), transform("map", "camera", 0, [0, 0, 0])],
      true,
    );
    expect(reasonOf(buffer.lookup("camera", "gripper", 0n))).toMatch(
      /"gripper" and "camera" are not connected.*root "base".*"map"/,
    );
  });

  it("reports a loop instead of hanging", () => {
    const buffer = new TransformBuffer();
    buffer.add([transform("a", "b", 0, [0, 0, 0]), transform("b", "a", 0, [0, 0, 0])], true);
    buffer.add([transform("world", "camera", 0, [0, 0, 0])], true);
    expect(reasonOf(buffer.lookup("camera", "a", 0n))).toMatch(/loop: a → b → a/);
  });

  it("remembers static transforms for ever and dynamic ones for a while", () => {
    const buffer = new TransformBuffer({ keepNs: 1000n * MS });
    buffer.add([transform("world", "table", 0, [0, 0, 0])], true);
    for (let ms = 0; ms <= 60_000; ms += 10) {
      buffer.add([transform("world", "mug", ms, [ms, 0, 0])], false);
    }
    expect(buffer.lookup("world", "table", 60_000n * MS).ok).toBe(true);
    expect(buffer.lookup("world", "mug", 59_005n * MS).ok).toBe(true);
    expect(reasonOf(buffer.lookup("world", "mug", 57_000n * MS))).toMatch(/newer than the image/);
  });

  it("holds the older parent until the frame has its new one", () => {
    const buffer = new TransformBuffer();
    buffer.add([transform("world", "gripper", 0, [0, 0, 5])], true);
    buffer.add([transform("world", "mug", 0, [1, 0, 0])], false);
    buffer.add([transform("gripper", "mug", 100, [0, 0, 1])], false);
    expect(buffer.lookup("world", "mug", 99n * MS)).toMatchObject({
      pose: { position: [1, 0, 0] },
    });
    expect(buffer.lookup("world", "mug", 100n * MS)).toMatchObject({
      pose: { position: [0, 0, 6] },
    });
  });

  it("begins anew where time jumps back", () => {
    const buffer = new TransformBuffer({ keepNs: 1000n * MS });
    buffer.add([transform("world", "mug", 90_000, [9, 0, 0])], false);
    buffer.add([transform("world", "mug", 0, [1, 0, 0])], false);
    expect(buffer.isSettled("world", "mug", 50n * MS)).toBe(false);
    buffer.add([transform("world", "mug", 100, [2, 0, 0])], false);
    expect(buffer.lookup("world", "mug", 50n * MS)).toMatchObject({
      pose: { position: [1.5, 0, 0] },
    });
  });

  // A simulator that is reset after a few seconds: less than what is remembered.
  it("mixes no run of the source with the one before", () => {
    for (const backMs of [1_100, 3_000, 9_000]) {
      const buffer = new TransformBuffer();
      buffer.add([transform("world", "camera", 0, [0, 0, 1])], true);
      for (let ms = 0; ms <= 9_000; ms += 100) {
        buffer.add([transform("world", "mug", ms, [9, 0, 0])], false);
        buffer.add([transform("world", "tray", ms + 30, [9, 0, 0])], false);
      }
      const startMs = 9_000 - backMs;
      buffer.add([transform("world", "mug", startMs + 50, [1, 0, 0])], false);
      for (const frame of ["mug", "tray"]) {
        const found = buffer.lookup("world", frame, BigInt(startMs + 40) * MS);
        expect(found.ok, `${frame} after ${backMs} ms back`).toBe(false);
      }
      expect(buffer.isSettled("camera", "mug", BigInt(startMs + 100) * MS)).toBe(false);
      buffer.add([transform("world", "mug", startMs + 150, [2, 0, 0])], false);
      expect(buffer.lookup("camera", "mug", BigInt(startMs + 100) * MS)).toMatchObject({
        pose: { position: [1.5, 0, -1] },
      });
    }
  });

  it("keeps what comes a little late, and a publisher that always lags behind the others", () => {
    const buffer = new TransformBuffer();
    for (let ms = 5_000; ms <= 8_000; ms += 100) {
      buffer.add([transform("world", "mug", ms, [ms, 0, 0])], false);
      buffer.add([transform("world", "tray", ms - 3_000, [ms, 0, 0])], false);
    }
    buffer.add([transform("world", "mug", 7_150, [0, 0, 0])], false);
    expect(buffer.lookup("world", "mug", 7_100n * MS)).toMatchObject({
      pose: { position: [7_100, 0, 0] },
    });
    expect(buffer.lookup("world", "tray", 4_000n * MS)).toMatchObject({
      pose: { position: [7_000, 0, 0] },
    });
  });
});

describe("TransformBuffer.isSettled", () => {
  it("waits for what may still come, not for what is gone", () => {
    const buffer = new TransformBuffer();
    expect(buffer.isSettled("world", "mug", 100n * MS)).toBe(false);
    buffer.add([transform("world", "mug", 100, [0, 0, 0])], false);
    expect(buffer.isSettled("world", "mug", 150n * MS)).toBe(false);
    expect(buffer.isSettled("world", "mug", 50n * MS)).toBe(true);
    buffer.add([transform("world", "mug", 200, [0, 0, 0])], false);
    expect(buffer.isSettled("world", "mug", 150n * MS)).toBe(true);
  });
});
