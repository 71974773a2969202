import { distanceBetween, itemAt, smallestFirst } from "../base/index.js";
import { evenlySpread, type PointCloud, pickPoints, spreadOf } from "./PointCloud.js";
import { pointsByComponent, VoxelGrid } from "./VoxelGrid.js";

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
  const componentOf = new VoxelGrid(cloud, sizeM).componentsOfPoints();
  // Of one piece, whatever its body is, all is kept.
  if (componentOf.every((component) => component === 0)) return evenlySpread(cloud.count, Infinity);
  const body = bodyOf(sample, scaleM, sizeM);
  const wanted = new Set(Array.from(body, (i) => itemAt(componentOf, itemAt(core, i))));
  addParts(wanted, cloud, componentOf, pickPoints(sample, body));

  const kept = new Uint32Array(cloud.count);
  let n = 0;
  for (let i = 0; i < cloud.count; i++) if (wanted.has(componentOf[i]!)) kept[n++] = i;
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
  const clusterOf = cells.cellOf.map((cell) => itemAt(clusters, cell));
  for (const cluster of clusterOf) {
    if (cluster !== NOISE) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  let largest = NOISE;
  for (const [cluster, size] of sizes) if (size > (sizes.get(largest) ?? 0)) largest = cluster;
  if (largest === NOISE) return inliers;
  return inliers.filter((_, i) => clusterOf[i] === largest);
}

function addParts(
  wanted: Set<number>,
  cloud: PointCloud,
  componentOf: Uint32Array,
  body: PointCloud,
): void {
  const { mean } = spreadOf(body);
  const reachM = PART_REACH * scaleOf(body);
  for (const [component, points] of pointsByComponent(componentOf)) {
    if (points.length < Math.max(PART_POINTS, PART_SHARE * cloud.count)) continue;
    const { mean: middle } = spreadOf(pickPoints(cloud, points));
    if (distanceBetween(mean, middle) <= reachM) wanted.add(component);
  }
}

/**
 * Indices of the points whose mean distance to their nearest `neighbours` points is at most
 * `sigmas` standard deviations above the mean of that distance over all points: Open3D's
 * statistical outlier removal. Clouds of no more than `neighbours` points are kept whole.
 *
 * Brute force over pairs: made for a few hundred points.
 */
export function statisticalInliers(
  { count, xyz }: PointCloud,
  neighbours = 50,
  sigmas = 1.2,
): Uint32Array {
  if (count <= neighbours) return Uint32Array.from({ length: count }, (_, i) => i);
  const meanDistance = new Float64Array(count);
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [xyz[3 * i]!, xyz[3 * i + 1]!, xyz[3 * i + 2]!];
    for (let j = 0; j < count; j++) {
      const dx = x - xyz[3 * j]!;
      const dy = y - xyz[3 * j + 1]!;
      const dz = z - xyz[3 * j + 2]!;
      squares[j] = dx * dx + dy * dy + dz * dz;
    }
    // The point itself is the nearest, at distance 0.
    smallestFirst(squares, neighbours);
    let sum = 0;
    for (let k = 0; k <= neighbours; k++) sum += Math.sqrt(squares[k]!);
    meanDistance[i] = sum / neighbours;
  }
  const mean = meanDistance.reduce((sum, d) => sum + d, 0) / count;
  const variance = meanDistance.reduce((sum, d) => sum + (d - mean) ** 2, 0) / count;
  const limit = mean + sigmas * Math.sqrt(variance);
  const kept = new Uint32Array(count);
  let n = 0;
  for (const [i, distance] of meanDistance.entries()) if (distance <= limit) kept[n++] = i;
  return kept.subarray(0, n);
}

/** The cluster number of a point that belongs to none. */
export const NOISE = -1;

/**
 * Density-based clusters (Ester et al. 1996). A point with at least `minPoints` points, itself
 * included, within `epsM` is a core point; core points within `epsM` of each other share a
 * cluster; other points join the cluster of the first core point that reaches them.
 *
 * Brute force over pairs: made for the few hundred cells of a voxel grid.
 *
 * @returns for each point the number of its cluster (0, 1, … by its first point), or NOISE.
 */
export function dbscan(cloud: PointCloud, epsM: number, minPoints: number): Int32Array {
  const { count } = cloud;
  const clusters = new Int32Array(count).fill(NOISE);
  const isCore = corePoints(cloud, epsM, minPoints);
  const queue = new Uint32Array(count);
  let next = 0;
  for (let seed = 0; seed < count; seed++) {
    if (!isCore[seed] || clusters[seed] !== NOISE) continue;
    clusters[seed] = next;
    queue[0] = seed;
    for (let head = 0, tail = 1; head < tail; head++) {
      const from = queue[head]!;
      for (let i = 0; i < count; i++) {
        if (clusters[i] !== NOISE || !within(cloud, from, i, epsM)) continue;
        clusters[i] = next;
        if (isCore[i]) queue[tail++] = i;
      }
    }
    next += 1;
  }
  return clusters;
}

function corePoints(cloud: PointCloud, epsM: number, minPoints: number): Uint8Array {
  const neighbours = new Uint32Array(cloud.count).fill(1);
  for (let i = 0; i < cloud.count; i++)
    for (let j = i + 1; j < cloud.count; j++)
      if (within(cloud, i, j, epsM)) {
        neighbours[i]! += 1;
        neighbours[j]! += 1;
      }
  return Uint8Array.from(neighbours, (n) => (n >= minPoints ? 1 : 0));
}

function within({ xyz }: PointCloud, i: number, j: number, epsM: number): boolean {
  const dx = xyz[3 * i]! - xyz[3 * j]!;
  const dy = xyz[3 * i + 1]! - xyz[3 * j + 1]!;
  const dz = xyz[3 * i + 2]! - xyz[3 * j + 2]!;
  return dx * dx + dy * dy + dz * dz <= epsM * epsM;
}
