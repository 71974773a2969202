import { describe, expect, it } from "vitest";
import { distanceBetween, mulberry32, type Vec3 } from "../../../src/base/index.js";
import type { CameraFrame, RawImage } from "../../../src/camera/index.js";
import { type DepthView, openDepth, rgbd } from "../../../src/models/index.js";
import { alignedLabels } from "../../../src/models/rgbd/alignedLabels.js";
import { LabelIndex } from "../../../src/models/rgbd/LabelIndex.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, question, SIGNAL } from "./scenes.js";

const [WIDTH, HEIGHT] = [640, 480];
const a: Vec3 = [-0.15, 0.02, 0.04];
const b: Vec3 = [0.16, -0.05, 0.03];
const SOLIDS: readonly Solid[] = [
  { id: 1, shape: "box", half: [0.05, 0.04, 0.04], yaw: 0.4, center: a },
  { id: 2, shape: "cylinder", radius: 0.04, halfHeight: 0.03, center: b },
];
const seen = (solids = SOLIDS) =>
  castFrame(
    { table: [0.5, 0.4], solids },
    { eye: [0.1, -0.8, 0.7], target: [0, 0, 0.05] },
    { noiseM: 0.0005 },
  );
const FRAME = seen();
const TRUTH_M = distanceBetween(a, b);

/** The frame with each label taken from another place. */
function relabelled(
  frame: CameraFrame,
  labelAt: (x: number, y: number, idAt: (x: number, y: number) => number) => number,
): CameraFrame {
  const labels = frame.labels as RawImage;
  const idAt = (x: number, y: number) => labels.data[y * WIDTH + x] ?? 0;
  const data = labels.data.map((_, i) => labelAt(i % WIDTH, Math.floor(i / WIDTH), idAt));
  return { ...frame, labels: { ...labels, data } };
}

async function distance(frame: CameraFrame) {
  await using model = rgbd();
  const [answer] = await model.ask(frame, [question("distance", A, B)], SIGNAL);
  if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
  return answer.value;
}

function must(view: DepthView | undefined): DepthView {
  if (!view) throw new Error("the frame has depth");
  return view;
}

const isThing = (id: number) => id === 1 || id === 2;

describe("masks that do not fit the depth", () => {
  it.each([
    [8, 0],
    [-8, 3],
    [0, 7],
    [2, -9],
    [0, 0],
  ])("measures as exactly where all are shifted by %d, %d px", async (dx, dy) => {
    const { valueM, sigmaM } = await distance(
      relabelled(FRAME, (x, y, idAt) => idAt(x - dx, y - dy)),
    );
    expect(Math.abs(valueM - TRUTH_M)).toBeLessThan(0.004);
    expect(sigmaM).toBeLessThan(0.015);
  });

  it("completes masks that are 3 px too small", async () => {
    const small = relabelled(FRAME, (x, y, idAt) => {
      const id = idAt(x, y);
      const around = [idAt(x - 3, y), idAt(x + 3, y), idAt(x, y - 3), idAt(x, y + 3)];
      return isThing(id) && around.some((it) => it !== id) ? 0 : id;
    });
    const { valueM, sigmaM } = await distance(small);
    expect(Math.abs(valueM - TRUTH_M)).toBeLessThan(0.004);
    expect(Math.abs(valueM - TRUTH_M)).toBeLessThan(3 * sigmaM);
  });

  it("completes a mask that has half of its thing", async () => {
    const half = relabelled(FRAME, (x, y, idAt) => (idAt(x, y) === 1 && x > 238 ? 0 : idAt(x, y)));
    const { valueM, sigmaM } = await distance(half);
    expect(Math.abs(valueM - TRUTH_M)).toBeLessThan(0.005);
    expect(sigmaM).toBeGreaterThan(Math.abs(valueM - TRUTH_M) / 3);
  });

  it("does not take a thing's edge for another thing whose mask lies around it", async () => {
    let [onThing, onTable] = [0, 0];
    const aside = relabelled(FRAME, (x, y, idAt) => {
      const id = idAt(x, y);
      if (id === 1) return 0;
      if (id === 2) return onThing++ < 34 ? 1 : 2;
      return idAt(x, y + 3) === 2 && onTable++ < 60 ? 1 : id;
    });
    await using model = rgbd();
    const [answer] = await model.ask(aside, [question("distance", A, B)], SIGNAL);
    expect(answer?.refusal).toMatchObject({
      reason: "no_object",
      detail: expect.stringContaining("mostly on what lies around it") as string,
    });
  });

  it("does not take another thing's pixels, whatever touches", async () => {
    const touching: Solid = {
      ...{ id: 3, shape: "box", half: [0.04, 0.04, 0.04], yaw: 0.4 },
      center: [a[0] + 0.09 * Math.cos(0.4), a[1] + 0.09 * Math.sin(0.4), 0.04],
    };
    const { valueM, sigmaM } = await distance(seen([...SOLIDS, touching]));
    expect(Math.abs(valueM - TRUTH_M)).toBeLessThan(0.004);
    expect(sigmaM).toBeLessThan(0.015);
  });

  it("doubts what goes on without an end or a label", async () => {
    const long: Solid = {
      ...{ id: 3, shape: "box", half: [0.15, 0.04, 0.04], yaw: 0.4 },
      center: [a[0] - 0.2 * Math.cos(0.4), a[1] - 0.2 * Math.sin(0.4), 0.04],
    };
    const frame = relabelled(seen([...SOLIDS, long]), (x, y, idAt) => idAt(x, y) % 3);
    const { valueM, sigmaM } = await distance(frame);
    expect(sigmaM).toBeGreaterThan(0.01);
    expect(Math.abs(valueM - TRUTH_M)).toBeLessThan(2 * sigmaM);
  });
});

describe("a label image that is aligned with the depth", () => {
  const share = (labels: LabelIndex, id: number): number => {
    const own = labels.pixelsOf(id);
    const truth = new Set(LabelIndex.of(FRAME.labels as RawImage, WIDTH, HEIGHT).pixelsOf(id));
    return own.filter((pixel) => truth.has(pixel)).length / Math.max(own.length, truth.size);
  };

  it.each([
    [
      [6, 0],
      [1, 5],
    ],
    [
      [-7, 2],
      [-1, -3],
    ],
  ] as const)("has each thing where it is, shifted by %j and %j px", async ([ax, ay], [bx, by]) => {
    const { view } = await openDepth(FRAME, (info) => info);
    const apart = relabelled(FRAME, (x, y, idAt) => {
      if (idAt(x - ax, y - ay) === 1) return 1;
      if (idAt(x - bx, y - by) === 2) return 2;
      return isThing(idAt(x, y)) ? 0 : idAt(x, y);
    });
    const labels = LabelIndex.of(apart.labels as RawImage, WIDTH, HEIGHT);
    const aligned = alignedLabels(labels, must(view), isThing).labels;
    for (const id of [1, 2]) {
      expect(share(labels, id)).toBeLessThan(0.95);
      expect(share(aligned, id)).toBeGreaterThan(0.97);
    }
  });

  it("does not move a mask that is too small to where two other things are as far apart", async () => {
    const post = (id: number, x: number, halfX: number): Solid => ({
      ...{ id, shape: "box", half: [halfX, 0.006, 0.07], yaw: 0 },
      center: [x, 0, 0.07],
    });
    // Between both posts, which have no label, is as much room as the mask leaves of the peg.
    const solids = [post(1, 0, 0.009), post(8, 0.015, 0.003), post(9, 0.028, 0.003)];
    const frame = castFrame(
      {
        table: [0.5, 0.4],
        solids: [...solids, { ...SOLIDS[0]!, id: 3 }, { ...SOLIDS[1]!, id: 5 }],
      },
      { eye: [0, -0.8, 0.5], target: [0, 0, 0.05] },
    );
    const { view } = await openDepth(frame, (info) => info);
    const small = relabelled(frame, (x, y, idAt) => {
      const around = [idAt(x - 3, y), idAt(x + 3, y), idAt(x, y - 3), idAt(x, y + 3)];
      return idAt(x, y) > 5 || around.some((it) => it !== idAt(x, y)) ? 0 : idAt(x, y);
    });
    const labels = LabelIndex.of(small.labels as RawImage, WIDTH, HEIGHT);
    const aligned = alignedLabels(labels, must(view), (id) => id !== 4).labels;
    const whole = LabelIndex.of(frame.labels as RawImage, WIDTH, HEIGHT);
    const own = new Set(whole.pixelsOf(1));
    const pixels = [...aligned.pixelsOf(1)];
    expect(pixels.length).toBeGreaterThan(50);
    expect(pixels.every((pixel) => own.has(pixel))).toBe(true);
  });

  it("is as it was where things are where they should be", async () => {
    const { view } = await openDepth(FRAME, (info) => info);
    const labels = LabelIndex.of(FRAME.labels as RawImage, WIDTH, HEIGHT);
    expect(alignedLabels(labels, must(view), isThing)).toEqual({ labels, isSure: true });
  });
});

describe("a mask that has a strip of a taller thing, with which it is one flat front", () => {
  const low: Solid = {
    id: 1,
    shape: "box",
    half: [0.022, 0.023, 0.044],
    yaw: 0,
    center: [0, 0, 0.044],
  };
  const tall: Solid = {
    ...{ id: 2, shape: "box", half: [0.022, 0.023, 0.056], yaw: 0 },
    center: [0.044, 0, 0.056],
  };
  const aside: Solid = {
    id: 3,
    shape: "box",
    half: [0.03, 0.04, 0.03],
    yaw: 0,
    center: [0.3, 0, 0.03],
  };
  const frame = castFrame(
    { table: [0.5, 0.4], solids: [low, tall, aside] },
    { eye: [-0.05, -0.8, 0.75], target: [0, 0, 0.04] },
    { noiseM: 0.0005 },
  );
  const heights = async (seen: CameraFrame): Promise<number[]> => {
    await using model = rgbd();
    const answers = await model.ask(seen, [question("height", A), question("height", B)], SIGNAL);
    return answers.map(({ value, text }) => {
      if (value?.shape !== "quantity") throw new Error(text);
      return value.valueM;
    });
  };

  it.each([0, 1, 2])("has its own height where masks are off by %d px", async (px) => {
    const [lowM = 0, tallM = 0] = await heights(relabelled(frame, (x, y, idAt) => idAt(x - px, y)));
    expect(Math.abs(lowM - 0.088)).toBeLessThan(0.004);
    expect(Math.abs(tallM - 0.112)).toBeLessThan(0.004);
  });

  it.each([0, 1])("has its own height where labels are half as fine as depth (%d)", async (odd) => {
    const [lowM = 0, tallM = 0] = await heights(
      relabelled(frame, (x, y, idAt) => idAt(x - ((x + odd) % 2), y - (y % 2))),
    );
    expect(Math.abs(lowM - 0.088)).toBeLessThan(0.004);
    expect(Math.abs(tallM - 0.112)).toBeLessThan(0.004);
  });

  it("keeps a part that is wider than such a strip", async () => {
    const post = relabelled(frame, (x, y, idAt) =>
      idAt(x, y) === 2 && [1, 2, 3, 4, 5, 6].some((px) => idAt(x - px, y) === 1) ? 1 : idAt(x, y),
    );
    const wide = relabelled(post, (x, y, idAt) =>
      idAt(x, y) === 2 && idAt(x - 8, y) !== 2 ? 1 : idAt(x, y),
    );
    const [lowM = 0] = await heights(wide);
    expect(lowM).toBeGreaterThan(0.108);
  });
});

describe("a thing of which the far end is seen as a sliver beside what hides it", () => {
  const bar: Solid = {
    ...{ id: 1, shape: "box", half: [0.08, 0.015, 0.015], yaw: 0 },
    center: [0, 0.05, 0.015],
  };
  const front: Solid = {
    ...{ id: 2, shape: "box", half: [0.045, 0.03, 0.06], yaw: 0 },
    center: [0.024, -0.03, 0.06],
  };

  it("is as unsure of its centre and width as it may be longer", async () => {
    const frame = castFrame(
      { table: [0.5, 0.4], solids: [bar, front] },
      { eye: [0, -0.8, 0.35], target: [0, 0, 0.05] },
    );
    await using model = rgbd();
    const asked = [question("distance", A, B), question("width", A)];
    const answers = await model.ask(frame, asked, SIGNAL);
    const truthsM = [distanceBetween(bar.center, front.center), 0.16];
    answers.forEach(({ value, text }, i) => {
      if (value?.shape !== "quantity") throw new Error(text);
      expect(Math.abs(value.valueM - (truthsM[i] ?? 0))).toBeLessThan(3 * value.sigmaM);
    });
  });
});

describe("depth with holes", () => {
  const behind: Solid = {
    ...{ id: 1, shape: "box", half: [0.02, 0.02, 0.07], yaw: 0 },
    center: [0, 0.1, 0.07],
  };
  const front: Solid = {
    ...{ id: 2, shape: "box", half: [0.05, 0.03, 0.045], yaw: 0 },
    center: [0, -0.03, 0.045],
  };
  const frame = castFrame(
    { table: [0.5, 0.4], solids: [behind, front] },
    { eye: [0, -0.8, 0.35], target: [0, 0, 0.05] },
    { noiseM: 0.0005 },
  );
  const holed = (share: number): CameraFrame => {
    const depth = frame.depth as RawImage;
    const data = depth.data.slice();
    const random = mulberry32(5);
    for (let i = 0; i < data.length; i += 2) if (random() < share) data.fill(0, i, i + 2);
    return { ...frame, depth: { ...depth, data } };
  };

  it.each([0, 0.2, 0.4])(
    "tells what is hidden though %d of the pixels have none",
    async (share) => {
      await using model = rgbd();
      const asked = [question("elevation", A), question("height", A)];
      const answers = await model.ask(holed(share), asked, SIGNAL);
      const truthsM = [0, 0.14];
      answers.forEach(({ value, text }, i) => {
        if (value?.shape !== "quantity") throw new Error(text);
        expect(Math.abs(value.valueM - (truthsM[i] ?? 0))).toBeLessThan(2 * value.sigmaM);
      });
    },
  );
});

describe("a thing that the image cuts off", () => {
  const tray: Vec3 = [0.2, 0, 0.01];
  const solids: readonly Solid[] = [
    { id: 1, shape: "box", half: [0.03, 0.03, 0.03], yaw: 0.3, center: [-0.25, 0, 0.03] },
    { id: 2, shape: "box", half: [0.13, 0.09, 0.01], yaw: 0.5, center: tray },
  ];
  /** Looks so far aside that the tray is beyond the image's right side, by ever more. */
  const lookingAt = (x: number) =>
    castFrame(
      { table: [0.8, 0.6], solids },
      { eye: [x, -0.5, 0.45], target: [x, 0, 0.01] },
      { noiseM: 0.0005 },
    );
  const trueM = distanceBetween(tray, [-0.25, 0, 0.03]);

  it.each([-0.18, -0.2, -0.22])("is told with a sigma that holds it, seen at %d m", async (x) => {
    const frame = lookingAt(x);
    const shrunk = relabelled(frame, (u, v, idAt) => {
      const around = [idAt(u - 1, v), idAt(u + 1, v), idAt(u, v - 1), idAt(u, v + 1)];
      const id = idAt(u, v);
      return around.every((it) => it === id) ? id : 0;
    });
    for (const { valueM, sigmaM } of [await distance(frame), await distance(shrunk)]) {
      const offM = Math.abs(valueM - trueM);
      expect(offM).toBeGreaterThan(0.02);
      expect(offM).toBeLessThan(2.5 * sigmaM);
    }
  });
});
