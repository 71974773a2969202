import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CameraFrame,
  type CameraInfo,
  decodeDepth,
  decodeLabels,
  type PartView,
  type Pose,
  type RawImage,
  registerParts,
} from "../../src/camera/index.js";

const NO_DISTORTION = { model: "", coefficients: [] };
const COLOR: CameraInfo = {
  ...{ width: 64, height: 48, fx: 60, fy: 60, cx: 31.5, cy: 23.5 },
  distortion: NO_DISTORTION,
};
const DEPTH: CameraInfo = {
  ...{ width: 40, height: 30, fx: 30, fy: 30, cx: 19.5, cy: 14.5 },
  distortion: NO_DISTORTION,
};
const TURN_NONE = [0, 0, 0, 1] as const;

/** Depth (m) of each pixel as 16UC1 in mm. */
function depthImage(info: CameraInfo, depthM: (u: number, v: number) => number): RawImage {
  const { width, height } = info;
  const words = Uint16Array.from({ length: width * height }, (_, i) =>
    Math.round(1000 * depthM(i % width, Math.floor(i / width))),
  );
  const data = new Uint8Array(words.buffer);
  return {
    kind: "raw",
    encoding: "16UC1",
    width,
    height,
    step: 2 * width,
    isBigEndian: false,
    data,
  };
}

function labelImage(info: CameraInfo, id: (u: number, v: number) => number): RawImage {
  const { width, height } = info;
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    id(i % width, Math.floor(i / width)),
  );
  return { kind: "raw", encoding: "mono8", width, height, step: width, isBigEndian: false, data };
}

function view(pose: Pose, info = DEPTH): PartView {
  return { topic: "/depth", frameId: "depth_optical", info, pose: { ok: true, pose } };
}

function frame(parts: Partial<CameraFrame>): CameraFrame {
  const image = { kind: "compressed", format: "jpeg", data: new Uint8Array() } as const;
  const named = { camera: "front", episode: "run", frameId: "color_optical", stampNs: 1n };
  return { ...named, image, info: COLOR, ...parts };
}

async function registeredDepth(parts: Partial<CameraFrame>): Promise<Float32Array> {
  const { depth } = await registerParts(frame(parts));
  if (!depth) throw new Error("there is no depth");
  return (await decodeDepth(depth)).depthM;
}

describe("depth of another camera", () => {
  it("costs nothing where it is of the colour camera itself", async () => {
    const own = frame({ depth: depthImage(COLOR, () => 1) });
    expect(await registerParts(own)).toBe(own);
  });

  it("of a wall is the same wall, wherever the cameras stand", async () => {
    const shift = fc.double({ min: -0.05, max: 0.05, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        shift,
        shift,
        shift,
        fc.integer({ min: 500, max: 3000 }),
        async (x, y, z, mm) => {
          const pose = { position: [x, y, z], rotation: TURN_NONE } as const;
          const depthM = await registeredDepth({
            depth: depthImage(DEPTH, () => mm / 1000),
            views: { depth: view(pose) },
          });
          expect(depthM).toHaveLength(64 * 48);
          // The depth camera sees further to all sides than the colour camera.
          expect(depthM[24 * 64 + 32]).toBeCloseTo(mm / 1000 + z, 5);
          const known = depthM.filter((value) => value > 0);
          for (const value of known) expect(value).toBeCloseTo(mm / 1000 + z, 5);
          expect(known.length).toBeGreaterThan(0.7 * depthM.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("lies where the colour camera sees it, also through a turned and distorted pair", async () => {
    // The depth camera is turned by 90 degrees about its axis: its x is the colour camera's y.
    const half = Math.SQRT1_2;
    const pose = { position: [0, 0, 0], rotation: [0, 0, half, half] } as const;
    const bent = { ...COLOR, distortion: { model: "plumb_bob", coefficients: [0.05, 0, 0, 0, 0] } };
    const isPost = (u: number, v: number) => u >= 28 && u <= 30 && Math.abs(v - 14.5) < 2;
    const { depth } = await registerParts(
      frame({
        info: bent,
        depth: depthImage(DEPTH, (u, v) => (isPost(u, v) ? 1 : 2)),
        views: { depth: view(pose) },
      }),
    );
    const { depthM } = await decodeDepth(depth as RawImage);
    const near = [...depthM.entries()].filter(([, value]) => value < 1.5).map(([i]) => i);
    const mean = (of: (i: number) => number) =>
      near.reduce((sum, i) => sum + of(i), 0) / near.length;
    // x = (29 - 19.5) / 30 of the depth camera is y = 0.317 of the colour camera.
    const ray = (29 - 19.5) / 30;
    expect(mean((i) => i % 64)).toBeCloseTo(31.5, 0);
    expect(mean((i) => Math.floor(i / 64))).toBeCloseTo(
      23.5 + 60 * ray * (1 + 0.05 * ray * ray),
      0,
    );
  });

  it("shows what is nearest where things lie behind each other", async () => {
    const pose = { position: [0.1, 0, 0], rotation: TURN_NONE } as const;
    const depthM = await registeredDepth({
      depth: depthImage(DEPTH, (u) => (u < 20 ? 0.5 : 2)),
      views: { depth: view(pose) },
    });
    // From 10 cm to the left, the near half covers more of the wall than from the depth camera.
    const row = [...depthM.slice(24 * 64, 25 * 64)];
    const edge = row.findLastIndex((value) => value < 1);
    expect(edge).toBeGreaterThan(40);
    expect(row.slice(12, edge).every((value) => value < 1)).toBe(true);
  });

  it.each<[string, PartView | undefined, RegExp]>([
    [
      "no intrinsics",
      { topic: "/d/image", frameId: "d" },
      /\/d\/image is an image of d, not of the colour camera color_optical, and has no camera_info/,
    ],
    [
      "no transform",
      { topic: "/d/image", frameId: "d", info: DEPTH, pose: { ok: false, reason: "TF has no d" } },
      /cannot be carried over: TF has no d\. Record \/tf_static/,
    ],
    [
      "intrinsics of another size",
      view({ position: [0, 0, 0], rotation: TURN_NONE }, { ...DEPTH, width: 41 }),
      /CameraInfo is for 41x30/,
    ],
  ])("is left out with %s, and the reason stays", async (_what, depthView, reason) => {
    const found = await registerParts(
      frame({ depth: depthImage(DEPTH, () => 1), views: { depth: depthView as PartView } }),
    );
    expect(found.depth).toBeUndefined();
    expect(found.absent?.get("depth")).toMatch(reason);
  });
});

describe("labels of another camera", () => {
  const pose = { position: [0.02, 0, 0], rotation: TURN_NONE } as const;
  const isThing = (u: number, v: number) => u >= 10 && u < 16 && v >= 10 && v < 20;
  const depth = depthImage(DEPTH, (u, v) => (isThing(u, v) ? 1 : 2));
  const labels = labelImage(DEPTH, (u, v) => (isThing(u, v) ? 7 : 0));

  it("come along with the depth of their camera", async () => {
    const views = { depth: view(pose), labels: view(pose) };
    const found = await registerParts(frame({ depth, labels, views }));
    const { ids } = decodeLabels(found.labels as RawImage);
    const { depthM } = await decodeDepth(found.depth as RawImage);
    const named = [...ids.keys()].filter((i) => ids[i] === 7);
    expect(named.length).toBeGreaterThan(150);
    // Every named pixel is a pixel of the thing, and nearly all of its pixels are named.
    expect(named.every((i) => (depthM[i] ?? 0) < 1.5)).toBe(true);
    expect(named.length).toBeGreaterThan(0.95 * depthM.filter((value) => value < 1.5).length);
  });

  it("are left out without depth", async () => {
    const found = await registerParts(frame({ labels, views: { labels: view(pose) } }));
    expect(found.labels).toBeUndefined();
    expect(found.absent?.get("labels")).toMatch(
      /label image is of depth_optical.*no depth by which/,
    );
  });
});
