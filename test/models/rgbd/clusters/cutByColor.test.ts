import { describe, expect, it } from "vitest";
import { cutByColor } from "../../../../src/models/rgbd/clusters/cutByColor.js";
import { type DepthGrid, Normals } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { GridColors } from "../../../../src/models/rgbd/clusters/Look.js";

const [WIDTH, HEIGHT] = [60, 50];
const XYZ = new Float32Array(3 * WIDTH * HEIGHT);
const GRID: DepthGrid = {
  ...{ width: WIDTH, height: HEIGHT, step: 1, pitchM: 0.002 },
  xyz: XYZ,
  normals: new Normals(XYZ, WIDTH, HEIGHT, 0.002),
};
type Rgb = readonly [number, number, number];
const RED: Rgb = [200, 30, 25];
const BLUE: Rgb = [30, 60, 190];
const DARK_RED: Rgb = [100, 15, 12];

/** Of a square whose cells have the colours that `of` gives them. */
function cut(of: (column: number, row: number) => Rgb) {
  const data = new Uint8Array(3 * WIDTH * HEIGHT);
  for (let cell = 0; cell < WIDTH * HEIGHT; cell++)
    data.set(of(cell % WIDTH, Math.floor(cell / WIDTH)), 3 * cell);
  const image = { width: WIDTH, height: HEIGHT, data };
  const inSquare = (_: unknown, cell: number) => {
    const [column, row] = [cell % WIDTH, Math.floor(cell / WIDTH)];
    return column >= 10 && column < 50 && row >= 5 && row < 45;
  };
  const cells = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, cell) => cell).filter(inSquare);
  return cutByColor(GRID, new GridColors(image, GRID, WIDTH, HEIGHT), cells);
}

describe("parts of two colours", () => {
  it.each([15, 25, 40])("are cut where the colour changes, at column %i", (at) => {
    const parts = cut((column) => (column < at ? RED : BLUE));
    const sizes = parts?.map(({ length }) => length).sort((a, b) => a - b);
    expect(sizes).toEqual([40 * (at - 10), 40 * (50 - at)].sort((a, b) => a - b));
  });

  it("are not seen in light and shade of one colour", () => {
    expect(cut((column) => (column < 25 ? RED : DARK_RED))).toBeUndefined();
  });

  it("are not seen in a pattern of both", () => {
    const pattern = (column: number, row: number) =>
      (Math.floor(column / 6) + Math.floor(row / 6)) % 2 === 0 ? RED : BLUE;
    expect(cut(pattern)).toBeUndefined();
  });
});
