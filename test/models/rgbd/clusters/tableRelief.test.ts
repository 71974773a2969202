import { describe, expect, it } from "vitest";
import { depthGridOf, Normals } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { findTable } from "../../../../src/models/rgbd/clusters/findTable.js";
import { raisedCells } from "../../../../src/models/rgbd/clusters/raisedCells.js";
import { tableRelief } from "../../../../src/models/rgbd/clusters/tableRelief.js";
import { openDepth } from "../../../../src/models/rgbd/DepthView.js";
import { castFrame, TABLE_ID, type View } from "../../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../../geometry/synthetic/Solid.js";

const VIEW = {
  ...{ eye: [0, -0.8, 0.65], target: [0, 0, 0.03] },
  ...{ width: 320, height: 240, focal: 300 },
} satisfies View;

/** Shares of what shows the table, and of what shows things on it, that are taken for raised. */
async function raised(solids: readonly Solid[], bow: number) {
  const frame = castFrame({ solids, table: [0.5, 0.4] }, VIEW, { seed: 1, noiseM: 0.001 });
  const { depth, labels } = frame;
  if (depth?.kind !== "raw" || !labels) throw new Error("a cast frame has depth and labels");
  const words = new Uint16Array(depth.data.slice().buffer);
  for (let row = 0, i = 0; row < 240; row++)
    for (let column = 0; column < 320; column++, i++) {
      const [u, v] = [(column - 160) / 320, (row - 120) / 320];
      words[i] = Math.round((words[i] ?? 0) * (1 + bow * (v * v + 0.5 * u * u)));
    }
  const bowed = { ...frame, depth: { ...depth, data: new Uint8Array(words.buffer) } };
  const { view } = await openDepth(bowed, (info) => info);
  if (!view) throw new Error("a cast frame has depth");
  const grid = depthGridOf(view);
  const table = findTable(grid, { seed: 1 });
  if (!table) throw new Error("no table");
  const { is } = raisedCells(grid, table, []);
  const shareOf = (isMeant: (id: number) => boolean) => {
    const cells = [...labels.data.keys()].filter((cell) => isMeant(labels.data[cell] ?? 0));
    return cells.filter((cell) => is[cell] === 1).length / Math.max(1, cells.length);
  };
  return { table: shareOf((id) => id === TABLE_ID), things: shareOf((id) => id === 1) };
}

const board = (heightM: number): Solid => ({
  ...{ id: 1, shape: "box", yaw: 0 },
  ...{ half: [0.2, 0.16, heightM / 2], center: [0.1, 0, heightM / 2] },
});

describe("a table that the camera bows", () => {
  it.each([-0.15, 0.15])("is no thing: %f", async (bow) => {
    expect((await raised([], bow)).table).toBeLessThan(0.01);
  });

  it.each([0.01, 0.015, 0.025])(
    "is not what lies on it, %f m high, on much of it",
    async (heightM) => {
      const { things } = await raised([board(heightM)], 0);
      expect(things).toBeGreaterThan(0.95);
    },
  );
});

describe("a table's relief", () => {
  // The row's other end is 30 mm higher or lower, which is no step beside the image's side.
  it.each([
    ["left", (column: number) => column],
    ["right", (column: number) => 79 - column],
  ])("goes on from the plane where only the image's %s side lies on it", (_, fromSide) => {
    const [width, height, pitchM] = [80, 80, 0.003];
    const heightM = (column: number) => 0.003 + 0.0003 * fromSide(column);
    const xyz = new Float32Array(3 * width * height);
    for (let row = 0, cell = 0; row < height; row++)
      for (let column = 0; column < width; column++, cell++) {
        // A camera that looks down; of its uppermost and lowest rows it does not see this side.
        const isLost = (row < 4 || row >= 76) && fromSide(column) < 40;
        if (isLost) continue;
        const z = 1 - heightM(column);
        xyz.set([(column - 40) * pitchM * z, (row - 40) * pitchM * z, z], 3 * cell);
      }
    const grid = {
      width,
      height,
      step: 1,
      pitchM,
      xyz,
      normals: new Normals(xyz, width, height, pitchM),
    };
    const table = {
      plane: { normal: [0, 0, -1], offsetM: 1, residualM: 0.001, inliers: 1 },
      axes: [
        [1, 0, 0],
        [0, 1, 0],
      ],
      strips: {
        from: -1,
        low: new Float64Array(200).fill(-1),
        high: new Float64Array(200).fill(1),
      },
    } as const;
    expect(tableRelief(grid, table)(40, 40)).toBeCloseTo(heightM(40), 4);
  });
});
