import { describe, expect, it } from "vitest";
import { type DepthGrid, Normals } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { edgeShare } from "../../../../src/models/rgbd/clusters/edgeShare.js";
import { GridColors } from "../../../../src/models/rgbd/clusters/Look.js";
import { componentsOf, NEAR } from "../../../../src/models/rgbd/clusters/linkCells.js";
import { partsAtSteps } from "../../../../src/models/rgbd/clusters/partsAtSteps.js";

const [WIDTH, HEIGHT, MIDDLE] = [60, 40, 30];
const PITCH_M = 0.0033;
const CAMERA_M = 0.6;
type Rgb = readonly [number, number, number];
const RED: Rgb = [200, 30, 25];
const BLUE: Rgb = [30, 60, 190];
const CELLS = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, cell) => cell);
const isLeft = (_: unknown, cell: number) => cell % WIDTH < MIDDLE;
const [LEFT, RIGHT] = [CELLS.filter(isLeft), CELLS.filter((it) => !isLeft(it, it))];

/** A camera over something whose height over the table is told for each column, metres. */
function gridOf(heightM: (column: number) => number): DepthGrid {
  const xyz = new Float32Array(3 * WIDTH * HEIGHT);
  for (const cell of CELLS) {
    const [column, row] = [cell % WIDTH, Math.floor(cell / WIDTH)];
    const z = CAMERA_M - heightM(column);
    xyz.set([PITCH_M * (column - MIDDLE) * z, PITCH_M * (row - HEIGHT / 2) * z, z], 3 * cell);
  }
  const normals = new Normals(xyz, WIDTH, HEIGHT, PITCH_M);
  return { ...{ width: WIDTH, height: HEIGHT, step: 1, pitchM: PITCH_M }, xyz, normals };
}

/** A low thing on the left and one that is 2.5 cm higher, with a ramp of some columns in between. */
const smeared = (columns: number) =>
  gridOf((column) => 0.02 + 0.025 * Math.min(1, Math.max(0, (column - MIDDLE) / columns + 0.5)));
const even = gridOf(() => 0.03);
/** As the edge of a box that is seen from above and from its side. */
const ridge = gridOf((column) => 0.05 - 0.6 * PITCH_M * Math.abs(column - MIDDLE));
/** As a box that stands on another. */
const hollow = gridOf((column) => 0.03 + 0.4 * PITCH_M * Math.abs(column - MIDDLE));

function parts(grid: DepthGrid, left: Rgb, right: Rgb): number[] {
  const data = Uint8Array.from([...CELLS].flatMap((cell) => (isLeft(0, cell) ? left : right)));
  const colors = new GridColors({ width: WIDTH, height: HEIGHT, data }, grid, WIDTH, HEIGHT);
  const all = { is: new Uint8Array(CELLS.length).fill(1), cells: CELLS };
  const { links } = componentsOf(grid, all, NEAR);
  return partsAtSteps(grid, colors, links, CELLS).map(({ length }) => length);
}

describe("things of two looks whose step a camera has smeared", () => {
  it.each([4, 5, 6])("are apart, smeared over %i cells", (columns) => {
    const sizes = parts(smeared(columns), RED, BLUE);
    expect(sizes).toHaveLength(2);
    expect(Math.min(...sizes)).toBeGreaterThan(0.4 * CELLS.length);
  });

  it("are one where they look alike: it may have a step", () => {
    expect(parts(smeared(5), RED, RED)).toEqual([CELLS.length]);
  });

  it.each([
    ["level", even],
    ["that bends away from the camera", ridge],
    ["that slopes", smeared(40)],
  ])("are one where colours change on a surface %s", (_, grid) => {
    expect(parts(grid, RED, BLUE)).toEqual([CELLS.length]);
  });
});

describe("the edge between two parts", () => {
  it("is all of a step, and of a hollow", () => {
    expect(edgeShare(smeared(3), LEFT, RIGHT, 0.001)).toBeGreaterThan(0.9);
    expect(edgeShare(hollow, LEFT, RIGHT, 0.001)).toBeGreaterThan(0.9);
  });

  it("is nothing of one surface, level or bent away from the camera", () => {
    expect(edgeShare(even, LEFT, RIGHT, 0.001)).toBe(0);
    expect(edgeShare(ridge, LEFT, RIGHT, 0.001)).toBe(0);
  });

  it("is not between what lies at the left and at the right of the image", () => {
    const bentUp = gridOf((column) => 0.02 + 0.002 * Math.max(0, Math.abs(column - MIDDLE) - 20));
    expect(edgeShare(bentUp, LEFT, RIGHT, 0.001)).toBe(0);
  });

  it("is nothing of a step that is no larger than what depth scatters by", () => {
    expect(edgeShare(smeared(3), LEFT, RIGHT, 0.01)).toBe(0);
  });

  it("is not known of parts that hardly touch", () => {
    const corner = RIGHT.filter((cell) => cell < 8 * WIDTH);
    expect(edgeShare(smeared(3), LEFT, corner, 0.001)).toBe(0);
  });
});
