import { dbscan, NOISE } from "./dbscan.js";
import { evenlySpread, type PointCloud, pickPoints, spreadOf } from "./PointCloud.js";
import { statisticalInliers } from "./statisticalInliers.js";
import { VoxelGrid } from "./VoxelGrid.js";

/** The body of an object is found on this many of its points; all points near the body are kept. */
const CORE_POINTS = 320;

/** A further cluster belongs to the object if it has this share of the largest one's points. */
const PART_SHARE = 0.15;

/**
 * Indices of the points that belong to the object, without strays.
 *
 * The filters are SpatialVLM's: statistical outlier removal (50 neighbours, 1.2 sigma), voxel
 * grid of max(1 cm, scale/20), DBSCAN with eps = scale/3.6 and a tenth of the cells, where
 * scale = 3·|std| + 1e-6. Taken alone they also cut the rims of an object, by which its size is
 * measured, and all but one of its parts. So they only decide where the body is: every point that
 * is joined to it cell by cell is kept, and so are further clusters of some size, such as a
 * gripper's second finger.
 */
export function objectPoints(cloud: PointCloud): Uint32Array {
  const core = evenlySpread(cloud.count, CORE_POINTS);
  const sample = pickPoints(cloud, core);
  const { std } = spreadOf(sample);
  const scaleM = 3 * Math.hypot(...std) + 1e-6;
  const sizeM = Math.max(0.01, scaleM / 20);
  const inliers = statisticalInliers(sample);
  const cells = new VoxelGrid(pickPoints(sample, inliers), sizeM);
  const clusters = dbscan(cells.centers, scaleM / 3.6, cells.centers.count / 10);

  const sizes = new Map<number, number>();
  for (const cell of cells.cellOf) {
    const cluster = clusters[cell]!;
    if (cluster !== NOISE) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  const largest = Math.max(0, ...sizes.values());
  const body: number[] = [];
  for (let i = 0; i < inliers.length; i++) {
    const size = sizes.get(clusters[cells.cellOf[i]!]!) ?? 0;
    if (size > 0 && size >= PART_SHARE * largest) body.push(core[inliers[i]!]!);
  }
  return joinedTo(cloud, body, sizeM);
}

/** Points in the cells that are joined, cell by cell, to the cells of the given points. */
function joinedTo(cloud: PointCloud, seeds: readonly number[], sizeM: number): Uint32Array {
  const grid = new VoxelGrid(cloud, sizeM);
  const reached = new Uint8Array(grid.centers.count);
  const queue: number[] = [];
  const reach = (cell: number): void => {
    if (reached[cell]) return;
    reached[cell] = 1;
    queue.push(cell);
  };
  for (const seed of seeds) reach(grid.cellOf[seed]!);
  for (let cell = queue.pop(); cell !== undefined; cell = queue.pop())
    for (const neighbour of grid.neighbours(cell)) reach(neighbour);
  const kept = new Uint32Array(cloud.count);
  let n = 0;
  for (let i = 0; i < cloud.count; i++) if (reached[grid.cellOf[i]!]) kept[n++] = i;
  return kept.subarray(0, n);
}
