import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  cameraInfoFromMatrix,
  depthImageOf,
  type RawImage,
} from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { type Part, StillWatch } from "../../src/consistency/StillWatch.js";
import { loadTask } from "../../src/task/index.js";

const [WIDTH, HEIGHT] = [32, 24];
const told = cameraInfoFromMatrix(
  { k: [30, 0, 16, 0, 30, 12, 0, 0, 1], width: WIDTH, height: HEIGHT },
  undefined,
);
if (!told.ok) throw new Error(told.reason);
const { info } = told;

const picture = (value: (i: number) => number, encoding: string, bytes: number): RawImage => ({
  ...{ kind: "raw", width: WIDTH, height: HEIGHT, encoding, step: bytes * WIDTH },
  isBigEndian: false,
  data: Uint8Array.from({ length: bytes * WIDTH * HEIGHT }, (_, i) => value(i)),
});

/** All parts change with the seed. */
function frameAt(timeS: number, seed: number): CameraFrame {
  const depthM = Float32Array.from(
    { length: WIDTH * HEIGHT },
    (_, i) => 1 + ((i * seed) % 101) / 100,
  );
  return {
    ...{ camera: "camera", frameId: "optical", episode: "1", info },
    stampNs: BigInt(Math.round(timeS * 1e9)),
    image: picture((i) => (i * seed) % 251, "rgb8", 3),
    depth: depthImageOf({ width: WIDTH, height: HEIGHT, depthM }),
    labels: picture((i) => ((i + seed) % 9 === 0 ? 1 : 0), "8UC1", 1),
  };
}

interface Ride {
  readonly apartS: number;
  /** Of the gripper, from one image to the next, m. */
  readonly stepM?: number;
  readonly frozen?: Part;
  /** The first image that is like all after it. */
  readonly from?: number;
  readonly change?: (frame: CameraFrame) => CameraFrame;
  readonly images?: number;
}

/** After which image something is still. */
function foundAt({ apartS, stepM = 0.06, frozen, from = 0, change, images = 12 }: Ride) {
  const watch = new StillWatch();
  for (let i = 0; i < images; i++) {
    const own = frameAt(i * apartS, i + 1);
    const first = frameAt(0, from + 1);
    const frame = frozen && i >= from ? { ...own, [frozen]: first[frozen] } : own;
    const position: Vec3 = [-0.3 + i * stepM, 0, 1];
    watch.see(change?.(frame) ?? frame, position);
    if (watch.still) return { image: i, ...watch.still };
  }
  return undefined;
}

describe("StillWatch", () => {
  it("says nothing of images that change", () => {
    expect(foundAt({ apartS: 0.5 })).toBeUndefined();
  });

  it.each<[Part, number, number, number]>([
    ["depth", 0.5, 0, 2],
    ["depth", 0.5, 5, 7],
    ["depth", 2, 3, 5],
    ["depth", 0.1, 0, 10],
    ["image", 0.5, 2, 4],
    ["labels", 0.5, 2, 6],
  ])("finds %s, each %d s, that stays the same from image %d on, by image %d", (...given) => {
    const [frozen, apartS, from, image] = given;
    expect(foundAt({ apartS, frozen, from })).toMatchObject({ part: frozen, image });
  });

  it("compares a few images a second, however many come", () => {
    const ride = { apartS: 0.02, frozen: "depth", images: 80, stepM: 0.005 } as const;
    expect(foundAt(ride)).toMatchObject({ part: "depth", image: 50, images: 6 });
  });

  it("says nothing where the gripper rests, or moves out of view", () => {
    expect(foundAt({ apartS: 0.5, frozen: "depth", stepM: 0.001 })).toBeUndefined();
    const away = (frame: CameraFrame) => ({ ...frame, info: { ...info, cx: -1000 } });
    expect(foundAt({ apartS: 0.5, frozen: "depth", change: away })).toBeUndefined();
  });

  it.each<[Part, number | undefined]>([
    ["depth", 3],
    ["image", 4],
    ["labels", undefined],
  ])("finds that %s stays the same while a camera moves with its gripper", (part, image) => {
    const watch = new StillWatch();
    let found: number | undefined;
    for (let i = 0; i < 12; i++) {
      const [own, first] = [frameAt(0.5 * i, i + 1), frameAt(0, 1)];
      const rest = { position: [0.008 * i, 0, 0.3], rotation: [0, 0, 0, 1] } as const;
      watch.see({ ...own, [part]: first[part] }, [0, 0, 0.2], rest);
      if (watch.still?.by === "camera") found ??= i;
    }
    expect(found).toBe(image);
  });

  it("says nothing of images that are the same before a camera that rests", () => {
    const watch = new StillWatch();
    for (let i = 0; i < 12; i++) {
      const rest = { position: [0, 0, 9], rotation: [0, 0, 0, 1] } as const;
      watch.see({ ...frameAt(i, 1) }, [0, 0, 0.2], rest);
    }
    expect(watch.still).toBeUndefined();
  });

  it("says nothing of a slow depth camera: each image comes with several of colour", () => {
    const watch = new StillWatch();
    for (let i = 0; i < 60; i++) {
      const { depth } = frameAt(0, Math.floor(i / 6) + 1);
      watch.see({ ...frameAt(i / 30, i + 1), ...(depth && { depth }) }, [-0.3 + i * 0.01, 0, 1]);
    }
    expect(watch.still).toBeUndefined();
  });

  it("finds a depth image of one value at the second image, whatever moves", () => {
    const flat = Float32Array.from({ length: WIDTH * HEIGHT }, () => 1);
    const one = depthImageOf({ width: WIDTH, height: HEIGHT, depthM: flat });
    const change = (frame: CameraFrame) => ({ ...frame, depth: one });
    const found = foundAt({ apartS: 0.2, stepM: 0, change });
    expect(found).toMatchObject({ image: 1, isOfOneValue: true });
    const empty = depthImageOf({ width: WIDTH, height: HEIGHT, depthM: flat.fill(0) });
    const none = (frame: CameraFrame) => ({ ...frame, depth: empty });
    expect(foundAt({ apartS: 0.5, change: none })).toBeUndefined();
  });

  it.each([
    ["32FC1", Number.POSITIVE_INFINITY],
    ["32FC1", 65_535],
    ["16UC1", 65_535],
  ])("says nothing of a depth image that has none: %s of %d", (encoding, value) => {
    const isWords = encoding === "16UC1";
    const values = new (isWords ? Uint16Array : Float32Array)(WIDTH * HEIGHT).fill(value);
    const bytes = values.BYTES_PER_ELEMENT;
    const depth = { ...picture(() => 0, encoding, bytes), data: new Uint8Array(values.buffer) };
    expect(foundAt({ apartS: 0.5, change: (frame) => ({ ...frame, depth }) })).toBeUndefined();
  });

  it("says nothing of the colour image of who has none", () => {
    const black = picture(() => 0, "rgb8", 3);
    expect(
      foundAt({ apartS: 0.5, change: (frame) => ({ ...frame, image: black }) }),
    ).toBeUndefined();
  });

  it("takes it back after eight images that differ", () => {
    const watch = new StillWatch();
    const seeAt = (i: number, seed: number) =>
      watch.see(
        { ...frameAt(i, i + 1), depth: frameAt(0, seed).depth ?? picture(() => 1, "", 1) },
        [-0.3 + 0.03 * i, 0, 1],
      );
    for (let i = 0; i < 4; i++) seeAt(i, 1);
    for (let i = 4; i < 11; i++) seeAt(i, i);
    expect(watch.still).toMatchObject({ part: "depth" });
    seeAt(11, 11);
    expect(watch.still).toBeUndefined();
  });
});

/** Masks of a gripper that is hidden in the first images, by a live watch. */
async function toldOf(hidden: number, isFrozen: boolean): Promise<string | undefined> {
  const watch = new ConsistencyWatch(await loadTask("examples/tasks/pick_and_place.yaml"));
  let found: string | undefined;
  for (let i = 0; i < 14; i++) {
    const left = isFrozen ? 10 : 2 * (i % 10);
    const isGripper = (at: number) =>
      i >= hidden &&
      at % WIDTH >= left &&
      at % WIDTH < left + 8 &&
      at / WIDTH > 8 &&
      at / WIDTH < 18;
    const depthM = Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
      isGripper(at) ? 0.8 : 1.2 + 0.001 * ((at * (i + 1)) % 7),
    );
    const position: Vec3 = [-0.3 + i * 0.04, 0, 1];
    await watch.see({
      ...frameAt(0.5 * i, i + 1),
      depth: depthImageOf({ width: WIDTH, height: HEIGHT, depthM }),
      labels: picture((at) => (isGripper(at) ? 1 : 0), "8UC1", 1),
      poses: new Map([["gripper", { ok: true, pose: { position, rotation: [0, 0, 0, 1] } }]]),
    });
    found ??= watch.findingOf("camera");
  }
  return found;
}

describe("masks that stay the same", () => {
  it("are told while the gripper moves in them", async () => {
    expect(await toldOf(0, true)).toContain("the masks of camera is the same to the last bit");
  });

  it("are nothing where the gripper was hidden, also when it comes into view", async () => {
    for (const hidden of [5, 6, 7, 8, 9]) expect(await toldOf(hidden, false)).toBeUndefined();
  });
});

/** How often a depth image that freezes for 1.5 s between two looks, 2 s apart, is told by a live watch. */
async function freezesTold(isFrozen: boolean): Promise<number> {
  const watch = new ConsistencyWatch(await loadTask("examples/tasks/pick_and_place.yaml"));
  let told = 0;
  let was = false;
  for (let i = 0; i < 220; i++) {
    // The first 32 looks are closer together, in 24 s.
    const since = (i * 0.25 - 30.25) % 4;
    const seed = isFrozen && i > 120 && since >= 0 && since < 1.5 ? i - 4 * since : i;
    const step = (at: number) => Math.abs((at % 16) - 8);
    const isGripper = (at: number, left: number) =>
      at % WIDTH >= left && at % WIDTH < left + 8 && at / WIDTH > 8 && at / WIDTH < 18;
    const depthM = Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
      isGripper(at, 2 * step(seed)) ? 0.8 : 1.2 + 0.001 * ((at * (seed + 1)) % 7),
    );
    const position: Vec3 = [-0.3 + step(i) * 0.04, 0, 1];
    await watch.see({
      ...frameAt(0.25 * i, i + 1),
      depth: depthImageOf({ width: WIDTH, height: HEIGHT, depthM }),
      labels: picture((at) => (isGripper(at, 2 * step(i)) ? 1 : 0), "8UC1", 1),
      poses: new Map([["gripper", { ok: true, pose: { position, rotation: [0, 0, 0, 1] } }]]),
    });
    const isTold = watch.findingOf("camera")?.includes("same to the last bit") ?? false;
    if (isTold && !was) told++;
    was = isTold;
  }
  return told;
}

describe("depth that freezes for less time than lies between two looks", () => {
  it("is told each time, and nothing is told without", async () => {
    expect(await freezesTold(false)).toBe(0);
    expect(await freezesTold(true)).toBe(6);
  });
});
