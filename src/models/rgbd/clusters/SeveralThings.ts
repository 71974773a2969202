import { convexHull, type Points2 } from "../../../geometry/index.js";
import { type Cluster, clusterOf, longestOf } from "./Cluster.js";
import type { FoundClusters } from "./clusterDepth.js";
import { cutByColor } from "./cutByColor.js";
import type { DepthGrid } from "./DepthGrid.js";
import { edgeShare } from "./edgeShare.js";
import { gapM, hullOfBoth, isHandle, isOn, isWithin, roomSaved, widerM } from "./footprints.js";
import { type GridColors, likeness } from "./Look.js";
import { along, heightOver, type Table } from "./Table.js";

/** Parts of two colours are two things where they save this much room beside each other, or on each other. */
const SAVED_BESIDE = 0.08;
const SAVED_ON = 0.12;
/** A cap of another colour is smaller than this share of a bottle. */
const LEAST_SHARE = 0.22;
/** And shorter than this, metres. */
const CAP_M = 0.1;
/** So is what has no more of its colours in common, if so much of the border in between is an edge in depth. */
const UNLIKE = 0.1;
const LEAST_EDGE = 0.12;
/** One that saves less than this is within the other: a label, or what a bowl holds. */
const WITHIN = -0.03;
/** Of one cluster. */
const MOST_THINGS = 4;
/** Parts of one thing are seen this near to each other, metres. */
const TOUCHES_M = 0.008;
/** What is smaller than this share of what it touches is a speck. */
const SPECK_SHARE = 0.05;

/** What is joined by colour and has a smaller share of the whole is no thing by itself. */
const LEAST_JOINED = 0.1;

type Cut = readonly [Cluster, Cluster];

/** By how much a thing may be larger or smaller than it is measured, metres: along the table, and in height. */
export interface SizeDoubt {
  readonly acrossM: number;
  readonly upM: number;
}

/** What two clusters are together. */
interface Whole {
  readonly footprint: Points2;
  readonly topM: number;
  readonly rest: Cluster;
}

/** Which of an image's clusters may be several things. */
export class SeveralThings {
  readonly #grid: DepthGrid;
  readonly #table: Table;
  readonly #colors: GridColors;
  /** Of the clusters, by their cells. */
  readonly #clusters: ReadonlyMap<Uint32Array, Cluster>;
  readonly #cuts = new Map<Uint32Array, Cut | undefined>();
  /** What clusters may be parts of, with the other part, by the clusters' cells. */
  readonly #wholes = new Map<Uint32Array, Whole[]>();
  /** The clusters, those apart whose colours and shape both say that they are several things. */
  readonly parted: readonly Cluster[];

  constructor(
    grid: DepthGrid,
    table: Table,
    colors: GridColors,
    { clusters, atSteps }: FoundClusters,
  ) {
    this.#grid = grid;
    this.#table = table;
    this.#colors = colors;
    this.parted = clusters.flatMap((cluster) => this.#apart(cluster));
    this.#clusters = new Map(this.parted.map((cluster) => [cluster.cells, cluster]));
    for (const [i, a] of this.parted.entries())
      for (const b of this.parted.slice(0, i))
        if (isHandleOf(a, b) || isHandleOf(b, a)) this.#mayBeOne(a, b, hullOfBoth(a, b));
    for (const whole of atSteps) this.#doubtParts(whole);
  }

  /** What a step alone parts may be one thing that has it. */
  #doubtParts(whole: Uint32Array): void {
    const is = new Uint8Array(this.#grid.width * this.#grid.height);
    for (const cell of whole) is[cell] = 1;
    const parts = this.parted.filter(({ cells }) => {
      return cells.reduce((sum, cell) => sum + (is[cell] ?? 0), 0) > cells.length / 2;
    });
    for (const [i, a] of parts.entries())
      for (const b of parts.slice(0, i))
        if (gapM(a, b) < TOUCHES_M && !areSurelyTwo([a, b])) this.#mayBeOne(a, b, hullOfBoth(a, b));
  }

  #mayBeOne(a: Cluster, b: Cluster, footprint: Points2): void {
    const topM = Math.max(a.topM, b.topM);
    for (const [part, rest] of [
      [a, b],
      [b, a],
    ] as const)
      this.#wholes.set(part.cells, [
        ...(this.#wholes.get(part.cells) ?? []),
        { footprint, topM, rest },
      ]);
  }

  #apart(cluster: Cluster): readonly Cluster[] {
    const things = [cluster];
    for (let i = 0; i < things.length && things.length < MOST_THINGS; ) {
      const whole = things[i];
      const cut = whole && this.#cutOf(whole.cells);
      if (cut && (areTwo(cut) || this.#haveEdge(cut))) {
        const [a, b] = cut;
        if (!areSurelyTwo(cut)) this.#mayBeOne(a, b, whole.footprint);
        things.splice(i, 1, a, b);
      } else i += 1;
    }
    return things;
  }

  /** Whether depth has an edge where colours change: parts that lie on or under each other save no room. */
  #haveEdge([a, b]: Cut): boolean {
    const [sizeA, sizeB] = [a.cells.length, b.cells.length];
    const small = sizeA < sizeB ? a : b;
    if (small.cells.length < LEAST_SHARE * (sizeA + sizeB) && small.lengthM < CAP_M) return false;
    if (likeness(this.#colors.lookOf(a.cells), this.#colors.lookOf(b.cells)) > UNLIKE) return false;
    return edgeShare(this.#grid, a.cells, b.cells, this.#table.plane.residualM) > LEAST_EDGE;
  }

  /** Parts of two colours, once worked out. */
  #cutOf(cells: Uint32Array): Cut | undefined {
    if (this.#cuts.has(cells)) return this.#cuts.get(cells);
    const parts = cutByColor(this.#grid, this.#colors, cells);
    const [a, b] = parts ?? [];
    const cut = a && b && ([this.#measured(a), this.#measured(b)] as const);
    this.#cuts.set(cells, cut);
    return cut;
  }

  #measured(cells: Uint32Array): Cluster {
    return clusterOf(this.#grid, this.#table, cells);
  }

  /**
   * By how much a thing may be smaller than its cells, metres, because they may show several: of two colours, one on or
   * beside the other, with a flat top beside a higher one, or joined by their colours alone. 0 where nothing says so.
   *
   * @param isPart whether the thing may be what is within the rest: its name was given to a part of another colour
   */
  maybeLessM(cells: Uint32Array, isPart: boolean): number {
    const whole = this.#clusters.get(cells) ?? this.#measured(cells);
    const parts = (whole.joined ?? []).filter(
      (part) => part.cells.length > LEAST_JOINED * cells.length,
    );
    const joinedM = Math.max(0, ...parts.map((part) => lessM(whole, part)));
    const cut = this.#cutOf(cells);
    if (cut && (isPart || roomSaved(...cut) > WITHIN))
      return Math.max(joinedM, ...cut.map((part) => lessM(whole, part)));
    return Math.max(joinedM, stepM(this.#grid, this.#table, whole));
  }

  /**
   * By how much a thing may be larger than its cells, because only colours, or a step or an edge in depth, tell it from
   * what it touches, or one of both looks like a handle of the other. 0 where what it touches is known to be another thing.
   *
   * @param isOther whether cells are those of a thing that has a name
   */
  maybeMore(cells: Uint32Array, isOther: (cells: Uint32Array) => boolean): SizeDoubt {
    const own = this.#clusters.get(cells);
    const wholes = this.#wholes.get(cells) ?? [];
    let acrossM = 0;
    let upM = 0;
    for (const { footprint, topM, rest } of wholes) {
      if (!own || isOther(rest.cells)) continue;
      acrossM = Math.max(acrossM, widerM(footprint, own.footprint));
      // One with what carries it, it would go down to the table.
      const downM = isOn(own, rest) ? own.bottomM : 0;
      upM = Math.max(upM, topM - own.topM, downM);
    }
    return { acrossM, upM };
  }

  /** Whether a cell is in the smaller of two colours of which one is within the other. */
  isOfPart(cells: Uint32Array, cell: number): boolean {
    const cut = this.#cutOf(cells);
    if (!cut) return false;
    const [a, b] = cut;
    return (a.cells.length < b.cells.length ? a : b).cells.includes(cell);
  }
}

function areTwo([a, b]: Cut): boolean {
  const [low, high] = a.topM < b.topM ? [a, b] : [b, a];
  const [sizeA, sizeB] = [a.cells.length, b.cells.length];
  if (!isOn(high, low)) return roomSaved(a, b) > SAVED_BESIDE && !isHandle(a, b) && !isHandle(b, a);
  return roomSaved(a, b) > SAVED_ON && Math.min(sizeA, sizeB) > LEAST_SHARE * (sizeA + sizeB);
}

/** Whether a step of their tops tells of two things too: of one thing the top of a part that is on another is higher as well. */
function areSurelyTwo(cut: Cut): boolean {
  const [a, b] = cut;
  return areTwo(cut) && Math.abs(a.topM - b.topM) >= STEP_M;
}

/** Whether a thing looks like the handle of another one that it touches. */
function isHandleOf(part: Cluster, whole: Cluster): boolean {
  if (part.cells.length < SPECK_SHARE * whole.cells.length) return false;
  return isHandle(part, whole) && gapM(part, whole) < TOUCHES_M;
}

function lessM(whole: Cluster, part: Cluster): number {
  const heightM = part.topM - Math.max(0, part.bottomM);
  return Math.max(whole.lengthM - part.lengthM, whole.topM - heightM);
}

/** Points that show where a thing is flat. */
const SAMPLE = 500;
const FLAT = 0.9;
/** Heights of one flat top differ by less than this, metres, and another one is lower by more than that. */
const LEVEL_M = 0.008;
const STEP_M = 0.012;
/** So even is a lower top, metres: between the quarters of its heights. */
const EVEN_M = 0.004;
/** It has this share of the cells, and of those that are flat. */
const LEAST_LEVEL = 0.03;
const LEAST_OF_FLAT = 0.12;
/** And lies outside of the higher one by this share: within it, it is a floor. */
const OUTSIDE = 0.8;

/** How much smaller a thing may be that has a flat top beside a higher one: the one may stand on or beside the other. */
function stepM(grid: DepthGrid, table: Table, { cells, lengthM, topM: highestM }: Cluster): number {
  const { xyz, normals } = grid;
  const [u, v] = table.axes;
  const stride = Math.max(1, Math.floor(cells.length / SAMPLE));
  const flat: { readonly x: number; readonly y: number; readonly heightM: number }[] = [];
  let seen = 0;
  for (let i = 0; i < cells.length; i += stride) {
    const cell = cells[i] ?? 0;
    const at = 3 * cell;
    seen += 1;
    if (along(table.plane.normal, normals.of(cell), at) < FLAT) continue;
    const heightM = heightOver(table.plane, xyz, cell);
    if (heightM > LEVEL_M) flat.push({ x: along(u, xyz, at), y: along(v, xyz, at), heightM });
  }
  flat.sort((a, b) => Math.sign(a.heightM - b.heightM));
  const topM = flat[Math.floor(0.95 * (flat.length - 1))]?.heightM ?? 0;
  const lower = flat.filter(({ heightM }) => heightM < topM - STEP_M);
  if (lower.length < LEAST_LEVEL * seen || lower.length < LEAST_OF_FLAT * flat.length) return 0;
  const quarter = (share: number) => lower[Math.floor(share * (lower.length - 1))]?.heightM ?? 0;
  if (quarter(0.75) - quarter(0.25) > EVEN_M) return 0;
  const upper = flat.filter(({ heightM }) => heightM > topM - LEVEL_M);
  const hull = convexHull(Float64Array.from(upper.flatMap(({ x, y }) => [x, y])));
  const outside = lower.filter(({ x, y }) => !isWithin(hull, x, y, 0));
  if (outside.length < OUTSIDE * lower.length) return 0;
  return Math.max(lengthM - longestOf(hull), highestM - quarter(0.5), quarter(0.5));
}
