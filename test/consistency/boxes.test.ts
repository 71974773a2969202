import { describe, expect, it } from "vitest";
import { StepRewards, watchedVlm } from "../../src/annotate/index.js";
import type { Vec3 } from "../../src/base/index.js";
import {
  boxOfDetection,
  type CameraFrame,
  type Detection,
  decodeLabels,
  type PixelBox,
} from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { askQuestion, type ObjectRef, onSupport } from "../../src/language/index.js";
import { type BoxFinder, plane } from "../../src/models/index.js";
import { parseTask } from "../../src/task/index.js";
import { castFrame } from "../geometry/synthetic/castFrame.js";
import type { Solid } from "../geometry/synthetic/Solid.js";

const EYE: Vec3 = [0, -0.8, 0.6];
const RED = [200, 30, 25] as const;
const BLUE = [30, 60, 200] as const;
const GREY = [150, 150, 150] as const;
const CLASSES = new Map([
  [1, "mug"],
  [2, "can"],
]);
const MUG_AT: Vec3 = [-0.15, 0.05, 0.045];
const CAN: Solid = {
  ...{ id: 2, shape: "cylinder", radius: 0.033, halfHeight: 0.06, center: [0.21, -0.12, 0.06] },
};

/** A camera without depth that sees a red mug and a blue can, and boxes of both. */
function frameOf(timeS: number, mugAt: Vec3, gripper: Vec3): CameraFrame {
  const mug: Solid = { id: 1, shape: "cylinder", radius: 0.04, halfHeight: 0.045, center: mugAt };
  const world = { solids: [mug, CAN], table: [0.5, 0.4] as const, truth: { tool: gripper } };
  const view = { eye: EYE, target: [0, 0, 0] } as const;
  const { labels, ...frame } = castFrame(world, view, { hasDepth: false });
  if (!labels) throw new Error("castFrame gives labels");
  const { width, height, ids } = decodeLabels(labels);
  const data = new Uint8Array(3 * ids.length);
  for (let pixel = 0; pixel < ids.length; pixel++) {
    const [red, green, blue] = ids[pixel] === 1 ? RED : ids[pixel] === 2 ? BLUE : GREY;
    data[3 * pixel] = red;
    data[3 * pixel + 1] = green;
    data[3 * pixel + 2] = blue;
  }
  const turn = (Math.PI / 2 + Math.atan2(EYE[2], -EYE[1])) / 2;
  const position: Vec3 = [0, 0, Math.hypot(...EYE)];
  const rotation = [Math.sin(turn), 0, 0, Math.cos(turn)] as const;
  const poses = new Map([
    ...(frame.poses ?? []),
    ["world", { ok: true, pose: { position, rotation } }] as const,
  ]);
  const image = {
    kind: "raw",
    width,
    height,
    encoding: "rgb8",
    isBigEndian: false,
    step: 3 * width,
    data,
  } as const;
  const stampNs = BigInt(Math.round(timeS * 1e9));
  return { ...frame, poses, stampNs, image, detections: boxesAround(ids, width) };
}

function boxesAround(ids: Uint16Array | Uint8Array, width: number): Detection[] {
  return [...CLASSES].map(([id, classId]) => {
    let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
    ids.forEach((it, pixel) => {
      if (it !== id) return;
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    });
    const [sizeX, sizeY] = [right - left, bottom - top];
    return {
      classId,
      score: 0.9,
      centerX: left + sizeX / 2,
      centerY: top + sizeY / 2,
      sizeX,
      sizeY,
    };
  });
}

const AWAY: Vec3 = [0.3, 0.3, 0.4];
const still = Array.from({ length: 10 }, (_, i) => frameOf(i, MUG_AT, AWAY));

/** The tool comes, grasps the mug in its middle, and carries it away. */
const grasped = Array.from({ length: 12 }, (_, i) => {
  const lift = Math.max(0, i - 6);
  const at: Vec3 = [MUG_AT[0] + 0.05 * lift, MUG_AT[1] - 0.02 * lift, MUG_AT[2] + 0.04 * lift];
  return frameOf(i, at, i < 5 ? AWAY : at);
});

/** What a task says. */
interface Words {
  readonly mug?: string;
  readonly can?: string;
  readonly heightM?: number;
}

function taskOf({ mug = "the red mug", can = "the blue can", heightM = 0 }: Words) {
  const objects: ObjectRef[] = [
    { name: "gripper", phrase: "the gripper", frame: "tool" },
    { name: "mug", phrase: mug, classIds: ["mug"], labels: [1] },
    { name: "can", phrase: can, classIds: ["can"], labels: [2] },
  ];
  const support: ObjectRef = { name: "table", phrase: "the table", frame: "world", heightM };
  return { objects: new Map(objects.map((object) => [object.name, object])), support };
}

async function findingOf(
  frames: readonly CameraFrame[],
  change: (box: Detection) => Detection = (box) => box,
  words: Words = {},
): Promise<string | undefined> {
  const watch = new ConsistencyWatch(taskOf(words));
  async function* each() {
    for (const frame of frames)
      yield { ...frame, detections: (frame.detections ?? []).map(change) };
  }
  await watch.study(each(), 500_000_000n);
  return watch.findings[0];
}

const aside =
  (x: number, y: number) =>
  (box: Detection): Detection => ({ ...box, centerX: box.centerX + x, centerY: box.centerY + y });
const scaled =
  (x: number, y = x) =>
  (box: Detection): Detection => ({
    ...{ ...box, centerX: box.centerX * x, centerY: box.centerY * y },
    ...{ sizeX: box.sizeX * x, sizeY: box.sizeY * y },
  });
const { width: WIDTH, height: HEIGHT } = still[0]?.info ?? { width: 0, height: 0 };
/** Taken for another form: the edges of each box, in pixels, go through it. */
const taken =
  (as: (edges: PixelBox) => PixelBox) =>
  (box: Detection): Detection => {
    const [left, top, right, bottom] = as(boxOfDetection(box));
    const [sizeX, sizeY] = [right - left, bottom - top];
    return { ...box, centerX: left + sizeX / 2, centerY: top + sizeY / 2, sizeX, sizeY };
  };
const SHAPE = WIDTH / HEIGHT;

describe("boxes of images without depth", () => {
  it.each<[string, (box: Detection) => Detection]>([
    ["as they are", (box) => box],
    ["a little aside", aside(5, 3)],
    ["a tenth larger", (box) => ({ ...box, sizeX: 1.1 * box.sizeX, sizeY: 1.1 * box.sizeY })],
    ["a tenth smaller", (box) => ({ ...box, sizeX: 0.9 * box.sizeX, sizeY: 0.9 * box.sizeY })],
  ])("are not accused %s", async (_, change) => {
    expect(await findingOf(still, change)).toBeUndefined();
    expect(await findingOf(grasped, change)).toBeUndefined();
    expect(await findingOf(still, change, { mug: "the mug", can: "the can" })).toBeUndefined();
  });

  it.each<[string, (box: Detection) => Detection, RegExp]>([
    ["aside", aside(52, -26), /boxes lie about 51 px right and 26 px above of the colours/],
    [
      "mirrored",
      (box) => ({ ...box, centerX: WIDTH - box.centerX }),
      /boxes are mirrored against the colours/,
    ],
    ["of a larger image", scaled(2), /those of an image that is 2\.0 times as large/],
    ["of a smaller image", scaled(0.5), /those of an image that is 0\.50 times as large/],
    ["of a square", scaled(1, 4 / 3), /1\.0 times in width and 1\.3 times in height/],
    ["in pixels", scaled(WIDTH / 1000, HEIGHT / 1000), /if they are taken for pixels.*xyxy_px/],
    [
      "with the top first",
      taken(([left, top, right, bottom]) => {
        return [top * SHAPE, left / SHAPE, bottom * SHAPE, right / SHAPE];
      }),
      /if the top of each is first, and then the left.*yxyx_1000/,
    ],
    [
      "by their sizes",
      taken(([left, top, right, bottom]) => [left, top, right - left, bottom - top]),
      /if the last two numbers of each are its width and height/,
    ],
    ["outside of the image", aside(3000, 0), /lie outside of the image/],
  ])("are told to be %s", async (_, change, told) => {
    expect(await findingOf(still, change)).toMatch(told);
    if (!/outside/.test(told.source))
      expect(await findingOf(still, change, { mug: "the mug", can: "the can" })).toMatch(told);
  });

  it("are told to be swapped, by colours that the task names", async () => {
    const swap = (box: Detection) => ({ ...box, classId: box.classId === "mug" ? "can" : "mug" });
    const told =
      /boxes of the (?:red mug and the blue can|blue can and the red mug), each shows the colour of the other.*class_ids/;
    expect(await findingOf(still, swap)).toMatch(told);
    expect(await findingOf(still, swap, { mug: "the mug", can: "the can" })).toBeUndefined();
  });

  it("of a colour that the picture has nowhere prove nothing", async () => {
    const named = { mug: "the green mug", can: "the yellow can" };
    expect(await findingOf(still, (box) => box, named)).toBeUndefined();
  });
});

/** A model that finds the boxes of the images itself. */
function findingVlm(change: (box: Detection) => Detection) {
  const finder: BoxFinder = {
    ...{ name: "finder", fingerprint: "", close: async () => {} },
    find: async ({ stampNs }, refs) => {
      const { detections = [] } = still.find((frame) => frame.stampNs === stampNs) ?? {};
      return refs.map(({ name }) => {
        const box = detections.find(({ classId }) => classId === name);
        return box ? boxOfDetection(change(box)) : { reason: "no_object", detail: name };
      });
    },
  };
  return plane({ boxes: finder });
}

/** Which images it refuses, each of them again in another episode. */
async function refusedOf(change: (box: Detection) => Detection): Promise<string[]> {
  const task = taskOf({});
  await using model = findingVlm(change);
  const vlm = watchedVlm(model, task);
  const refused: string[] = [];
  for (const episode of ["1", "2"])
    for (const [at, { detections: _, ...frame }] of still.entries()) {
      const [mug, can] = ["mug", "can"].map((name) => task.objects.get(name));
      if (!mug || !can) throw new Error("the task has both");
      const asked = onSupport([askQuestion("distance", mug, can)], task.support);
      const [answer] = await vlm.ask({ ...frame, episode }, asked, new AbortController().signal);
      const { reason, detail } = answer?.refusal ?? {};
      if (reason === "contradiction") refused.push(`${episode}, ${at}: ${detail}`);
    }
  return refused;
}

const TASK = parseTask(
  `name: apart
objects:
  mug: { phrase: the red mug }
  can: { phrase: the blue can }
  table: { phrase: the table, frame: world, height: 0 cm }
support: table
measurements:
  apart: { kind: distance, subject: mug, object: can }
reward:
  terms: { closer: 1 - apart / 1 m }
`,
  "apart.yaml",
);

/** The same of steps, as a session has them. */
async function refusedSteps(change: (box: Detection) => Detection): Promise<string[]> {
  await using vlm = findingVlm(change);
  const steps = new StepRewards(TASK);
  const refused: string[] = [];
  for (const episode of ["1", "2"]) {
    for (const [at, { detections: _, ...frame }] of still.entries()) {
      const step = { vlm, frames: [frame], episode };
      const { reward } = await steps.evaluate(step, new AbortController().signal);
      if (reward.reason?.includes("contradiction")) refused.push(`${episode}, ${at}`);
    }
    steps.reset();
  }
  steps.close();
  return refused;
}

describe("boxes that a model finds itself", () => {
  it("are not accused as they are", async () => {
    expect(await refusedOf((box) => box)).toEqual([]);
  });

  it("are refused from where they are certain not to be those of the images, until the next episode", async () => {
    const refused = await refusedOf(aside(52, -26));
    const told = /plane\+finder on camera: the boxes lie about 51 px right and 26 px above/;
    expect(refused.map((it) => it.slice(0, 4))).toEqual(["1, 8", "1, 9", "2, 8", "2, 9"]);
    for (const detail of refused) expect(detail).toMatch(told);
  });

  it("are refused in the steps of a session as well", async () => {
    expect(await refusedSteps((box) => box)).toEqual([]);
    expect(await refusedSteps(aside(52, -26))).toEqual(["1, 8", "1, 9", "2, 8", "2, 9"]);
  });

  /** When something is first said of boxes that are aside in the end, if they are given in some order. */
  async function firstTold(
    images: number,
    order: (images: readonly number[]) => readonly number[],
  ) {
    const watch = new ConsistencyWatch(taskOf({}));
    const frames = Array.from({ length: images }, (_, i) => {
      const { detections = [], ...frame } = still[i % still.length] ?? frameOf(0, MUG_AT, AWAY);
      const change = i < MOST_LOOKS ? aside(0, 0) : aside(52, -26);
      const boxes = new Map(detections.map((it) => [it.classId, boxOfDetection(change(it))]));
      return { boxes, frame: { ...frame, stampNs: BigInt(2 * i) * 1_000_000_000n } };
    });
    for (const { frame } of frames) await watch.see(frame);
    for (const [seen, at] of order([...frames.keys()]).entries()) {
      const { frame, boxes } = frames[at] ?? {};
      if (frame && boxes) await watch.seeBoxes(frame, boxes, "a model");
      if (watch.findings.length > 0) return seen + 1;
    }
    return undefined;
  }
  const MOST_LOOKS = 32;

  it("are judged after eight looks again, from where as many are known as are remembered", async () => {
    const told = await firstTold(64, (images) => images);
    expect(told).toBeGreaterThan(MOST_LOOKS);
    expect(told).toSatisfy((looks: number) => looks % 8 === 0);
  });

  it("of an image before one that was looked at say nothing", async () => {
    expect(await firstTold(64, (images) => images.toReversed())).toBeUndefined();
  });

  it("say nothing of the next episode, if a model answers so late", async () => {
    const watch = new ConsistencyWatch(taskOf({}));
    const boxesOf = ({ detections = [] }: CameraFrame) =>
      new Map(detections.map((it) => [it.classId, boxOfDetection(aside(52, -26)(it))]));
    const all = still.map(({ detections: _, ...frame }) => frame);
    for (const frame of all) await watch.see(frame);
    const [first] = all;
    if (!first) throw new Error("there are images");
    await watch.see({ ...first, episode: "next" });
    for (const frame of still) {
      const { detections: _, ...own } = frame;
      await watch.seeBoxes(own, boxesOf(frame), "a model");
    }
    expect(watch.findings).toEqual([]);
  });
});

/** The boxes as a label image of so many times the size, and by how many of its pixels it lies aside. */
function labelled(frame: CameraFrame, factor: number, aside = 0): CameraFrame {
  const { detections = [], info, ...rest } = frame;
  if (!info) throw new Error("castFrame gives intrinsics");
  const [width, height] = [info.width * factor, info.height * factor];
  const data = new Uint8Array(width * height);
  for (const { classId, centerX, centerY, sizeX, sizeY } of detections) {
    const left = Math.round((centerX - sizeX / 2) * factor) + aside;
    const right = Math.round((centerX + sizeX / 2) * factor) + aside;
    for (
      let y = Math.round((centerY - sizeY / 2) * factor);
      y < (centerY + sizeY / 2) * factor;
      y++
    )
      data.fill(classId === "mug" ? 1 : 2, y * width + left, y * width + right);
  }
  const layout = { kind: "raw", encoding: "mono8", isBigEndian: false, step: width } as const;
  return { ...rest, info, labels: { ...layout, width, height, data } };
}

describe("boxes of a label image", () => {
  it.each([1, 0.5, 2])("belong to the picture at %s times its size", async (factor) => {
    expect(await findingOf(still.map((frame) => labelled(frame, factor)))).toBeUndefined();
    const aside = still.map((frame) => labelled(frame, factor, 52 * factor));
    expect(await findingOf(aside)).toMatch(/boxes lie about 51 px right of the colours/);
  });
});

describe("a support at another height than told", () => {
  it.each([
    [
      0.05,
      /gripper \(TF frame tool\) grasps the red mug \d+ cm from .* table over TF frame world is about [456] cm too high/,
    ],
    [-0.05, /is about [456] cm too low/],
  ])("is told where a thing is grasped: %s m", async (heightM, told) => {
    expect(await findingOf(grasped, undefined, { heightM })).toMatch(told);
  });

  it("is not suspected within what heights are measured to, nor where nothing is grasped", async () => {
    for (const heightM of [-0.02, 0, 0.02])
      expect(await findingOf(grasped, undefined, { heightM })).toBeUndefined();
    expect(await findingOf(still, undefined, { heightM: 0.05 })).toBeUndefined();
  });

  it("is not suspected where the gripper's frame is at its wrist", async () => {
    const wrist = grasped.map((frame) => {
      const tool = frame.poses?.get("tool");
      const up = Math.atan2(-EYE[1], EYE[2]);
      if (!tool?.ok) throw new Error("castFrame gives a pose of tool");
      const [x, y, z] = tool.pose.position;
      const position: Vec3 = [x, y - 0.15 * Math.sin(up), z - 0.15 * Math.cos(up)];
      const pose = { ok: true, pose: { ...tool.pose, position } } as const;
      return { ...frame, poses: new Map([...(frame.poses ?? []), ["tool", pose] as const]) };
    });
    expect(await findingOf(wrist)).toBeUndefined();
  });
});
