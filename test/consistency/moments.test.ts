import { beforeAll, describe, expect, it } from "vitest";
import { type CameraFrame, depthImageOf } from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { TabletopSim } from "../../src/sim/index.js";

/** A task that tells neither a gripper's frame nor a support. */
const TASK = {
  objects: new Map(
    [
      { name: "gripper", phrase: "the robot gripper", labels: [1] },
      { name: "mug", phrase: "the mug", labels: [2] },
      { name: "tray", phrase: "the tray", labels: [3] },
    ].map((object) => [object.name, object] as const),
  ),
};

type Frames = readonly CameraFrame[];
let sound: Frames;

beforeAll(async () => {
  using sim = await TabletopSim.create({ seed: 5, width: 160, height: 120, rateHz: 2 });
  const frames: CameraFrame[] = [];
  for (let step = sim.current(); ; step = sim.step()) {
    for (const { poses: _, ...frame } of step.frames) frames.push(frame);
    if (step.done) break;
  }
  sound = frames;
});

async function* each(frames: Frames) {
  yield* frames;
}

async function findingOf(frames: Frames): Promise<string | undefined> {
  const watch = new ConsistencyWatch(TASK);
  await watch.study(each(frames), 400_000_000n);
  return watch.findings[0];
}

async function liveFindingOf(frames: Frames): Promise<string | undefined> {
  const watch = new ConsistencyWatch(TASK);
  for (const frame of frames) await watch.see(frame);
  return watch.findings[0];
}

/** From a share of the recording on. */
function from(share: number, change: (frame: CameraFrame, at: number) => CameraFrame): Frames {
  return sound.map((frame, at) => (at < share * sound.length ? frame : change(frame, at)));
}

/** A part of the image so many images before. */
function before(part: "labels" | "depth", images: number) {
  return (frame: CameraFrame, at: number): CameraFrame => {
    const its = sound[Math.max(0, at - images)]?.[part];
    return its ? { ...frame, [part]: its } : frame;
  };
}

function ofImage(part: "labels" | "depth", image: number) {
  return (frame: CameraFrame): CameraFrame => {
    const its = sound[image]?.[part];
    return its ? { ...frame, [part]: its } : frame;
  };
}

function mirrored({ labels, ...frame }: CameraFrame): CameraFrame {
  if (labels?.kind !== "raw") return frame;
  const { width, data } = labels;
  const at = (i: number) => data[i - (i % width) + width - 1 - (i % width)] ?? 0;
  return { ...frame, labels: { ...labels, data: data.map((_, i) => at(i)) } };
}

function withIds(change: (id: number) => number) {
  return ({ labels, ...frame }: CameraFrame): CameraFrame =>
    labels?.kind === "raw"
      ? { ...frame, labels: { ...labels, data: labels.data.map(change) } }
      : frame;
}

function withDepth(factor: number) {
  return ({ depth, ...frame }: CameraFrame): CameraFrame => {
    if (depth?.kind !== "raw") return frame;
    const { width, height, data } = depth;
    const floats = new Float32Array(data.buffer, data.byteOffset, width * height);
    return {
      ...frame,
      depth: depthImageOf({ width, height, depthM: floats.map((z) => factor * z) }),
    };
  };
}

function withFx(factor: number) {
  return ({ info, ...frame }: CameraFrame): CameraFrame =>
    info ? { ...frame, info: { ...info, fx: info.fx * factor, fy: info.fy * factor } } : frame;
}

describe("masks, depth and lens in a task without TF", () => {
  it("are well in a sound recording", async () => {
    expect(await findingOf(sound)).toBeUndefined();
    expect(await liveFindingOf(sound)).toBeUndefined();
  });

  it("are well where nothing moves, and all is the same to the last bit", async () => {
    const [first] = sound;
    const still = sound.map((frame) => ({ ...first, ...frame, ...partsOf(first) }));
    expect(await findingOf(still)).toBeUndefined();
  });

  it.each<[string, () => Frames, RegExp]>([
    ["masks that freeze", () => from(0, ofImage("labels", 0)), /shows it where .* another image/],
    [
      "masks that freeze in the last third",
      () => from(0.67, ofImage("labels", Math.floor(0.67 * sound.length))),
      /shows it where .* another image/,
    ],
    ["masks 1 s late", () => from(0, before("labels", 2)), /shows it where .* another image/],
    ["depth 1 s late", () => from(0, before("depth", 2)), /shows it where .* another image/],
    ["depth that freezes", () => from(0, ofImage("depth", 0)), /shows it where .* another image/],
    [
      "ids that go round in the middle",
      () =>
        from(
          0.5,
          withIds((id) => ({ 1: 2, 2: 3, 3: 1 })[id] ?? id),
        ),
      /what was .* \(id 3\) is .* \(id 1\), which was elsewhere, from one image to the next/,
    ],
    ["masks mirrored in the last fifth", () => from(0.8, mirrored), /masks are mirrored/],
    ["depth twice as far in the last fifth", () => from(0.8, withDepth(2)), /2\.0\d times as far/],
    ["fx 1.5 times in the last fifth", () => from(0.8, withFx(1.5)), /fx .* 1\.(49|50|51) times/],
  ])("are not: %s", async (_, damaged, finding) => {
    expect(await findingOf(damaged())).toMatch(finding);
  });

  it("are not well as images come, and are again when the masks move with the depth", async () => {
    const late = from(0, before("labels", 2));
    expect(await liveFindingOf(late)).toMatch(/shows it where .* another image/);
    const durationNs = (sound.at(-1)?.stampNs ?? 0n) - (sound[0]?.stampNs ?? 0n) + 500_000_000n;
    const again = [1n, 2n, 3n, 4n, 5n].flatMap((time) =>
      sound.map((frame) => ({ ...frame, stampNs: frame.stampNs + time * durationNs })),
    );
    expect(await liveFindingOf([...late, ...again])).toBeUndefined();
  });
});

function partsOf(frame: CameraFrame | undefined): Partial<CameraFrame> {
  const { image, depth, labels } = frame ?? {};
  return { ...(image && { image }), ...(depth && { depth }), ...(labels && { labels }) };
}
