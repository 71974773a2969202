import { addScaled, distanceBetween, minus, type Vec3 } from "../../../base/index.js";
import type { Cluster } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import { blended, type Look, likeness } from "./Look.js";
import { meanOf, ownCells } from "./ownCells.js";
import type { Table } from "./Table.js";
import type { Sight, Track } from "./Track.js";

/** A thing moves this far between images, metres, and so far in a second more. */
const MOVES_M = 0.06;
const MOVES_M_S = 0.5;
const MOST_MOVE_M = 0.2;
/** Worth of a candidate: below this it is the same thing. */
const SAME_COST = 4.5;
/** A thing that was lost is found elsewhere only where it looks like itself and nothing else does. */
const FOUND_LIKENESS = 0.65;
const FOUND_SIZE = Math.log(1.35);
const FOUND_MARGIN = 0.15;
/** Things do not stand higher than this over what they stand on. */
const STANDS_M = 0.03;
/** What is this near to a robot's frame is the robot's. */
const AT_ROBOT_M = 0.05;
/** What the robot holds has its centre this near to one of its frames. */
const HELD_M = 0.12;
/** And what is this far from all of them is not. */
const FREE_OF_ROBOT_M = 0.15;
const MOST_TRACKS = 128;
/** A track that shares a cluster keeps at least this much of what was seen of it; one that was hidden, more. */
const LEAST_KEPT = 0.3;
const LEAST_FOUND = 0.5;
/** A cluster that has grown by this much over the track may hold another thing too. */
const GROWN = 1.6;
/** A thing whose place is this near to a cluster may be in it, though it may also be another one. */
const SHARES_M = 0.03;
/** One that is larger than the track by this factor is another thing, or, with other colours too, holds one. */
const MOST_GROWN = 2.2;
const MOST_GROWN_UNLIKE = 1.3;
/** Of other colours than these, what has another size too is another thing. */
const SAME_LIKENESS = 0.6;
const OTHER_SIZE = Math.log(1.6);
/** Two things as much alike as this are not told apart by their colours. */
const LOOK_ALIKE = 0.5;
/** A look-alike beside a thing that is smaller by this factor is a part of it, such as a handle. */
const PART_FACTOR = 1.5;
/** What was hidden for so long may still be where it was, nanoseconds. */
const STAYS_NS = 30_000_000_000n;

/**
 * Follows things by place, size and colour. A thing that touches another (a gripper that grasps it)
 * is separated from it by its colours and its size; one that is not found is lost, until something
 * that looks like it, and like no other, is seen.
 */
export class Tracker {
  readonly #tracks: Track[] = [];
  #next = 1;
  #robotBefore: readonly Vec3[] = [];

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  update(sight: Sight): void {
    const { clusters, colors } = sight;
    for (const track of this.#tracks) track.carriedM = this.#carried(track, sight);
    const looks = clusters.map(({ cells }) => colors.lookOf(cells));
    for (const track of this.#tracks) track.cells = undefined;
    const taken = new Set<number>();
    const shared = this.#follow(sight, looks, taken);
    this.#separate(sight, taken);
    // What holds several things that nothing tells apart is none of them, and no new one.
    for (const i of shared) taken.add(i);
    this.#find(sight, looks, taken);
    clusters.forEach((cluster, i) => {
      if (!taken.has(i)) this.#begin(sight, cluster, looks[i]!);
    });
  }

  /**
   * What was seen in the image before and is still about there.
   *
   * @returns the clusters that several things share
   */
  #follow(sight: Sight, looks: readonly Look[], taken: Set<number>): ReadonlySet<number> {
    const before = lastStamp(this.#tracks);
    const wereMerged = new Set(this.#tracks.filter(({ isMerged }) => isMerged));
    for (const track of this.#tracks) track.isMerged = false;
    const shared = new Set<number>();
    const pairs = this.#tracks.flatMap((track) =>
      sight.clusters.flatMap((cluster, i) => {
        const cost = sameCost(track, cluster, looks[i]!, sight.stampNs);
        return cost < SAME_COST ? [{ track, i, cost }] : [];
      }),
    );
    pairs.sort((a, b) => a.cost - b.cost);
    for (const { track, i } of pairs) {
      if (track.cells || taken.has(i)) continue;
      const cluster = sight.clusters[i]!;
      // Two things that touch are one cluster: neither may take it whole, for as long as it is one.
      const other = this.#sharer(track, cluster, (it) => {
        if (it.lastSeenNs !== before && !wereMerged.has(it)) return false;
        // What is seen nowhere else may have come from as far as it can go.
        const isElsewhere = pairs.some((pair) => pair.track === it && pair.i !== i);
        const reachM = isElsewhere ? SHARES_M : reachOf(it, sight.stampNs);
        return nearCells(cluster, it.centerM, sight.grid) < reachM;
      });
      if (other) {
        for (const it of [track, other]) it.isMerged = true;
        shared.add(i);
        continue;
      }
      taken.add(i);
      see(track, cluster, looks[i]!, sight, standsOn(cluster, sight));
    }
    return shared;
  }

  /** Another followed thing in the same cluster, which is larger than this one. */
  #sharer(track: Track, cluster: Cluster, mayBeIn: (track: Track) => boolean): Track | undefined {
    if (sizeOf(cluster) < GROWN * (track.lengthM + track.heightM) * 0.75) {
      if (cluster.lengthM < 1.25 * track.lengthM && heightOf(cluster) < 1.25 * track.heightM)
        return undefined;
    }
    return this.#tracks.find((other) => other !== track && !other.cells && mayBeIn(other));
  }

  /** What touches another thing: its own cells of the cluster, by place and colour. */
  #separate(sight: Sight, taken: Set<number>): void {
    const before = lastStamp(this.#tracks.filter(({ cells }) => !cells));
    // What the robot may hold is looked for where the robot is, what was hidden where it stood.
    const isNew = ({ lastSeenNs }: Track) => lastSeenNs >= before;
    const lost = this.#tracks.filter(
      (track) =>
        !track.cells &&
        (isNew(track) ||
          track.carriedM !== undefined ||
          (track.hasStood && sight.stampNs - track.lastSeenNs < STAYS_NS)),
    );
    // The smaller first: what remains is the larger one's.
    lost.sort((a, b) => a.lengthM - b.lengthM);
    for (const track of lost) {
      if (this.#tracks.some((other) => isPartOf(track, other))) continue;
      const expected = track.carriedM ?? track.centerM;
      const reachM = isNew(track) ? reachOf(track, sight.stampNs) : MOVES_M;
      const leastKept = isNew(track) ? LEAST_KEPT : LEAST_FOUND;
      let best: { readonly i: number; readonly cells: Uint32Array } | undefined;
      sight.clusters.forEach((cluster, i) => {
        if (nearCells(cluster, expected, sight.grid) > reachM) return;
        const others = this.#tracks.filter(
          (other) =>
            other !== track &&
            // What was not seen of late may be anywhere, or be a piece of this thing.
            (other.cells !== undefined || isNew(other)) &&
            !isPartOf(other, track) &&
            nearCells(cluster, other.centerM, sight.grid) < reachM,
        );
        const cells = ownCells(track, { expected, reachM, leastKept }, others, cluster, sight);
        if (cells && cells.length > (best?.cells.length ?? 0)) best = { i, cells };
      });
      if (!best) continue;
      taken.add(best.i);
      place(track, best.cells, sight);
    }
    this.#robotBefore = sight.robotAt;
  }

  /** Where a thing is if the robot takes it along; undefined if it cannot. */
  #carried({ centerM, carriedM = centerM }: Track, { robotAt }: Sight): Vec3 | undefined {
    for (const [i, before] of this.#robotBefore.entries()) {
      const now = robotAt[i];
      if (!now || robotAt.length !== this.#robotBefore.length) continue;
      if (distanceBetween(before, carriedM) > HELD_M) continue;
      return addScaled(carriedM, minus(now, before), 1);
    }
    return undefined;
  }

  /** What was lost, by its looks alone, wherever it is now. */
  #find(sight: Sight, looks: readonly Look[], taken: Set<number>): void {
    const lost = this.#tracks.filter(({ cells, isRobot }) => !cells && !isRobot);
    sight.clusters.forEach((cluster, i) => {
      if (taken.has(i)) return;
      const ranked = lost
        .filter((track) => !track.cells && sizeDifference(track, cluster) < FOUND_SIZE)
        .map((track) => ({ track, like: likeness(track.look, looks[i]!) }))
        .sort((a, b) => b.like - a.like);
      const [best, second] = ranked;
      if (!best || best.like < FOUND_LIKENESS) return;
      if (second && best.like - second.like < FOUND_MARGIN) return;
      // Nor may another cluster look as much like it.
      const rival = sight.clusters.some(
        (other, j) =>
          j !== i &&
          !taken.has(j) &&
          sizeDifference(best.track, other) < FOUND_SIZE &&
          likeness(best.track.look, looks[j]!) > best.like - FOUND_MARGIN,
      );
      if (rival) return;
      taken.add(i);
      see(best.track, cluster, looks[i]!, sight, standsOn(cluster, sight));
    });
  }

  #begin(sight: Sight, cluster: Cluster, look: Look): void {
    if (this.#tracks.length >= MOST_TRACKS) {
      const oldest = this.#tracks.findIndex(({ cells }) => !cells);
      if (oldest < 0) return;
      this.#tracks.splice(oldest, 1);
    }
    const hasStood = standsOn(cluster, sight);
    const isAtRobot = sight.robotAt.some((at) => nearCells(cluster, at, sight.grid) < AT_ROBOT_M);
    this.#tracks.push({
      id: this.#next++,
      centerM: cluster.centerM,
      carriedM: undefined,
      lengthM: cluster.lengthM,
      heightM: heightOf(cluster),
      look,
      age: 1,
      lastSeenNs: sight.stampNs,
      cells: cluster.cells,
      isMerged: false,
      hasStood,
      isRobot: isAtRobot || !hasStood,
      beganAtRobot: isAtRobot,
    });
  }
}

function lastStamp(tracks: readonly Track[]): bigint {
  return tracks.reduce(
    (last, { lastSeenNs }) => (lastSeenNs > last ? lastSeenNs : last),
    -(1n << 62n),
  );
}

function heightOf({ topM, bottomM }: Cluster): number {
  return bottomM < STANDS_M ? topM : topM - bottomM;
}

function sizeOf(cluster: Cluster): number {
  return cluster.lengthM + heightOf(cluster);
}

/** Of the logarithms of length and height, the larger difference. */
function sizeDifference(track: Track, cluster: Cluster): number {
  const ratio = (a: number, b: number) => Math.abs(Math.log((a + 0.01) / (b + 0.01)));
  return Math.max(ratio(track.lengthM, cluster.lengthM), ratio(track.heightM, heightOf(cluster)));
}

function isLarger(cluster: Cluster, { lengthM, heightM }: Track, factor: number): boolean {
  return (
    cluster.lengthM + 0.01 > factor * (lengthM + 0.01) ||
    heightOf(cluster) + 0.01 > factor * (heightM + 0.01)
  );
}

/** Whether a track is that of a piece of a thing that was seen apart from it. */
function isPartOf(part: Track, whole: Track): boolean {
  return (
    part !== whole &&
    PART_FACTOR * part.lengthM < whole.lengthM &&
    part.heightM < 1.1 * whole.heightM &&
    distanceBetween(part.centerM, whole.centerM) < whole.lengthM + part.lengthM &&
    likeness(part.look, whole.look) > LOOK_ALIKE
  );
}

/** How far a thing may have gone since it was seen. */
function reachOf({ lastSeenNs }: Track, stampNs: bigint): number {
  const sinceS = Math.max(0, Number(stampNs - lastSeenNs) / 1e9);
  return Math.min(MOST_MOVE_M, MOVES_M + MOVES_M_S * sinceS);
}

function sameCost(track: Track, cluster: Cluster, look: Look, stampNs: bigint): number {
  const reachM = reachOf(track, stampNs);
  const awayM = Math.min(
    distanceBetween(track.centerM, cluster.centerM),
    distanceBetween(track.carriedM ?? track.centerM, cluster.centerM),
  );
  if (awayM > reachM) return Infinity;
  const like = likeness(track.look, look);
  const isAlike = like > SAME_LIKENESS;
  if (isLarger(cluster, track, isAlike ? MOST_GROWN : MOST_GROWN_UNLIKE)) return Infinity;
  if (!isAlike && sizeDifference(track, cluster) > OTHER_SIZE) return Infinity;
  return (2 * awayM) / reachM + 2.5 * sizeDifference(track, cluster) + 4 * Math.max(0, 0.9 - like);
}

/** On the table, or on the top of another thing. */
function standsOn(cluster: Cluster, { clusters, table, grid }: Sight): boolean {
  if (cluster.bottomM < STANDS_M) return true;
  // What reaches in from the picture's edge hangs on something there.
  if (cluster.atEdge > 3) return false;
  const foot = addHeight(cluster.centerM, table, -(cluster.bottomM + cluster.topM) / 2);
  return clusters.some(
    (other) =>
      other !== cluster &&
      Math.abs(other.topM - cluster.bottomM) < STANDS_M &&
      nearCells(other, addHeight(foot, table, other.topM), grid) < 0.03,
  );
}

function addHeight(point: Vec3, { plane: { normal } }: Table, heightM: number): Vec3 {
  return [
    point[0] + heightM * normal[0],
    point[1] + heightM * normal[1],
    point[2] + heightM * normal[2],
  ];
}

/** Distance of a point to the nearest of a cluster's cells, metres. */
function nearCells({ cells }: Pick<Cluster, "cells">, [x, y, z]: Vec3, { xyz }: DepthGrid): number {
  let least = Infinity;
  const stride = Math.max(1, Math.floor(cells.length / 800));
  for (let i = 0; i < cells.length; i += stride) {
    const at = 3 * cells[i]!;
    const [dx, dy, dz] = [xyz[at]! - x, xyz[at + 1]! - y, xyz[at + 2]! - z];
    least = Math.min(least, dx * dx + dy * dy + dz * dz);
  }
  return Math.sqrt(least);
}

function see(
  track: Track,
  cluster: Cluster,
  look: Look,
  { stampNs, robotAt, grid }: Sight,
  stands: boolean,
): void {
  track.centerM = cluster.centerM;
  track.carriedM = undefined;
  // Sizes and colours drift slowly: what hides a part of a thing does not make it smaller.
  const drift = (before: number, now: number) =>
    now > before ? before + 0.2 * (now - before) : before + 0.03 * (now - before);
  track.lengthM = drift(track.lengthM, cluster.lengthM);
  track.heightM = drift(track.heightM, heightOf(cluster));
  track.look = blended(track.look, look, 0.1);
  track.age += 1;
  track.lastSeenNs = stampNs;
  track.cells = cluster.cells;
  track.isMerged = false;
  const isFree = robotAt.every((at) => nearCells(cluster, at, grid) > FREE_OF_ROBOT_M);
  // What the robot has put down was only held.
  if (stands && !track.hasStood && isFree && robotAt.length > 0) track.isRobot = false;
  if (stands && !track.isRobot) track.hasStood = true;
}

/** A thing that shares a cluster keeps its size and looks. */
function place(track: Track, cells: Uint32Array, { grid, stampNs }: Sight): void {
  track.centerM = meanOf(cells, grid);
  track.carriedM = undefined;
  track.age += 1;
  track.lastSeenNs = stampNs;
  track.cells = cells;
  track.isMerged = false;
}
