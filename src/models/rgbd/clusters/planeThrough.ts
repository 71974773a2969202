import { fitPlane, type Plane, pickPoints } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";

const LEAST_CELLS = 20;

/** Which cells are on a plane, within so many times what their distance demands. */
type IsOn = (grid: DepthGrid, plane: Plane, factor: number) => (cell: number) => boolean;

/** Least squares on the cells that are on a plane, twice. Undefined if they are too few. */
export function refined(
  grid: DepthGrid,
  cells: Uint32Array,
  start: Plane,
  isOn: IsOn,
): Plane | undefined {
  let plane: Plane | undefined = start;
  for (const factor of [2, 1])
    plane &&= planeThrough(grid, cells.filter(isOn(grid, plane, factor)));
  return plane;
}

/** The plane of least squares through cells, its normal towards the camera. Undefined if they are too few. */
export function planeThrough({ xyz }: DepthGrid, cells: Uint32Array): Plane | undefined {
  const fitted =
    cells.length < LEAST_CELLS
      ? undefined
      : fitPlane(pickPoints({ count: xyz.length / 3, xyz }, cells));
  if (!fitted || fitted.offsetM >= 0) return fitted;
  const [x, y, z] = fitted.normal;
  return { ...fitted, normal: [-x, -y, -z], offsetM: -fitted.offsetM };
}
