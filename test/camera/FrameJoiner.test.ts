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

/** @param logMs when it arrives; at its stamp unless said */
function color(to: FrameJoiner, ms: number, logMs = ms): void {
  to.addColor(imageAt(ms), BigInt(ms) * MS, BigInt(logMs) * MS, "camera_optical");
}

/** @param content the time that the image tells; its stamp unless said */
function depth(to: FrameJoiner, ms: number, logMs = ms, content = ms): void {
  to.addDepth(imageAt(content), BigInt(ms) * MS, BigInt(logMs) * MS);
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
    join.skipColor(112n * MS, 112n * MS);
    depth(join, 111);
    join.skipColor(700n * MS, 700n * MS);
    expect(pairs(join.take())).toEqual([[100, undefined]]);
    expect(join.isRestart(150n * MS)).toBe(false);
    join.skipColor(2000n * MS, 2000n * MS);
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
    expect(join.take()).toEqual([]);
    expect(pairs(join.take(701n * MS))).toEqual([
      [100, undefined],
      [200, 200],
    ]);
  });

  it("waits for detections, which come late because a detector takes its time", () => {
    const join = joiner(["detections"]);
    const box = { classId: "mug", score: 1, centerX: 1, centerY: 1, sizeX: 1, sizeY: 1 };
    for (const ms of [0, 33, 66, 99]) color(join, ms);
    expect(join.take()).toEqual([]);
    join.addDetections([box], 66n * MS, 99n * MS);
    const frames = join.take();
    expect(frames.map(({ detections }) => detections)).toEqual([undefined, undefined, [box]]);
    join.addDetections([], 99n * MS, 99n * MS);
    expect(join.take()).toMatchObject([{ detections: [] }]);
  });

  it("adds labels, their names, and the camera's info", () => {
    const join = joiner(["labels", "info"]);
    join.addLabels(imageAt(10), 10n * MS, 10n * MS);
    color(join, 10);
    expect(join.take()).toEqual([]);
    join.setInfo(INFO);
    join.addLabelNames({ names: new Map([[7, "red mug"]]) });
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

  it("gives both images of one stamp the depth of that stamp", () => {
    const join = joiner(["depth"]);
    color(join, 100);
    color(join, 100);
    depth(join, 100);
    expect(pairs(join.flush())).toEqual([
      [100, 100],
      [100, 100],
    ]);
  });

  it("gives each image of one stamp its own depth, where each has one", () => {
    const join = joiner(["depth"]);
    const frames: CameraFrame[] = [];
    // A clock that counts whole seconds.
    for (let n = 0; n < 20; n++) {
      color(join, 1000 * Math.floor(n / 10), 100 * n);
      depth(join, 1000 * Math.floor(n / 10), 100 * n + 30, n);
      frames.push(...join.take());
    }
    frames.push(...join.flush());
    expect(frames.map(({ depth: found }) => msOf(found as RawImage))).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
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
    expect(pairs(join.flush())).toEqual([
      [60_000, undefined],
      [0, 0],
      [33, 33],
    ]);
  });
});

describe("FrameJoiner where stamps are out of order", () => {
  /** Each image with depth of its own stamp, which comes `lateMs` after it and tells the number. */
  function played(
    stamps: readonly number[],
    lateMs: number,
    { periodMs = 33, ...options }: Partial<FrameJoinerOptions> & { periodMs?: number } = {},
  ): CameraFrame[] {
    const join = joiner(["depth"], options);
    const calls = stamps.flatMap((ms, n) => [
      { at: n * periodMs, run: (at: number) => color(join, ms, at) },
      { at: n * periodMs + lateMs, run: (at: number) => depth(join, ms, at, n) },
    ]);
    const frames: CameraFrame[] = [];
    for (const { at, run } of calls.sort((a, b) => a.at - b.at)) {
      run(at);
      frames.push(...join.take());
    }
    return [...frames, ...join.flush()];
  }

  /** The number of each frame's image and that of its depth. */
  const numbers = (frames: readonly CameraFrame[], periodMs = 33) =>
    frames.map(({ logNs = 0n, depth: found }) => [
      Number(logNs / MS) / periodMs,
      msOf(found as RawImage),
    ]);

  const own = (count: number) => Array.from({ length: count }, (_, n) => [n, n]);
  const byNumber = (a: (number | undefined)[], b: (number | undefined)[]) =>
    (a[0] ?? 0) - (b[0] ?? 0);

  it.each([2, 20, 60])("late messages keep their own depth, %i ms after them", (lateMs) => {
    const late = [0, 66, 33, 99, 165, 132, 198, 231];
    const frames = played(late, lateMs, { reorderNs: 200n * MS });
    expect(numbers(frames).sort(byNumber)).toEqual(own(8));
    // One attempt at the task, not one more for each late message.
    expect(frames.map(({ stampNs }) => Number(stampNs / MS))).toEqual(
      late.toSorted((a, b) => a - b),
    );
  });

  it.each([150, 300, 500, 730, 3000])("a clock that steps back by %i ms", (stepMs) => {
    const stamps = Array.from({ length: 60 }, (_, n) => 100 * n + 5000 - (n < 30 ? 0 : stepMs));
    for (const lateMs of [5, 70, 140]) {
      const frames = played(stamps, lateMs, { periodMs: 100, reorderNs: 200n * MS });
      // A step of two periods could be late messages as well: then in the order of the stamps.
      const found = numbers(frames, 100);
      expect(stepMs > 300 ? found : found.sort(byNumber)).toEqual(own(60));
    }
  });

  it("a clock that steps back: live, where frames are handed out at once", () => {
    for (const stepMs of [150, 300, 500, 730]) {
      const stamps = Array.from({ length: 40 }, (_, n) => 100 * n + 5000 - (n < 20 ? 0 : stepMs));
      const frames = played(stamps, 5, { periodMs: 100, patienceNs: 1500n * MS });
      expect(numbers(frames, 100).sort(byNumber)).toEqual(own(40));
    }
  });

  it("never takes the depth of before the step for that of an image without", () => {
    const join = joiner(["depth"], { reorderNs: 200n * MS });
    const frames: CameraFrame[] = [];
    for (let n = 0; n < 40; n++) {
      const ms = 100 * n + 5000 - (n < 20 ? 0 : 500);
      color(join, ms, 100 * n);
      if (n < 20 || n > 24) depth(join, ms, 100 * n + 3, n);
      frames.push(...join.take());
    }
    const found = numbers([...frames, ...join.flush()], 100);
    expect(found.filter(([, at]) => at === undefined).map(([n]) => n)).toEqual([
      20, 21, 22, 23, 24,
    ]);
    expect(found.every(([n, at]) => at === undefined || at === n)).toBe(true);
  });

  it("gives no frame another's depth, whatever is late, lost, doubled or set back", () => {
    const event = fc.record({
      lost: fc.boolean(),
      lateMs: fc.constantFrom(1, 10, 40),
      step: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, -350, -800, 60),
    });
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 5, maxLength: 60 }),
        fc.boolean(),
        (events, live) => {
          const join = joiner(
            ["depth"],
            live ? { patienceNs: 1500n * MS } : { reorderNs: 200n * MS },
          );
          let shiftMs = 10_000;
          const calls = events.flatMap(({ lost, lateMs, step }, n) => {
            shiftMs += step;
            const ms = 100 * n + shiftMs;
            return [
              { at: 100 * n, run: (at: number) => color(join, ms, at) },
              ...(lost
                ? []
                : [{ at: 100 * n + lateMs, run: (at: number) => depth(join, ms, at, n) }]),
            ];
          });
          const frames: CameraFrame[] = [];
          for (const { at, run } of calls.sort((a, b) => a.at - b.at)) {
            run(at);
            frames.push(...join.take());
          }
          const found = numbers([...frames, ...join.flush()], 100).sort(byNumber);
          expect(found.map(([n]) => n)).toEqual(events.map((_, n) => n));
          for (const [n, at] of found) {
            // An image whose own depth was lost may have that of a neighbour, if it is near enough.
            if (at !== undefined) expect(events[n ?? 0]?.lost ? n : at).toBe(n);
          }
        },
      ),
    );
  });
});

describe("FrameJoiner: which stamps belong together", () => {
  function shifted(periodMs: number, shiftMs: number, options: Partial<FrameJoinerOptions> = {}) {
    const join = joiner(["depth"], {
      ...{ reorderNs: 200n * MS, lookaheadNs: 3000n * MS },
      ...options,
      camera: { name: "wrist", color: "/color", depth: "/depth", ...options.camera },
    });
    const calls = Array.from({ length: 12 }, (_, n) => [
      { at: n * periodMs, run: (at: number) => color(join, at) },
      { at: n * periodMs + shiftMs, run: (at: number) => depth(join, at, at, n) },
    ]).flat();
    for (const { at, run } of calls.sort((a, b) => a.at - b.at)) run(at);
    return join.flush();
  }

  it.each([
    [67, 28],
    [100, 45],
    [200, 90],
    [1000, 400],
  ])("every %i ms, depth %i ms later: the nearest within half a period", (periodMs, shiftMs) => {
    expect(shifted(periodMs, shiftMs).map(({ depth: d }) => msOf(d as RawImage))).toEqual(
      Array.from({ length: 12 }, (_, n) => n),
    );
  });

  it("says how far away the nearest is", () => {
    const frames = shifted(67, 28, { toleranceNs: 10n * MS });
    expect(frames.map(({ depth: found }) => found)).toEqual(Array(12).fill(undefined));
    expect(frames[5]?.absent?.get("depth")).toBe(
      "the frame has no depth image: the nearest of /depth is 28.0 ms later, further than the " +
        "tolerance of 10.0 ms (set the camera's tolerance or offset in the task)",
    );
  });

  it("takes tolerance and offset from the task", () => {
    const camera = { name: "wrist", color: "/color", depth: "/depth" };
    const close = { ...camera, pairing: { toleranceS: 0.005 } };
    expect(shifted(67, 28, { camera: close })[5]?.depth).toBeUndefined();
    const offset = { ...camera, pairing: { toleranceS: 0.005, offsetS: 0.028 } };
    expect(msOf(shifted(67, 28, { camera: offset })[5]?.depth as RawImage)).toBe(5);
  });
});

describe("FrameJoiner with transforms", () => {
  function mugAt(buffer: TransformBuffer, ms: number, x = ms): void {
    const pose = { position: [x, 0, 0], rotation: [0, 0, 0, 1] } as const;
    const frames = { parentFrame: "camera_optical", childFrame: "mug" };
    buffer.add([{ ...frames, stampNs: BigInt(ms) * MS, pose }], false);
  }

  it("gives an image of a new run no pose of the run before, and those before keep theirs", () => {
    const buffer = new TransformBuffer();
    const join = joiner(["poses", "depth"], { transforms: { buffer, frames: ["mug"] } });
    for (let ms = 0; ms <= 4_000; ms += 100) mugAt(buffer, ms, 9);
    color(join, 3_950);
    // A simulator that is reset: its image is recorded before its transforms.
    color(join, 50, 4_050);
    depth(join, 50, 4_050);
    expect(join.take()).toEqual([]);
    mugAt(buffer, 0, 1);
    mugAt(buffer, 100, 2);
    const frames = join.flush();
    expect(frames.map(({ poses }) => poses?.get("mug"))).toMatchObject([
      { pose: { position: [9, 0, 0] } },
      { pose: { position: [1.5, 0, 0] } },
    ]);
  });

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
      ...depths.map((ms) => ({
        at: ms + lateMs,
        run: (to: FrameJoiner) => depth(to, ms, ms + lateMs),
      })),
    ];
    return calls.sort((a, b) => a.at - b.at);
  }

  it("hands out every colour image once, in order, each depth image at most once", () => {
    fc.assert(
      fc.property(stamps, stamps, fc.integer({ min: 0, max: 300 }), (colors, depths, lateMs) => {
        const join = joiner(["depth"], { toleranceNs: 20n * MS });
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
        const join = joiner(["depth"], { toleranceNs: 20n * MS, lookaheadNs: 10_000n * MS });
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
            const join = joiner(["depth"], { toleranceNs: 20n * MS });
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
    const join = joiner(["depth"], { toleranceNs: 20n * MS });
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
