import { describe, expect, it } from "vitest";
import { type DepthGrid, Normals } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { labelImage } from "../../../../src/models/rgbd/clusters/labelImage.js";
import type { DepthView } from "../../../../src/models/rgbd/DepthView.js";

/** A table 1 m before the camera, all at one depth; `holes` have none. */
function scene(width: number, height: number, step: number, holes: readonly number[] = []) {
  const [columns, rows] = [Math.floor(width / step), Math.floor(height / step)];
  const xyz = new Float32Array(3 * columns * rows);
  for (let cell = 0; cell < columns * rows; cell++)
    xyz[3 * cell + 2] = holes.includes(cell) ? 0 : 1;
  const size = { width: columns, height: rows, step };
  const normals = new Normals(xyz, columns, rows, 0.01);
  const grid: DepthGrid = { ...size, xyz, normals, pitchM: 0.01 };
  const plane = { normal: [0, 0, -1] as const, offsetM: 2, residualM: 0, inliers: 1 };
  const strips = { from: 0, low: new Float64Array(1), high: new Float64Array(1) };
  const table = { plane, axes: [[1, 0, 0] as const, [0, 1, 0] as const] as const, strips };
  const depthM = new Float32Array(width * height).fill(1);
  return { view: { width, height, depthM } as unknown as DepthView, grid, table };
}

describe("labelImage", () => {
  it.each([
    [8, 6, 2],
    [9, 7, 2],
    [11, 8, 3],
    [5, 4, 1],
  ])(
    "gives each pixel of %dx%d to the cell of %d pixels that it is in, or to the last",
    (width, height, step) => {
      const { view, grid, table } = scene(width, height, step);
      const cells = Uint32Array.from({ length: grid.width * grid.height }, (_, i) => i);
      const things = [
        { id: 7, cells: cells.filter((cell) => cell % 3 === 0) },
        { id: 9, cells: cells.filter((cell) => cell % 4 === 1) },
      ];
      const labels = labelImage(view, grid, table, 1, things);
      const idOf = (pixel: number) => {
        const x = Math.min(grid.width - 1, Math.floor((pixel % width) / step));
        const y = Math.min(grid.height - 1, Math.floor(Math.floor(pixel / width) / step));
        const cell = y * grid.width + x;
        return cell % 4 === 1 ? 9 : cell % 3 === 0 ? 7 : 0;
      };
      const pixels = Array.from({ length: width * height }, (_, pixel) => pixel);
      expect(pixels.map((pixel) => labels.idAt(pixel))).toEqual(pixels.map(idOf));
      for (const id of [7, 9])
        expect([...labels.pixelsOf(id)]).toEqual(pixels.filter((pixel) => idOf(pixel) === id));
      expect([labels.idAt(-1), labels.idAt(width * height)]).toEqual([0, 0]);
      expect(labels.pixelsOf(8)).toHaveLength(0);
    },
  );

  it("gives no thing what is nearer within its cells", () => {
    const { view, grid, table } = scene(8, 4, 2);
    const cells = Uint32Array.from([0, 1, 4, 5]);
    // Something nearer begins in the middle of the thing's outer cells; beside it, the table is seen.
    for (const pixel of [3, 11, 19, 27]) view.depthM[pixel] = 0.4;
    for (const pixel of [8, 24]) view.depthM[pixel] = 1.5;
    const own = [...labelImage(view, grid, table, 1, [{ id: 5, cells }]).pixelsOf(5)];
    expect(own).toEqual([0, 1, 2, 8, 9, 10, 16, 17, 18, 24, 25, 26]);
  });

  it("fills what one thing encloses on all four sides, and nothing else", () => {
    const ring = [6, 7, 8, 11, 13, 16, 17, 18];
    const { view, grid, table } = scene(5, 5, 1, [12, 20]);
    const whole = labelImage(view, grid, table, 1, [{ id: 3, cells: Uint32Array.from(ring) }]);
    expect(whole.idAt(12)).toBe(3);
    expect([whole.idAt(20), whole.idAt(0)]).toEqual([0, 0]);
    const open = labelImage(view, grid, table, 1, [
      { id: 3, cells: Uint32Array.from(ring.slice(1)) },
    ]);
    expect(open.idAt(12)).toBe(3);
    const halves = [
      { id: 3, cells: Uint32Array.from(ring.slice(0, 4)) },
      { id: 4, cells: Uint32Array.from(ring.slice(4)) },
    ];
    expect(labelImage(view, grid, table, 1, halves).idAt(12)).toBe(0);
  });
});
