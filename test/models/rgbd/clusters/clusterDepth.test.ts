import { describe, expect, it } from "vitest";
import type { CameraFrame } from "../../../../src/camera/index.js";
import { clusterDepth } from "../../../../src/models/rgbd/clusters/clusterDepth.js";
import { depthGridOf } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { findTable } from "../../../../src/models/rgbd/clusters/findTable.js";
import { GridColors } from "../../../../src/models/rgbd/clusters/Look.js";
import { openDepth } from "../../../../src/models/rgbd/DepthView.js";
import { castFrame, TABLE_ID, type View } from "../../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../../geometry/synthetic/Solid.js";

const VIEW = {
  ...{ eye: [0, -0.8, 0.65], target: [0, 0, 0.03] },
  ...{ width: 320, height: 240, focal: 300 },
} satisfies View;

/** The image of a camera that is upside down. */
function turned({ depth, labels, ...frame }: CameraFrame): CameraFrame {
  if (depth?.kind !== "raw" || !labels) throw new Error("a cast frame has raw depth and labels");
  const words = new Uint16Array(depth.data.slice().buffer).reverse();
  return {
    ...frame,
    depth: { ...depth, data: new Uint8Array(words.buffer) },
    labels: { ...labels, data: labels.data.slice().reverse() },
  };
}

type IsAt = (id: number, column: number, row: number) => boolean;

/** The image of a camera that has no depth of some pixels. */
function blinded({ depth, labels, ...frame }: CameraFrame, isBlind: IsAt): CameraFrame {
  if (depth?.kind !== "raw" || !labels) throw new Error("a cast frame has raw depth and labels");
  const words = new Uint16Array(depth.data.slice().buffer);
  labels.data.forEach((id, pixel) => {
    const column = pixel % labels.width;
    if (isBlind(id, column, (pixel - column) / labels.width)) words[pixel] = 0;
  });
  return { ...frame, depth: { ...depth, data: new Uint8Array(words.buffer) }, labels };
}

const WOOD = [190, 170, 140] as const;
const GREEN = [40, 150, 60] as const;

/** For each solid, the largest overlap (IoU) of a cluster with the cells that show it and have depth. */
async function overlaps(
  solids: readonly Solid[],
  table: readonly [number, number] = [0.5, 0.4],
  {
    isTurned = false,
    view = VIEW as View,
    isBlind = (() => false) as IsAt,
    isGreen = (id: number) => id !== TABLE_ID && id !== 0,
    noiseM = 0.001,
  } = {},
): Promise<number[]> {
  const cast = castFrame({ solids, table }, view, { seed: 1, noiseM });
  const frame = blinded(isTurned ? turned(cast) : cast, isBlind);
  const opened = await openDepth(frame, (info) => info);
  if (!opened.view || !frame.labels) throw new Error("a cast frame has depth and labels");
  const { data: labels } = frame.labels;
  const grid = depthGridOf(opened.view);
  const found = findTable(grid, { seed: 1 });
  if (!found) throw new Error("no table");
  const data = Uint8Array.from([...labels].flatMap((id) => (isGreen(id) ? GREEN : WOOD)));
  const { width, height } = frame.labels;
  const colors = new GridColors({ width, height, data }, grid, width, height);
  const { clusters } = clusterDepth(grid, found, colors);
  const idOf = (cell: number) => {
    const column = cell % grid.width;
    const row = (cell - column) / grid.width;
    return labels[row * grid.step * VIEW.width + column * grid.step];
  };
  return solids.map(({ id }) => {
    let shown = 0;
    for (let cell = 0; cell < grid.width * grid.height; cell++)
      if (idOf(cell) === id && grid.xyz[3 * cell + 2] !== 0) shown += 1;
    const ious = clusters.map(({ cells }) => {
      const own = cells.filter((cell) => idOf(cell) === id).length;
      return own / (shown + cells.length - own);
    });
    return Math.max(0, ...ious);
  });
}

const upright = (
  id: number,
  at: [number, number, number],
  half: [number, number, number],
): Solid => ({
  ...{ id, shape: "box", yaw: 0, half },
  center: at,
});

/** Upright walls around a floor of these half sides. */
function walls([x, y]: readonly [number, number], heightM: number): Solid[] {
  const up = heightM / 2;
  return [
    upright(11, [-x, 0, up], [0.003, y, up]),
    upright(12, [x, 0, up], [0.003, y, up]),
    upright(13, [0, -y, up], [x, 0.003, up]),
    upright(14, [0, y, up], [x, 0.003, up]),
  ];
}

describe("things found by depth alone", () => {
  it("takes no thing for a part of what stands on it, though its foot is hidden", async () => {
    const before = upright(1, [0, -0.07, 0.04], [0.25, 0.03, 0.04]);
    const lower = upright(2, [0, 0.08, 0.07], [0.1, 0.09, 0.04]);
    const upper = upright(3, [0, 0.1, 0.16], [0.07, 0.06, 0.05]);
    const ious = await overlaps([before, lower, upper]);
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("finds the whole of a thing whose foot the picture cuts off", async () => {
    const cut = upright(1, [0.05, -0.46, 0.08], [0.06, 0.02, 0.08]);
    const whole = upright(2, [-0.15, 0, 0.04], [0.04, 0.04, 0.04]);
    const ious = await overlaps([cut, whole], [0.5, 0.7]);
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("finds things in the image of a camera that is upside down", async () => {
    const solids = [
      upright(1, [-0.15, -0.05, 0.08], [0.1, 0.03, 0.08]),
      upright(2, [0.12, 0.1, 0.05], [0.06, 0.05, 0.05]),
    ];
    const ious = await overlaps(solids, [0.5, 0.4], { isTurned: true });
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("takes a table for one that is upside down only where nobody knows that it is not", async () => {
    const solids = [upright(1, [0, 0, 0.08], [0.06, 0.05, 0.08])];
    const frame = castFrame({ solids, table: [0.5, 0.4] }, VIEW, { seed: 1, noiseM: 0.001 });
    const upsideDown = await openDepth(turned(frame), (info) => info);
    if (!upsideDown.view) throw new Error("a cast frame has depth");
    const grid = depthGridOf(upsideDown.view);
    const tables = [undefined, true, false].map((isTurned) =>
      findTable(grid, { seed: 1, isTurned }),
    );
    const [unknown, known, denied] = tables.map((table) => (table?.plane.normal[1] ?? 0) > 0.5);
    expect([unknown, known, denied]).toEqual([true, true, false]);
  });

  it("takes no wall behind things for a table that is upside down", async () => {
    const solids = [
      upright(1, [-0.08, 0, 0.05], [0.04, 0.04, 0.05]),
      upright(2, [0.08, 0.03, 0.08], [0.04, 0.03, 0.08]),
      upright(3, [0, 0.4, 0.2], [0.2, 0.01, 0.2]),
    ];
    const view = { ...VIEW, eye: [0, -0.7, 0.5], target: [0, 0.1, 0.1] } satisfies View;
    const opened = await openDepth(
      castFrame({ solids }, view, { seed: 1, noiseM: 0.001 }),
      (it) => it,
    );
    if (!opened.view) throw new Error("a cast frame has depth");
    expect(findTable(depthGridOf(opened.view), { seed: 1 })).toBeUndefined();
  });

  it("finds things in a box whose floor is the table apart from its walls", async () => {
    const on = [
      upright(1, [-0.08, 0.02, 0.025], [0.03, 0.02, 0.025]),
      upright(2, [0.07, 0.0, 0.02], [0.02, 0.03, 0.02]),
    ];
    const view = { ...VIEW, eye: [0, -0.06, 0.5], target: [0, 0, 0] } satisfies View;
    const ious = await overlaps([...on, ...walls([0.17, 0.13], 0.08)], [0.4, 0.4], { view });
    expect(Math.min(...ious.slice(0, 2))).toBeGreaterThan(0.75);
  });

  it("finds a small thing alone on a small table, with nothing but noise far behind it", async () => {
    const [iou] = await overlaps([upright(1, [0, 0, 0.015], [0.015, 0.015, 0.015])], [0.16, 0.14]);
    expect(iou).toBeGreaterThan(0.75);
  });

  it("takes no books for the table where they cover much of it", async () => {
    const books = [
      upright(1, [-0.15, 0.02, 0.03], [0.13, 0.17, 0.03]),
      upright(2, [0.14, 0.02, 0.03], [0.13, 0.17, 0.03]),
    ];
    const on = [
      upright(3, [-0.15, 0.02, 0.11], [0.05, 0.05, 0.05]),
      upright(5, [0.14, 0.02, 0.11], [0.05, 0.05, 0.05]),
    ];
    const ious = await overlaps([...books, ...on]);
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("finds flat things that lie on much of the table", async () => {
    const flat = [-1, 1].flatMap((x) =>
      [-1, 1].map((y) => upright(2 * x + y + 10, [0.16 * x, 0.13 * y, 0.005], [0.12, 0.1, 0.005])),
    );
    const ious = await overlaps(flat, [0.35, 0.3]);
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("takes a board that covers most of the table for what things stand on", async () => {
    const solids = [
      upright(1, [0, 0, 0.005], [0.3, 0.25, 0.005]),
      upright(2, [0, 0, 0.05], [0.04, 0.04, 0.04]),
    ];
    const frame = castFrame({ solids, table: [0.4, 0.33] }, VIEW, { seed: 1, noiseM: 0.001 });
    const { view } = await openDepth(frame, (info) => info);
    if (!view) throw new Error("a cast frame has depth");
    const heightM = VIEW.eye[2] - (findTable(depthGridOf(view), { seed: 1 })?.plane.offsetM ?? 0);
    expect(Math.abs(heightM - 0.01)).toBeLessThan(0.002);
  });

  it("leaves a board in one piece whose height scatters about what would part it", async () => {
    const board = upright(1, [0, 0, 0.00575], [0.2, 0.15, 0.00575]);
    const view = { ...VIEW, eye: [0, -0.3, 0.5] } satisfies View;
    const ious = await overlaps([board], [0.5, 0.4], { view, noiseM: 0.0008 });
    expect(ious[0]).toBeGreaterThan(0.95);
  });

  it("takes a thing for no part of what it stands on, though both have one color", async () => {
    const board = upright(1, [0, 0, 0.01], [0.2, 0.15, 0.01]);
    const on = upright(2, [0.09, -0.08, 0.065], [0.028, 0.028, 0.045]);
    const isBlind: IsAt = (id, column, row) =>
      id === 1 && Math.abs(column - 187) < 16 && Math.abs(row - 130) < 24;
    const ious = await overlaps([board, on], [0.5, 0.4], { isBlind });
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("finds a small thing on a large flat one, which is no knob of it", async () => {
    const flat = upright(1, [0.05, 0, 0.008], [0.24, 0.2, 0.008]);
    const on = upright(2, [0.1, 0.05, 0.046], [0.03, 0.03, 0.03]);
    const beside = upright(3, [-0.28, 0, 0.04], [0.03, 0.03, 0.04]);
    const ious = await overlaps([flat, on, beside], [0.4, 0.3]);
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it.each([
    [-0.1, 0.016],
    [-0.3, 0.016],
    [-0.1, 0.02],
  ])("finds low blocks on a board apart from it, seen from %s m: %s m high", async (y, upM) => {
    const board = upright(1, [0, 0, 0.008], [0.08, 0.06, 0.008]);
    const blocks = [-0.035, 0.035].map((x, i) =>
      upright(2 + i, [x, 0.01 * i, 0.016 + upM / 2], [0.02, 0.02, upM / 2]),
    );
    const view = { ...VIEW, eye: [0, y, 0.6] } satisfies View;
    const isGreen = (id: number) => id === 2 || id === 3;
    const ious = await overlaps([board, ...blocks], [0.5, 0.4], { view, isGreen });
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("joins a bottle's neck to it, whose shoulder the camera does not see", async () => {
    const cylinder = (radius: number, fromM: number, toM: number): Solid => ({
      ...{ id: 1, shape: "cylinder", radius, halfHeight: (toM - fromM) / 2 },
      center: [0, 0, (fromM + toM) / 2],
    });
    const bottle = [cylinder(0.04, 0, 0.2), cylinder(0.018, 0.2, 0.26)];
    const view = { ...VIEW, eye: [0, -0.5, 0.24], target: [0, 0, 0.08] } satisfies View;
    const [iou] = await overlaps(bottle, [0.5, 0.4], { view, isGreen: () => false });
    expect(iou).toBeGreaterThan(0.9);
  });

  it("finds what touches a wall behind the table apart from it", async () => {
    const wall = upright(9, [0, 0.41, 0.3], [0.9, 0.01, 0.3]);
    const on = [
      upright(1, [-0.2, 0.37, 0.08], [0.07, 0.03, 0.08]),
      upright(2, [0.2, 0.38, 0.12], [0.09, 0.02, 0.12]),
      upright(3, [0, 0.1, 0.04], [0.04, 0.04, 0.04]),
    ];
    const view = { ...VIEW, eye: [0, -0.7, 0.6], target: [0, 0.15, 0.05] } satisfies View;
    const ious = await overlaps([...on, wall], [0.6, 0.4], { view });
    expect(Math.min(...ious.slice(0, 3))).toBeGreaterThan(0.75);
    expect(ious[3]).toBeLessThan(0.1);
  });

  it("finds a thin board at a wall, which is hardly farther from it than depth scatters", async () => {
    const wall = upright(9, [0, 0.31, 0.2], [0.5, 0.01, 0.2]);
    const board = upright(1, [0.1, 0.297, 0.12], [0.1, 0.003, 0.12]);
    const view = { ...VIEW, eye: [0, -0.5, 0.5], target: [0, 0.2, 0.05] } satisfies View;
    const [iou] = await overlaps([board, wall], [0.6, 0.4], { view, noiseM: 0.002 });
    expect(iou).toBeGreaterThan(0.75);
  });

  it("parts low things that only a bent floor between them links", async () => {
    const domes = [-0.2, 0, 0.2].map(
      (x, i): Solid => ({ id: 11 + i, shape: "sphere", radius: 0.5, center: [x, 0, -0.48] }),
    );
    expect(
      Math.min(...(await overlaps(domes, [0.5, 0.4], { isGreen: () => false }))),
    ).toBeGreaterThan(0.5);
  });

  it("takes nothing with a hidden foot for a part of what is smaller beside it", async () => {
    const board = upright(1, [0.115, -0.008, 0.12], [0.08, 0.012, 0.12]);
    const stands = upright(2, [0, 0, 0.1], [0.035, 0.035, 0.1]);
    const low = upright(3, [0.125, -0.06, 0.035], [0.09, 0.025, 0.035]);
    const ious = await overlaps([board, stands, low], [0.5, 0.4], { isGreen: () => false });
    expect(Math.min(...ious)).toBeGreaterThan(0.7);
  });

  it("takes no large carton for a wall, though it goes out of the picture", async () => {
    const carton = upright(1, [0, 0.15, 0.22], [0.2, 0.04, 0.22]);
    const before = upright(2, [0.1, -0.1, 0.04], [0.04, 0.04, 0.04]);
    const ious = await overlaps([carton, before], [0.6, 0.4]);
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("finds what stands where depth sees nothing of the table", async () => {
    const seen = upright(1, [-0.15, -0.05, 0.04], [0.04, 0.04, 0.04]);
    const beyond = upright(2, [0.2, 0.05, 0.05], [0.05, 0.04, 0.05]);
    const isBlind: IsAt = (id, column) => id === TABLE_ID && column > 160;
    const ious = await overlaps([seen, beyond], [0.5, 0.4], { isBlind });
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });

  it("joins a thing of which depth sees nothing in the middle, where colors tell that it goes on", async () => {
    const thing = upright(1, [0, 0, 0.03], [0.09, 0.05, 0.03]);
    const isBlind: IsAt = (id, column) => id === 1 && Math.abs(column - 160) < 3;
    const [iou] = await overlaps([thing], [0.5, 0.4], { isBlind });
    expect(iou).toBeGreaterThan(0.75);
    const [unlike] = await overlaps([thing], [0.5, 0.4], { isBlind, isGreen: () => false });
    expect(unlike).toBeLessThan(0.6);
  });

  it("leaves two things of one color apart where nothing but the table is between them", async () => {
    const things = [
      upright(1, [-0.05, 0, 0.03], [0.04, 0.05, 0.03]),
      upright(2, [0.05, 0, 0.03], [0.04, 0.05, 0.03]),
    ];
    const isBlind: IsAt = (id, column) => id !== 1 && id !== 2 && Math.abs(column - 160) < 12;
    const ious = await overlaps(things, [0.5, 0.4], { isBlind });
    expect(Math.min(...ious)).toBeGreaterThan(0.75);
  });
});
