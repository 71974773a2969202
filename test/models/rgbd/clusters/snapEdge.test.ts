import { describe, expect, it } from "vitest";
import { type DepthGrid, Normals } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { GridColors } from "../../../../src/models/rgbd/clusters/Look.js";
import { snapEdge } from "../../../../src/models/rgbd/clusters/snapEdge.js";
import type { Table } from "../../../../src/models/rgbd/clusters/Table.js";

const [WIDTH, HEIGHT, PITCH_M] = [320, 60, 0.003];
const CELLS = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, cell) => cell);
/** A camera that looks down to a table at 1 m. */
const TABLE: Table = {
  plane: { normal: [0, 0, -1], offsetM: 1, residualM: 0.001, inliers: 1 },
  ...{
    axes: [
      [1, 0, 0],
      [0, 1, 0],
    ] as const,
    strips: [] as unknown as Table["strips"],
  },
};
const isOwn = (cell: number, right: number) => {
  const [column, row] = [cell % WIDTH, Math.floor(cell / WIDTH)];
  return column >= 100 && column < right && row >= 20 && row < 40;
};

type Paint = (cell: number) => readonly number[];
const PLAIN: Paint = (cell) => (isOwn(cell, 130) ? [200, 30, 25] : [190, 170, 140]);
/** Every fourth column of the thing has the table's colour. */
const CHECKED: Paint = (cell) => (cell % 4 === 0 ? [190, 170, 140] : PLAIN(cell));

/** The outline of a thing whose depth goes on so many cells past its colours, in an image of so many pixels a cell. */
function outline(step: number, past: number, paint: Paint = PLAIN): Uint32Array {
  const cells = CELLS.filter((cell) => isOwn(cell, 130 + past));
  const xyz = new Float32Array(3 * CELLS.length);
  for (const cell of CELLS) xyz[3 * cell + 2] = isOwn(cell, 130 + past) ? 0.9 : 1;
  const normals = new Normals(xyz, WIDTH, HEIGHT, PITCH_M);
  const grid: DepthGrid = { width: WIDTH, height: HEIGHT, step, pitchM: PITCH_M, xyz, normals };
  const data = Uint8Array.from([...CELLS].flatMap((cell) => [...paint(cell)]));
  const image = { width: WIDTH, height: HEIGHT, data };
  const colors = new GridColors(image, grid, step * WIDTH, step * HEIGHT);
  const ids = new Uint16Array(CELLS.length);
  for (const cell of cells) ids[cell] = 2;
  return snapEdge(grid, TABLE, colors, ids, { id: 2, cells });
}

describe("the outline of a thing whose depth is smeared over its edge", () => {
  it.each([640, 1280, 1920])("is the same share of an image %i pixels wide", (width) => {
    const exact = CELLS.filter((cell) => isOwn(cell, 130));
    expect(outline(width / WIDTH, 3)).toEqual(exact);
    // Farther than that, its own edge is not looked for.
    expect(outline(width / WIDTH, 12).length).toBeGreaterThan(exact.length);
  });

  it("goes to a far edge where its colors are none of the table's, as of a foot that depth does not tell", () => {
    const exact = CELLS.filter((cell) => isOwn(cell, 130));
    expect(outline(2, -5)).toEqual(exact);
    expect(outline(2, 5)).toEqual(exact);
    // One whose colours the table has too may end anywhere there.
    expect(outline(2, -5, CHECKED)).not.toEqual(exact);
  });
});
