import { describe, expect, it } from "vitest";
import { askQuestion, type ObjectRef } from "../../../../src/language/index.js";
import { rgbd } from "../../../../src/models/index.js";
import type { DepthGrid } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { SpareGrids } from "../../../../src/models/rgbd/clusters/SpareGrids.js";
import { openDepth } from "../../../../src/models/rgbd/DepthView.js";
import { BLUE, box, can, RED, tableFrame } from "./tableFrame.js";

const SIGNAL = new AbortController().signal;
const SCENES = [0, 1, 2, 3].map((i) => ({
  things: [can(1, -0.1 + 0.01 * i, 0, RED), box(2, 0.12 - 0.01 * i, 0.02, BLUE)],
  stampS: 1 + i / 10,
}));
const FRAMES = SCENES.map(({ things, stampS }) => tableFrame(things, { stampS }));

async function viewOf(frame = FRAMES[0]) {
  const { view } = frame ? await openDepth(frame, (info) => info) : {};
  if (!view) throw new Error("no depth");
  return view;
}

/** All that a grid tells, worked out. */
function contentOf({ xyz, normals, width, height }: DepthGrid): Float32Array[] {
  for (let cell = 0; cell < width * height; cell++) normals.of(cell);
  return [xyz.slice(), normals.of(0).slice()];
}

describe("grids that are used again", () => {
  it("tell the same as new ones, whatever was in them", async () => {
    const [before, after] = [await viewOf(), await viewOf(FRAMES[2])];
    after.depthM.fill(Number.NaN, 0, 20_000);
    const grids = new SpareGrids();
    const first = grids.gridOf(before);
    contentOf(first);
    grids.leave(first);
    const again = grids.gridOf(after);
    expect(again.xyz).toBe(first.xyz);
    expect(contentOf(again)).toEqual(contentOf(new SpareGrids().gridOf(after)));
  });

  it("are left alone while anybody looks at them", async () => {
    const grids = new SpareGrids();
    const first = grids.gridOf(await viewOf());
    grids.use(first);
    grids.leave(first);
    const content = contentOf(first);
    grids.gridOf(await viewOf(FRAMES[3]));
    expect(contentOf(first)).toEqual(content);
  });

  it("change no answer of images that are asked about at once, or again", async () => {
    const cup: ObjectRef = { name: "can", phrase: "the red can" };
    const block: ObjectRef = { name: "box", phrase: "the blue box" };
    const questions = [askQuestion("distance", cup, block), askQuestion("height", cup)];
    const told = (asked: Awaited<ReturnType<ReturnType<typeof rgbd>["ask"]>>) =>
      asked.map(({ value, refusal }) => value ?? refusal);
    const single = rgbd({ clusters: {} });
    const expected = [];
    for (const frame of FRAMES) expected.push(told(await single.ask(frame, questions, SIGNAL)));
    const model = rgbd({ clusters: {} });
    const asks = FRAMES.map((frame) => model.ask(frame, questions, SIGNAL));
    expect((await Promise.all(asks)).map(told)).toEqual(expected);
    const last = FRAMES.at(-1);
    const again = last && (await model.ask(last, questions, SIGNAL));
    expect(again && told(again)).toEqual(expected.at(-1));
  });
});
