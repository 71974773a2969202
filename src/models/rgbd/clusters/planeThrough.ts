import { fitPlane, type Plane, pickPoints } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";

const LEAST_CELLS = 20;

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
