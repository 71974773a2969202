import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CameraFrame,
  type CameraInfo,
  FrameJoiner,
  type FrameJoinerOptions,
  type FramePart,
  type RawImage,
  TransformBuffer,
} from "../../src/camera/index.js";
import { rawImage } from "./images.js";

const MS = 1_000_000n;

function joiner(parts: readonly FramePart[], options: Partial<FrameJoinerOptions> = {}) {
  const camera = { name: "wrist", color: "/camera/color/image_raw" };
  return new FrameJoiner({ camera, episode: "run1", parts: new Set(parts), ...options });
}

/** An image that tells when it was taken. */
function imageAt(ms: number): RawImage {
  return rawImage("mono16", 1, 1, Uint8Array.of(ms & 255, ms >> 8));
}

function msOf(image: { readonly data: Uint8Array } | undefined): number | undefined {
  return image && image.data[0]! + 256 * image.data[1]!;
}

function color(to: FrameJoiner, ms: number): void {
  to.addColor(imageAt(ms), BigInt(ms) * MS, "camera_optical");
}

function depth(to: FrameJoiner, ms: number): void {
  to.addDepth(imageAt(ms), BigInt(ms) * MS);
}

/** Stamp of each frame in ms, with the stamp of its depth. */
function pairs(frames: readonly CameraFrame[]): (readonly [number, number | undefined])[] {
  return frames.map(
    (frame) => [Number(frame.stampNs / MS), msOf(frame.depth as RawImage)] as const,
  );
}

const INFO: CameraInfo = {
  ...{ width: 1, height: 1, fx: 1, fy: 1, cx: 0, cy: 0 },
  distortion: { model: "", coefficients: [] },
};

describe("FrameJoiner", () => {
  it("hands out colour at once where nothing else is to be waited for", () => {
    const join = joiner([]);
    color(join, 100);
    expect(join.take()).toMatchObject([
      { camera: "wrist", episode: "run1", frameId: "camera_optical", stampNs: 100n * MS },
    ]);
    expect(join.take()).toEqual([]);
  });

  it("waits for depth of the same stamp, before or after colour", () => {
    const join = joiner(["depth"]);
    color(join, 100);
    expect(join.take()).toEqual([]);
    depth(join, 100);
    expect(pairs(join.take())).toEqual([[100, 100]]);
    depth(join, 133);
    color(join, 133);
    expect(pairs(join.take())).toEqual([[133, 133]]);
  });

  it("leaves depth to the image that it is nearest to, where that is skipped as well", () => {
    const join = joiner(["depth"], { toleranceNs: 20n * MS });
    color(join, 100);
    join.skipColor(112n * MS);
    depth(join, 111);
    join.skipColor(700n * MS);
    expect(pairs(join.take())).toEqual([[100, undefined]]);
    expect(join.isRestart(150n * MS)).toBe(false);
    join.skipColor(2000n * MS);
    expect(join.isRestart(150n * MS)).toBe(true);
  });

  it("joins the nearest within the tolerance", () => {
    const join = joiner(["depth"], { toleranceNs: 20n * MS });
    for (const ms of [88, 95, 110]) depth(join, ms);
    color(join, 100);
    color(join, 200);
    depth(join, 230);
    expect(pairs(join.take())).toEqual([
      [100, 95],
      [200, undefined],
    ]);
  });

  it("gives depth that is slower than colour to the frames it belongs to, and to no others", () => {
    const join = joiner(["depth"]);
    const frames: CameraFrame[] = [];
    for (let ms = 0; ms <= 330; ms += 33) {
      color(join, ms);
      if (ms % 99 === 0) depth(join, ms + 4);
      frames.push(...join.take());
    }
    frames.push(...join.flush());
    expect(pairs(frames)).toEqual(
      Array.from({ length: 11 }, (_, i) => [i * 33, i % 3 === 0 ? i * 33 + 4 : undefined]),
    );
  });

  it("leaves depth to the colour image that it is nearer to", () => {
    const join = joiner(["depth"]);
    color(join, 0);
    depth(join, 15);
    expect(join.take()).toEqual([]);
    color(join, 16);
    depth(join, 40);
    expect(pairs(join.take())).toEqual([
      [0, undefined],
      [16, 15],
    ]);
  });

  it("knows after two images that colour is too slow to come nearer to a late depth", () => {
    const join = joiner(["depth"]);
    color(join, 0);
    color(join, 1000);
    join.flush();
    color(join, 2000);
    depth(join, 2010);
    expect(pairs(join.take())).toEqual([[2000, 2010]]);
  });

  it("knows after two depth images that none will come nearer than one before colour", () => {
    const join = joiner(["depth"]);
    depth(join, 0);
    depth(join, 33);
    color(join, 40);
    expect(pairs(join.take())).toEqual([[40, 33]]);
  });

  it("does not take a dropped depth image at the start for the pace of depth", () => {
    const join = joiner(["depth"]);
    for (const ms of [0, 67]) depth(join, ms);
    color(join, 100);
    expect(join.take()).toEqual([]);
    depth(join, 100);
    expect(pairs(join.take())).toEqual([[100, 100]]);
  });

  it("waits no longer than the lookahead", () => {
    const join = joiner(["depth", "labels", "detections", "info"], { lookaheadNs: 500n * MS });
    color(join, 100);
    expect(join.take(600n * MS)).toEqual([]);
    expect(pairs(join.take(601n * MS))).toEqual([[100, undefined]]);
  });

  it("keeps the order: a frame waits for those before it", () => {
    const join = joiner(["depth"]);
    color(join, 200);
    color(join, 100);
    depth(join, 200);
    expect(pairs(join.take())).toEqual([
      [100, undefined],
      [200, 200],
    ]);
  });

  it("waits for detections, which come late because a detector takes its time", () => {
    const join = joiner(["detections"]);
    const box = { classId: "mug", score: 1, centerX: 1, centerY: 1, sizeX: 1, sizeY: 1 };
    for (const ms of [0, 33, 66, 99]) color(join, ms);
    expect(join.take()).toEqual([]);
    join.addDetections([box], 66n * MS);
    const frames = join.take();
    expect(frames.map(({ detections }) => detections)).toEqual([undefined, undefined, [box]]);
    join.addDetections([], 99n * MS);
    expect(join.take()).toMatchObject([{ detections: [] }]);
  });

  it("adds labels, their names, and the camera's info", () => {
    const join = joiner(["labels", "info"]);
    join.addLabels(imageAt(10), 10n * MS);
    color(join, 10);
    expect(join.take()).toEqual([]);
    join.setInfo(INFO);
    join.setLabelNames(new Map([[7, "red mug"]]));
    const [frame] = join.take();
    expect(msOf(frame!.labels)).toBe(10);
    expect(frame!.info).toBe(INFO);
    expect(frame!.labelNames!.get(7)).toBe("red mug");
  });

  it("keeps the info object while the camera repeats the same info", () => {
    const join = joiner(["info"]);
    join.setInfo(INFO);
    join.setInfo({ ...INFO });
    color(join, 10);
    expect(join.take()[0]!.info).toBe(INFO);
    join.setInfo({ ...INFO, fx: 2 });
    color(join, 20);
    expect(join.take()[0]!.info!.fx).toBe(2);
  });

  it("takes parts that it was not told to wait for, if they are there", () => {
    const join = joiner([]);
    depth(join, 100);
    color(join, 101);
    expect(pairs(join.take())).toEqual([[101, 100]]);
  });

  it("counts no frame twice and loses none of the same stamp", () => {
    const join = joiner(["depth"]);
    color(join, 100);
    color(join, 100);
    depth(join, 100);
    expect(pairs(join.take())).toEqual([
      [100, 100],
      [100, undefined],
    ]);
  });

  it("flushes what is left at the end of the source", () => {
    const join = joiner(["depth"]);
    color(join, 100);
    color(join, 133);
    depth(join, 101);
    expect(pairs(join.flush())).toEqual([
      [100, 101],
      [133, undefined],
    ]);
    expect(join.flush()).toEqual([]);
  });

  it("goes on where the source's time jumps back", () => {
    const join = joiner(["depth"]);
    color(join, 60_000);
    color(join, 0);
    depth(join, 0);
    color(join, 33);
    depth(join, 33);
    expect(pairs(join.take())).toEqual([
      [60_000, undefined],
      [0, 0],
      [33, 33],
    ]);
  });
});

describe("FrameJoiner with transforms", () => {
  function mugAt(buffer: TransformBuffer, ms: number): void {
    const pose = { position: [ms, 0, 0], rotation: [0, 0, 0, 1] } as const;
    const frames = { parentFrame: "camera_optical", childFrame: "mug" };
    buffer.add([{ ...frames, stampNs: BigInt(ms) * MS, pose }], false);
  }

  it("waits until the pose can be interpolated", () => {
    const buffer = new TransformBuffer();
    const join = joiner(["poses"], { transforms: { buffer, frames: ["mug"] } });
    mugAt(buffer, 90);
    color(join, 100);
    expect(join.take()).toEqual([]);
    mugAt(buffer, 110);
    expect(join.take()[0]!.poses!.get("mug")).toMatchObject({ pose: { position: [100, 0, 0] } });
  });

  it("says why there is no pose, after the lookahead", () => {
    const buffer = new TransformBuffer();
    const join = joiner(["poses"], { transforms: { buffer, frames: ["mug"] } });
    color(join, 100);
    expect(join.take(600n * MS)).toEqual([]);
    const [frame] = join.take(601n * MS);
    expect(frame!.poses!.get("mug")).toMatchObject({ ok: false });
  });

  it("does not wait for a pose from before the recording began", () => {
    const buffer = new TransformBuffer();
    const join = joiner(["poses"], { transforms: { buffer, frames: ["mug"] } });
    mugAt(buffer, 110);
    color(join, 100);
    expect(join.take()[0]!.poses!.get("mug")).toMatchObject({ ok: false });
  });
});

describe("FrameJoiner on any two streams", () => {
  const stamps = fc.uniqueArray(fc.integer({ min: 0, max: 2000 }), { maxLength: 60 });

  /** Merges as a recorder would: by stamp, depth some time later than it was taken. */
  function play(colors: readonly number[], depths: readonly number[], lateMs: number) {
    const calls = [
      ...colors.map((ms) => ({ at: ms, run: (to: FrameJoiner) => color(to, ms) })),
      ...depths.map((ms) => ({ at: ms + lateMs, run: (to: FrameJoiner) => depth(to, ms) })),
    ];
    return calls.sort((a, b) => a.at - b.at);
  }

  it("hands out every colour image once, in order, each depth image at most once", () => {
    fc.assert(
      fc.property(stamps, stamps, fc.integer({ min: 0, max: 300 }), (colors, depths, lateMs) => {
        const join = joiner(["depth"]);
        const frames: CameraFrame[] = [];
        for (const { run } of play(colors, depths, lateMs)) {
          run(join);
          frames.push(...join.take());
        }
        const found = pairs([...frames, ...join.flush()]);
        expect(found.map(([at]) => at)).toEqual([...colors].sort((a, b) => a - b));
        const used = found.flatMap(([, at]) => (at === undefined ? [] : [at]));
        expect(new Set(used).size).toBe(used.length);
        for (const [at, depthAt = at] of found)
          expect(Math.abs(depthAt - at)).toBeLessThanOrEqual(20);
      }),
    );
  });

  it("joins an image and a depth image exactly when they are each other's nearest", () => {
    const nearest = (to: number, all: readonly number[]) =>
      [...all].sort((a, b) => Math.abs(a - to) - Math.abs(b - to) || a - b)[0];
    fc.assert(
      fc.property(stamps, stamps, (colors, depths) => {
        const join = joiner(["depth"], { lookaheadNs: 10_000n * MS });
        for (const { run } of play(colors, depths, 0)) run(join);
        for (const [at, depthAt] of pairs(join.flush())) {
          const candidate = nearest(at, depths);
          const isMutual = candidate !== undefined && nearest(candidate, colors) === at;
          const isNear = candidate !== undefined && Math.abs(candidate - at) <= 20;
          expect(depthAt).toBe(isMutual && isNear ? candidate : undefined);
        }
      }),
    );
  });

  it("gives the same frames however often they are taken", () => {
    const period = fc.constantFrom(33, 50, 100);
    fc.assert(
      fc.property(
        period,
        period,
        fc.integer({ min: 0, max: 33 }),
        fc.nat(40),
        (a, b, shift, late) => {
          const colors = Array.from({ length: 30 }, (_, index) => index * a);
          const depths = Array.from({ length: 30 }, (_, index) => index * b + shift);
          const run = (every: number) => {
            const join = joiner(["depth"]);
            const frames: CameraFrame[] = [];
            for (const [index, call] of play(colors, depths, late).entries()) {
              call.run(join);
              if (index % every === 0) frames.push(...join.take());
            }
            return pairs([...frames, ...join.flush()]);
          };
          expect(run(5)).toEqual(run(1));
        },
      ),
    );
  });

  it("forgets unused parts: memory does not grow with the length of the source", () => {
    const join = joiner(["depth"]);
    for (let ms = 0; ms < 60_000; ms += 10) depth(join, ms);
    // What the joiner still holds can be joined: nothing older than the lookahead.
    color(join, 59_000);
    color(join, 59_800);
    expect(pairs(join.flush())).toEqual([
      [59_000, undefined],
      [59_800, 59_800],
    ]);
  });
});
