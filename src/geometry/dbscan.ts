import type { PointCloud } from "./PointCloud.js";

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
