import { minus, vec3At } from "../../../base/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { along } from "./Table.js";

/** A border is looked for so many cells from a part, and surfaces so many cells off it: beside it normals are means of both sides'. */
const REACH = 3;
const ASIDE = 3;
/** One surface is so much over the other on both sides of a step, metres, or less where they meet in a hollow. */
const STEP_M = 0.005;
const HOLLOW_M = 0.003;
/** And so many times what depth scatters by. */
const CLEAR = 3;
/** Fewer places tell nothing. */
const LEAST_SEEN = 20;

/**
 * Share of the border between two parts where depth has an edge: a step, or a hollow. On one thing that has two colours, the
 * surface goes on, or bends away from the camera. 0 where too little of the border is seen.
 *
 * @param scatterM of depth
 */
export function edgeShare(
  grid: DepthGrid,
  a: Uint32Array,
  b: Uint32Array,
  scatterM: number,
): number {
  const { width, height, xyz, normals } = grid;
  const stepM = Math.max(STEP_M, CLEAR * scatterM);
  const hollowM = Math.max(HOLLOW_M, CLEAR * scatterM);
  const side = new Uint8Array(width * height);
  for (const cell of a) side[cell] = 1;
  for (const cell of b) side[cell] = 2;
  let [seen, edges] = [0, 0];
  for (const cell of a)
    for (const way of [1, -1, width, -width]) {
      const steps = stepsToOther(side, cell, way);
      const [from, to] = [cell - ASIDE * way, cell + (steps + ASIDE) * way];
      if (steps === 0 || side[from] !== 1 || side[to] !== 2) continue;
      // A row ends at the picture's edge, and the next cell begins another.
      if (Math.abs(way) === 1 && Math.floor(from / width) !== Math.floor(to / width)) continue;
      const [ofFrom, ofTo] = [normals.of(from), normals.of(to)];
      if (ofFrom[3 * from + 2] === 0 || ofTo[3 * to + 2] === 0) continue;
      const across = minus(vec3At(xyz, 3 * to), vec3At(xyz, 3 * from));
      const [over, under] = [along(across, ofFrom, 3 * from), along(across, ofTo, 3 * to)];
      seen += 1;
      const isStep = over * under > 0 && Math.min(Math.abs(over), Math.abs(under)) > stepM;
      if (isStep || (over > hollowM && under < -hollowM)) edges += 1;
    }
  return seen < LEAST_SEEN ? 0 : edges / seen;
}

/** How many cells on from one the other part begins; 0 if not near. */
function stepsToOther(side: Uint8Array, cell: number, way: number): number {
  for (let steps = 1; steps <= REACH; steps++) {
    if (side[cell + steps * way] === 2) return steps;
    if (side[cell + steps * way] === 1) return 0;
  }
  return 0;
}
