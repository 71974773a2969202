import { distanceBetween } from "../base/index.js";
import { dbscan, NOISE } from "./dbscan.js";
import { evenlySpread, type PointCloud, pickPoints, spreadOf } from "./PointCloud.js";
import { statisticalInliers } from "./statisticalInliers.js";
import { VoxelGrid } from "./VoxelGrid.js";

/** The body of an object is found on this many of its points; all points near the body are kept. */
const CORE_POINTS = 256;

/** What is smaller than this share of the points, or this many, is a stray and not a part. */
const PART_SHARE = 0.025;
const PART_POINTS = 12;

/** A part is not further from the body's middle than this many scales of the body. */
const PART_REACH = 3.5;

/**
 * Indices of the points that belong to the object, without strays.
 *
 * The filters are SpatialVLM's: statistical outlier removal (50 neighbours, 1.2 sigma), voxel
 * grid of max(1 cm, scale/20), DBSCAN with eps = scale/3.6 and a tenth of the cells, where
 * scale = 3·|std| + 1e-6. Taken alone they also cut the rims of an object, by which its size is
 * measured, and all but one of its parts. So they only decide where the body is, the largest
 * cluster: every point that is joined to it cell by cell is kept, and so are further joined
 * points nearby, such as what is seen of a gripper's second finger.
 */
export function objectPoints(cloud: PointCloud): Uint32Array {
  const core = evenlySpread(cloud.count, CORE_POINTS);
  const sample = pickPoints(cloud, core);
  const scaleM = scaleOf(sample);
  const sizeM = Math.max(0.01, scaleM / 20);
  const body = bodyOf(sample, scaleM, sizeM);
  const grid = new VoxelGrid(cloud, sizeM);
  const components = grid.components();
  const componentOf = (point: number): number => components[grid.cellOf[point]!]!;
  const wanted = new Set(Array.from(body, (i) => componentOf(core[i]!)));
  addParts(wanted, cloud, componentOf, pickPoints(sample, body));

  const kept = new Uint32Array(cloud.count);
  let n = 0;
  for (let i = 0; i < cloud.count; i++) if (wanted.has(componentOf(i))) kept[n++] = i;
  return kept.subarray(0, n);
}

function scaleOf(cloud: PointCloud): number {
  return 3 * Math.hypot(...spreadOf(cloud).std) + 1e-6;
}

/** Indices of the points of the largest cluster. */
function bodyOf(sample: PointCloud, scaleM: number, sizeM: number): Uint32Array {
  const inliers = statisticalInliers(sample);
  const cells = new VoxelGrid(pickPoints(sample, inliers), sizeM);
  const clusters = dbscan(cells.centers, scaleM / 3.6, cells.centers.count / 10);
  const sizes = new Map<number, number>();
  for (const cell of cells.cellOf) {
    const cluster = clusters[cell]!;
    if (cluster !== NOISE) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  let largest = NOISE;
  for (const [cluster, size] of sizes) if (size > (sizes.get(largest) ?? 0)) largest = cluster;
  if (largest === NOISE) return inliers;
  return inliers.filter((_, i) => clusters[cells.cellOf[i]!] === largest);
}

function addParts(
  wanted: Set<number>,
  cloud: PointCloud,
  componentOf: (point: number) => number,
  body: PointCloud,
): void {
  const members = new Map<number, number[]>();
  for (let i = 0; i < cloud.count; i++) {
    const component = componentOf(i);
    const known = members.get(component);
    if (known) known.push(i);
    else members.set(component, [i]);
  }
  const { mean } = spreadOf(body);
  const reachM = PART_REACH * scaleOf(body);
  for (const [component, points] of members) {
    if (points.length < Math.max(PART_POINTS, PART_SHARE * cloud.count)) continue;
    const { mean: middle } = spreadOf(pickPoints(cloud, points));
    if (distanceBetween(mean, middle) <= reachM) wanted.add(component);
  }
}
