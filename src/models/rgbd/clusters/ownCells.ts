import type { Vec3 } from "../../../base/index.js";
import type { Cluster } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver } from "./Table.js";
import type { Sight, Track } from "./Track.js";

/** Where a thing may be, and how much of what it usually shows has to be seen. */
interface Sought {
  readonly expected: Vec3;
  readonly reachM: number;
  readonly leastKept: number;
}

/** Times that a thing's place is looked for again about what was found of it. */
const SHIFTS = 4;

/**
 * The cells of a cluster that are the track's: of colours that it has more of than the other things
 * in the cluster, and no farther from its centre than it is large. Undefined if they are too few.
 */
export function ownCells(
  track: Track,
  { expected, reachM: awayM, leastKept }: Sought,
  others: readonly Track[],
  { cells }: Cluster,
  { grid, table, colors }: Sight,
): Uint32Array | undefined {
  const { xyz } = grid;
  const own = track.look.bins;
  const rest = new Float32Array(own.length);
  for (const { look } of others)
    for (let bin = 0; bin < rest.length; bin++) rest[bin] = Math.max(rest[bin]!, look.bins[bin]!);
  const fits = cells.filter((cell) => {
    const bin = colors.binAt(cell);
    return own[bin]! > 0.01 && own[bin]! > 1.5 * rest[bin]!;
  });
  const reachM = Math.hypot(track.lengthM, track.heightM) / 2 + 0.015;
  let center = expected;
  const reach = reachM + awayM;
  let near = fits;
  for (let shift = 0; shift < SHIFTS; shift++) {
    const withinM = shift === 0 ? reach : reachM;
    near = fits.filter((cell) => {
      const at = 3 * cell;
      const [dx, dy, dz] = [
        xyz[at]! - center[0],
        xyz[at + 1]! - center[1],
        xyz[at + 2]! - center[2],
      ];
      return dx * dx + dy * dy + dz * dz < withinM * withinM;
    });
    if (near.length === 0) return undefined;
    center = meanOf(near, grid);
  }
  const pitchM = grid.pitchM * center[2];
  const seenM2 = near.length * pitchM * pitchM;
  let low = Infinity;
  let high = -Infinity;
  for (const cell of near) {
    const heightM = heightOver(table.plane, xyz, cell);
    low = Math.min(low, heightM);
    high = Math.max(high, heightM);
  }
  // About what a thing of its size shows.
  const usualM2 = track.lengthM * Math.max(track.heightM, 0.3 * track.lengthM) * 0.7;
  return seenM2 > leastKept * usualM2 && high - low < 1.5 * track.heightM + 0.02 ? near : undefined;
}

/** The middle of some cells. */
export function meanOf(cells: Uint32Array, { xyz }: DepthGrid): Vec3 {
  let x = 0;
  let y = 0;
  let z = 0;
  for (const cell of cells) {
    x += xyz[3 * cell]!;
    y += xyz[3 * cell + 1]!;
    z += xyz[3 * cell + 2]!;
  }
  return [x / cells.length, y / cells.length, z / cells.length];
}
