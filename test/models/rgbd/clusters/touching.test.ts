import { describe, expect, it } from "vitest";
import { askQuestion, type ObjectRef, type SpatialAnswer } from "../../../../src/language/index.js";
import { rgbd } from "../../../../src/models/index.js";
import { BLUE, GREEN, GREY, type Painted, RED, tableFrame } from "./tableFrame.js";

const SIGNAL = new AbortController().signal;

/** Where `tableFrame`'s camera sees a point. */
function pixelOf([x, y, z]: readonly [number, number, number]): [number, number] {
  const [down, ahead] = [0.62, 0.8];
  const length = Math.hypot(down, ahead);
  const [dy, dz] = [y + 0.8, z - 0.65];
  const depth = (dy * ahead - dz * down) / length;
  const below = (-dy * down - dz * ahead) / length;
  return [Math.round(159.5 + (300 * x) / depth), Math.round(119.5 + (300 * below) / depth)];
}

const block = (
  id: number,
  center: [number, number, number],
  half: [number, number, number],
  rgb: Painted["rgb"],
): Painted => ({ id, rgb, shape: "box", half, yaw: 0, center });

const topOf = ({ center: [x, y, z], ...solid }: Painted): [number, number, number] => [
  x,
  y - 0.01,
  z + (solid.shape === "box" ? solid.half[2] : 0),
];

const at = (name: string, thing: Painted): ObjectRef => ({
  ...{ name, phrase: `the ${name}` },
  at: pixelOf(topOf(thing)),
});

async function ask(
  things: readonly Painted[],
  refs: readonly ObjectRef[],
): Promise<readonly SpatialAnswer[]> {
  const questions = refs.flatMap((ref) => [askQuestion("height", ref), askQuestion("width", ref)]);
  return await rgbd({ clusters: {} }).ask(tableFrame(things), questions, SIGNAL);
}

/** A quantity that is within three sigma of its truth. */
function expectTrue({ value }: SpatialAnswer | undefined = {} as SpatialAnswer, truthM: number) {
  if (value?.shape !== "quantity") throw new Error("no quantity");
  expect(Math.abs(value.valueM - truthM)).toBeLessThan(3 * value.sigmaM);
  return value.sigmaM;
}

const LOW = block(1, [0.03, 0, 0.03], [0.05, 0.04, 0.03], RED);
const TALL = block(2, [0.11, 0, 0.05], [0.03, 0.04, 0.05], BLUE);
const ALONE = block(3, [-0.2, 0, 0.04], [0.03, 0.03, 0.04], GREEN);
const like = (rgb: Painted["rgb"], thing: Painted): Painted => ({ ...thing, rgb });

describe("things that touch in the first image", () => {
  it("are apart where their colours and their shapes both differ", async () => {
    const [height, width] = await ask([LOW, TALL, ALONE], [at("low", LOW)]);
    expect(expectTrue(height, 0.06)).toBeLessThan(0.01);
    expectTrue(width, 0.1);
  });

  it("are doubted where only a step of their tops tells of two", async () => {
    const [height, width] = await ask([LOW, like(RED, TALL), ALONE], [at("low", LOW)]);
    expect(expectTrue(height, 0.06)).toBeGreaterThan(0.015);
    expect(expectTrue(width, 0.1)).toBeGreaterThan(0.015);
  });

  it("are doubted where only one is asked for, and only its colour tells it from one as high", async () => {
    const level = block(2, [0.12, 0.03, 0.03], [0.04, 0.04, 0.03], BLUE);
    const [, alone] = await ask([LOW, level, ALONE], [at("low", LOW)]);
    expectTrue(alone, 0.1);
    expect(expectTrue(alone, 0.18)).toBeGreaterThan(0.03);
    const both = await ask([LOW, level, ALONE], [at("low", LOW), at("level", level)]);
    expect(expectTrue(both[1], 0.1)).toBeLessThan(0.02);
    expectTrue(both[3], 0.08);
  });

  it("are doubted where only their colours tell of two: it may be a label", async () => {
    const upper = block(2, [0.03, 0, 0.09], [0.05, 0.04, 0.03], BLUE);
    const [height] = await ask([LOW, upper, ALONE], [at("upper", upper)]);
    expect(expectTrue(height, 0.06)).toBeGreaterThan(0.015);
    expectTrue(height, 0.12);
  });

  it("are neither's answer where two names are given to what shows as one", async () => {
    const twin = block(2, [0.11, 0, 0.03], [0.03, 0.04, 0.03], RED);
    const answers = await ask([LOW, twin, ALONE], [at("left", LOW), at("right", twin)]);
    for (const { refusal } of answers) {
      expect(refusal?.reason).toBe("ambiguous");
      expect(refusal?.detail).toContain("touch");
    }
  });

  it("are doubted where depth sees nothing of where they meet, and only their color joins them", async () => {
    const halves = [-0.04, 0.04].map((x, i) =>
      block(i + 1, [x, 0, 0.03], [0.04, 0.05, 0.03], GREEN),
    );
    const frame = tableFrame([...halves, like(RED, ALONE)]);
    if (frame.depth?.kind !== "raw") throw new Error("a table's frame has raw depth");
    const words = new Uint16Array(frame.depth.data.slice().buffer);
    const { width } = frame.depth;
    words.forEach((_, pixel) => {
      if (Math.abs((pixel % width) - width / 2) < 3) words[pixel] = 0;
    });
    const depth = { ...frame.depth, data: new Uint8Array(words.buffer) };
    const ref: ObjectRef = {
      ...{ name: "half", phrase: "the half" },
      at: pixelOf([-0.04, 0, 0.06]),
    };
    const asked = [askQuestion("width", ref)];
    const [answer] = await rgbd({ clusters: {} }).ask({ ...frame, depth }, asked, SIGNAL);
    expectTrue(answer, 0.08);
    expectTrue(answer, 0.16);
  });

  it("are no doubt of what stands by itself", async () => {
    const [height, width] = await ask([LOW, TALL, ALONE], [at("alone", ALONE)]);
    expect(expectTrue(height, 0.08)).toBeLessThan(0.006);
    expect(expectTrue(width, 0.06)).toBeLessThan(0.006);
  });

  it("take no name from what lies flat beside them", async () => {
    const pen = block(2, [0.03, -0.047, 0.002], [0.05, 0.006, 0.002], GREEN);
    const [height] = await ask([LOW, pen, ALONE], [at("pen", pen)]);
    expect(height?.refusal?.reason).toBe("no_object");
  });
});

describe("one thing of two colours", () => {
  const pan: Painted = {
    ...{ id: 1, rgb: RED, shape: "cylinder", radius: 0.08, halfHeight: 0.02 },
    center: [-0.03, 0, 0.02],
  };

  it("is measured whole where a part is its handle, wherever it is named", async () => {
    const handle = block(2, [0.11, 0, 0.032], [0.06, 0.012, 0.008], BLUE);
    for (const named of [pan, handle]) {
      const [, width] = await ask([pan, handle, ALONE], [at("pan", named)]);
      if (width?.value?.shape !== "quantity") throw new Error("no quantity");
      expect(Math.abs(width.value.valueM - 0.28)).toBeLessThan(0.02);
    }
  });

  const round = (
    id: number,
    center: [number, number, number],
    radius: number,
    halfHeight: number,
    rgb: Painted["rgb"],
  ): Painted => ({ id, rgb, shape: "cylinder", radius, halfHeight, center });

  it("may be as large as with what only a step in depth tells it from", async () => {
    const camera = block(1, [0.03, 0.02, 0.04], [0.07, 0.025, 0.04], GREY);
    const lens = round(2, [0.03, -0.02, 0.04], 0.03, 0.03, RED);
    const [height, width] = await ask([camera, lens, ALONE], [at("camera", lens)]);
    expectTrue(height, 0.08);
    expectTrue(width, 0.14);
  });

  it("may be as high as with what carries it, if only an edge in depth tells of two", async () => {
    const jar = round(1, [0.03, 0, 0.03], 0.04, 0.03, GREY);
    const lid = round(2, [0.03, 0, 0.075], 0.045, 0.015, RED);
    const [height] = await ask([jar, lid, ALONE], [at("jar", lid)]);
    expectTrue(height, 0.09);
    const both = await ask([jar, lid, ALONE], [at("jar", jar), at("lid", lid)]);
    expect(expectTrue(both[2], 0.03)).toBeLessThan(0.015);
  });

  it.each([
    ["a handle that lies on the table", pan, block(2, [0.11, 0, 0.01], [0.06, 0.012, 0.01], BLUE)],
    [
      "a shaft of a screwdriver",
      block(1, [-0.03, 0, 0.015], [0.05, 0.015, 0.015], RED),
      block(2, [0.07, 0, 0.015], [0.05, 0.005, 0.005], BLUE),
    ],
  ])("may be as large as with %s that is seen apart from it", async (_, body, part) => {
    const solids = [body, part].map((it) => (it.shape === "cylinder" ? it.radius : half(it)));
    const ends = [body, part].map(({ center: [x] }, i) => [
      x - (solids[i] ?? 0),
      x + (solids[i] ?? 0),
    ]);
    const wholeM =
      Math.max(...ends.map(([, to = 0]) => to)) - Math.min(...ends.map(([from = 0]) => from));
    for (const named of [body, part]) {
      const answers = await ask([body, part, ALONE], [at("tool", named)]);
      for (const answer of answers.slice(1)) if (answer.value) expectTrue(answer, wholeM);
    }
  });
});

const half = (solid: Painted) => (solid.shape === "box" ? solid.half[0] : 0);

describe("things of one look that come to touch", () => {
  it("are refused at once, for as long as they touch, and answered when they part", async () => {
    const model = rgbd({ clusters: {} });
    const near = block(1, [-0.08, 0, 0.03], [0.04, 0.04, 0.03], RED);
    const far = block(2, [0.12, 0, 0.03], [0.05, 0.04, 0.03], RED);
    const refs = [at("near", near), at("far", far)];
    const seen: string[] = [];
    // A second between images: what is believed later would be believed by then.
    for (const [step, x] of [0.12, 0.012, 0.012, 0.012, 0.012, 0.012, 0.07, 0.12].entries()) {
      const frame = tableFrame([near, { ...far, center: [x, 0, 0.03] }, ALONE], {
        stampS: 1 + step,
      });
      const answers = await model.ask(
        frame,
        refs.map((ref) => askQuestion("width", ref)),
        SIGNAL,
      );
      for (const [i, answer] of answers.entries()) {
        seen.push(`${step} ${answer.refusal?.reason ?? "answered"}`);
        if (answer.value) expectTrue(answer, i === 0 ? 0.08 : 0.1);
      }
    }
    const said = [0, 1, 2, 3, 4, 5, 6, 7].map((step) => {
      return `${step} ${step >= 1 && step <= 5 ? "ambiguous" : "answered"}`;
    });
    expect(seen).toEqual(said.flatMap((it) => [it, it]));
  });
});

describe("a thing that the robot holds in the first image", () => {
  const finger = (id: number, x: number) => block(id, [x, 0, 0.11], [0.012, 0.02, 0.1], GREY);
  const held = [
    block(1, [0, 0, 0.04], [0.03, 0.03, 0.04], RED),
    finger(5, -0.043),
    finger(6, 0.043),
  ];
  const gripper: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };

  it.each([
    ["its place", { name: "block", phrase: "the block", at: pixelOf([0, -0.03, 0.04]) }],
    ["its color", { name: "block", phrase: "the red block" }],
  ])("is refused with what to do, by %s", async (_, ref: ObjectRef) => {
    const frame = tableFrame([...held, ALONE], { gripper: [0, 0, 0.06] });
    const [answer] = await rgbd({ clusters: {} }).ask(
      frame,
      [askQuestion("distance", ref, gripper)],
      SIGNAL,
    );
    expect(answer?.refusal?.reason).toBe("ambiguous");
    expect(answer?.refusal?.detail).toContain("begin with an image");
  });
});
