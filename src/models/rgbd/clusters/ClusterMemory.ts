import type { CameraFrame, RgbImage } from "../../../camera/index.js";
import { projectPoint } from "../../../camera/index.js";
import {
  canonicalFrame,
  cloudToCanonical,
  footprintOf,
  pickPoints,
} from "../../../geometry/index.js";
import type { ObjectRef, Refusal } from "../../../language/index.js";
import type { DepthView } from "../DepthView.js";
import { clusterDepth } from "./clusterDepth.js";
import { type DepthGrid, depthGridOf } from "./DepthGrid.js";
import { findTable, type Table } from "./findTable.js";
import { GridColors } from "./Look.js";
import { labelImage } from "./labelImage.js";
import type { Namer } from "./Namer.js";
import { nameByWords } from "./nameThings.js";
import { boxOf, thingAt } from "./placed.js";
import type { Track } from "./Track.js";
import { Tracker } from "./Tracker.js";

/** What was found in one image: ids of the depth image's pixels, and which of them an object is. */
export interface Clustered {
  readonly labels: Uint16Array | undefined;
  /** The object's id, or why it has none. */
  find(ref: ObjectRef): number | Refusal;
  /** The id of what things stand on. */
  readonly table: number | Refusal;
}

export interface ClusterOptions {
  readonly seed: number;
  readonly namer?: Namer | undefined;
}

/** Of the table; tracks count from 1. */
const TABLE_ID = 0xffff;
/** A thing that appears later is named once it was seen in so many images. */
const STEADY_AGE = 3;
/** Calls of a namer in an episode: one, and others where things appear that it has not seen. */
const MOST_CALLS = 3;

/**
 * Things of one camera in one episode, from depth alone: found in each image, followed, and named
 * once. What depends on earlier images is asked for in the order of their stamps.
 */
export class ClusterMemory {
  readonly #options: ClusterOptions;
  readonly #tracker = new Tracker();
  /** Ids of the tracks of objects, by name. */
  readonly #named = new Map<string, number>();
  readonly #refused = new Map<string, Refusal>();
  #table: Table | undefined;
  #images = 0;
  #calls = 0;
  /** Steady things when the namer was asked last. */
  #shown = new Set<number>();
  #last: { readonly stampNs: bigint; readonly clustered: Clustered } | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  get lastStampNs(): bigint | undefined {
    return this.#last?.stampNs;
  }

  /**
   * @param refs the objects that nothing else finds
   * @param robotAt where the robot's own frames are, optical frame
   */
  async see(
    frame: CameraFrame,
    view: DepthView,
    image: () => Promise<RgbImage>,
    refs: readonly ObjectRef[],
    robotAt: readonly (readonly [number, number, number])[],
    signal: AbortSignal,
  ): Promise<Clustered> {
    const isAgain = this.#last?.stampNs === frame.stampNs;
    if (this.#last && isAgain && refs.every((ref) => this.#isKnown(ref)))
      return this.#last.clustered;
    const grid = depthGridOf(view);
    const known = this.#table?.plane;
    const table = findTable(grid, { seed: this.#options.seed, known });
    if (!table) {
      const refusal = noTable();
      return { labels: undefined, find: () => refusal, table: refusal };
    }
    this.#table = table;
    const clusters = clusterDepth(grid, table);
    if (!isAgain) {
      const colors = new GridColors(await image(), grid, view.width, view.height);
      signal.throwIfAborted();
      this.#tracker.update({
        ...{ stampNs: frame.stampNs, grid, table, clusters, colors },
        robotAt,
      });
      this.#images += 1;
    }
    await this.#name(frame, grid, table, view, image, refs, signal);
    const clustered = this.#clustered(frame.stampNs, view, grid, table);
    this.#last = { stampNs: frame.stampNs, clustered };
    return clustered;
  }

  #isKnown({ name }: ObjectRef): boolean {
    return this.#named.has(name) || this.#refused.has(name);
  }

  /** What may be named: it stands still by itself, is not the robot's, and has no name. */
  #nameless(): readonly Track[] {
    const taken = new Set(this.#named.values());
    return this.#tracker.tracks.filter(
      ({ id, cells, isRobot, hasStood, age }) =>
        cells &&
        !isRobot &&
        hasStood &&
        !taken.has(id) &&
        age >= Math.min(STEADY_AGE, this.#images),
    );
  }

  async #name(
    frame: CameraFrame,
    grid: DepthGrid,
    table: Table,
    view: DepthView,
    image: () => Promise<RgbImage>,
    refs: readonly ObjectRef[],
    signal: AbortSignal,
  ): Promise<void> {
    const pixelsPerCell = grid.step * view.colorScale;
    const unnamed = refs.filter(({ name }) => !this.#named.has(name));
    const byWords: ObjectRef[] = [];
    for (const ref of unnamed) {
      if (!ref.at) {
        byWords.push(ref);
        continue;
      }
      // The place is that in the first image: later it may be another thing's.
      if (this.#images > 1) continue;
      const track = thingAt(ref.at, this.#nameless(), grid, 1 / pixelsPerCell);
      if (track) this.#give(ref, track);
      else this.#refused.set(ref.name, nothingAt(ref));
    }
    if (byWords.length === 0) return;
    const { namer } = this.#options;
    if (namer) {
      await this.#ask(namer, frame, grid, pixelsPerCell, image, byWords, signal);
      return;
    }
    // A name goes to one thing: what two phrases both fit is neither's.
    const things = this.#nameless();
    const roundness = new Map<Track, number>();
    const roundnessOf = (track: Track): number => {
      const known = roundness.get(track) ?? roundnessOfTrack(track, grid, table);
      roundness.set(track, known);
      return known;
    };
    const found = byWords.map((ref) => ({ ref, named: nameByWords(ref, things, roundnessOf) }));
    for (const { ref, named } of found) {
      if (named.refusal) {
        this.#refused.set(ref.name, named.refusal);
        continue;
      }
      const twin = found.find((it) => it.ref !== ref && it.named.track === named.track);
      if (!twin) this.#give(ref, named.track);
      else
        this.#refused.set(ref.name, {
          reason: "ambiguous",
          detail: `${ref.phrase} and ${twin.ref.phrase} fit the same thing`,
        });
    }
  }

  async #ask(
    namer: Namer,
    frame: CameraFrame,
    grid: DepthGrid,
    pixelsPerCell: number,
    image: () => Promise<RgbImage>,
    refs: readonly ObjectRef[],
    signal: AbortSignal,
  ): Promise<void> {
    const things = this.#nameless();
    const isNew = things.some(({ id }) => !this.#shown.has(id));
    const isNewName = refs.some(({ name }) => !this.#refused.has(name));
    if (this.#calls >= MOST_CALLS || !(isNew || isNewName)) return;
    if (things.length === 0) {
      for (const { name, phrase } of refs)
        this.#refused.set(name, {
          reason: "no_object",
          detail: `${phrase}: nothing stands on the table in this image`,
        });
      return;
    }
    this.#calls += 1;
    const boxes = things.map(({ cells }) => boxOf(cells ?? new Uint32Array(), grid, pixelsPerCell));
    const names = await namer.names(frame, image, boxes, refs, signal);
    refs.forEach((ref, i) => {
      const index = names[i];
      const track = typeof index === "number" ? things[index] : undefined;
      if (track) this.#give(ref, track);
      else if (typeof index === "object") this.#refused.set(ref.name, index);
    });
    const hasFailed = names.some(
      (it) => typeof it === "object" && (it.outlook !== undefined || namer.missesByChance),
    );
    // Another try is for another image.
    this.#shown = new Set(hasFailed ? [] : things.map(({ id }) => id));
  }

  #give({ name }: ObjectRef, { id }: Track): void {
    this.#named.set(name, id);
    this.#refused.delete(name);
  }

  #clustered(stampNs: bigint, view: DepthView, grid: DepthGrid, table: Table): Clustered {
    const { tracks } = this.#tracker;
    // Of one cluster that two things share, the part wins over the whole.
    const seen = tracks
      .filter(({ cells }) => cells)
      .toSorted((a, b) => (b.cells?.length ?? 0) - (a.cells?.length ?? 0));
    const onTable = tableCells(grid, table);
    const things = [
      { id: TABLE_ID, cells: onTable },
      ...seen.map(({ id, cells = new Uint32Array() }) => ({ id: id % TABLE_ID, cells })),
    ];
    const named = new Map(this.#named);
    const refused = new Map(this.#refused);
    return {
      labels: labelImage(view, grid, table, things),
      table: TABLE_ID,
      find: (ref) => {
        const id = named.get(ref.name);
        if (id === undefined)
          return (
            refused.get(ref.name) ?? {
              reason: "no_object",
              detail: `${ref.phrase} has no name among the things in the depth image`,
            }
          );
        const track = tracks.find((it) => it.id === id);
        if (track?.cells) return id % TABLE_ID;
        return lost(ref, track, stampNs, view);
      },
    };
  }
}

/** How likely a thing's footprint is round, 0..1. */
function roundnessOfTrack({ cells }: Track, { xyz }: DepthGrid, { plane }: Table): number {
  if (!cells) return 0.5;
  const cloud = pickPoints({ count: xyz.length / 3, xyz }, cells);
  const onTable = cloudToCanonical(canonicalFrame(plane), cloud);
  return footprintOf(onTable, new Uint8Array(cells.length), plane.residualM).roundness;
}

function tableCells(grid: DepthGrid, { plane }: Table): Uint32Array {
  const { xyz, width, height } = grid;
  const [nx, ny, nz] = plane.normal;
  const limit = Math.max(0.004, 2 * plane.residualM);
  const own = new Uint32Array(width * height);
  let n = 0;
  for (let cell = 0; cell < own.length; cell++) {
    const z = xyz[3 * cell + 2]!;
    if (z === 0) continue;
    const aboveM = nx * xyz[3 * cell]! + ny * xyz[3 * cell + 1]! + nz * z + plane.offsetM;
    if (Math.abs(aboveM) < limit) own[n++] = cell;
  }
  return own.subarray(0, n);
}

function noTable(): Refusal {
  return {
    reason: "no_plane",
    detail: "there is no extended plane in the depth image that things could stand on",
  };
}

function nothingAt({ name, phrase, at = [] }: ObjectRef): Refusal {
  return {
    reason: "no_object",
    detail: `nothing stands on the table at [${at.join(", ")}] in the first image, where ${phrase} should be (\`at\` of ${name})`,
  };
}

/** Something nearer by this hides what is behind it, metres. */
const NEARER_M = 0.02;

function lost(
  { phrase }: ObjectRef,
  track: Track | undefined,
  stampNs: bigint,
  view: DepthView,
): Refusal {
  if (!track) return { reason: "no_object", detail: `${phrase} is lost: not seen for long` };
  const sinceS = Number(stampNs - track.lastSeenNs) / 1e9;
  const [u, v] = projectPoint(view.info, track.centerM);
  const [column, row] = [u, v].map((it) => Math.round(it / view.colorScale)) as [number, number];
  const z =
    column >= 0 && column < view.width && row >= 0 && row < view.height
      ? (view.depthM[row * view.width + column] ?? 0)
      : 0;
  const why =
    z > 0 && z < track.centerM[2] - NEARER_M
      ? "something nearer hides its place"
      : "it is not at its place, nor seen elsewhere";
  return {
    reason: "no_object",
    detail: `${phrase} is lost: last seen ${sinceS.toFixed(1)} s ago; ${why}`,
  };
}
