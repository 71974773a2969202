import { nsOf } from "../../../base/index.js";
import type { CameraFrame, RgbImage } from "../../../camera/index.js";
import { isPassing, type ObjectRef, type Refusal } from "../../../language/index.js";
import type { DepthView } from "../DepthView.js";
import { type Clustered, clusteredOf, pixelId, type Seen, shownThings } from "./Clustered.js";
import { clusterDepth } from "./clusterDepth.js";
import type { DepthGrid } from "./DepthGrid.js";
import { findTable } from "./findTable.js";
import { isUpsideDown } from "./isUpsideDown.js";
import { KnownSizes } from "./KnownSizes.js";
import { GridColors } from "./Look.js";
import type { Namer } from "./Namer.js";
import { NameVotes } from "./NameVotes.js";
import { heldByColor, nameByWords, rivalByColor, roundnessOfTrack } from "./nameThings.js";
import { outlinesOf } from "./outlinesOf.js";
import { boxOf, nameByPlace } from "./placed.js";
import { noTable, notStanding } from "./refusals.js";
import { SeveralThings } from "./SeveralThings.js";
import { SpareGrids } from "./SpareGrids.js";
import type { Table } from "./Table.js";
import type { Track } from "./Track.js";
import { Tracker } from "./Tracker.js";

export interface ClusterOptions {
  readonly seed: number;
  readonly namer?: Namer | undefined;
}

/** A thing that appears later is named once it was seen in so many images. */
const STEADY_AGE = 3;
/** Answers of a namer in an episode: one, and others where things appear that it has not seen. */
const MOST_CALLS = 3;
/** A namer that could not be reached is asked again in the next image, then after 1, 2, 4 ... s, at most so long. */
const LONGEST_PAUSE_S = 32;
/** One that takes longer to fail holds images up: no more than this part of the time. */
const SLOW_MS = 1000;
const WAITED_SHARE = 0.2;
/** A detector is asked again in the next image, and so long after that: it may confuse things in one image. */
const CHECK_NS = 2_000_000_000n;
const MOST_CHECKS = 4;

/**
 * Things of one camera in one episode, from depth alone: found in each image, followed, and named
 * once. What depends on earlier images is asked for in the order of their stamps.
 */
export class ClusterMemory {
  readonly #options: ClusterOptions;
  readonly #tracker = new Tracker();
  readonly #sizes = new KnownSizes();
  readonly #grids = new SpareGrids();
  /** Ids of the tracks of objects, by name. */
  readonly #named = new Map<string, number>();
  readonly #refused = new Map<string, Refusal>();
  /** Tracks that were named by a place on a part of another colour. */
  readonly #onPart = new Set<number>();
  #table: Table | undefined;
  #images = 0;
  #calls = 0;
  #checks = 0;
  /** Since the namer could not be reached. */
  #outage:
    | { readonly failures: number; readonly untilNs: bigint; readonly why: Refusal }
    | undefined;
  readonly #votes = new NameVotes();
  /** The image of the last votes. */
  #votedNs: bigint | undefined;
  /** Steady things when the namer was asked last. */
  #shown = new Set<number>();
  #last:
    | { readonly stampNs: bigint; readonly clustered: Clustered; readonly grid: DepthGrid }
    | undefined;

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
    // Who asks about an image again waits for a namer that could not be reached.
    const isWaiting = this.#outage !== undefined;
    if (this.#last && isAgain && !isWaiting && refs.every((ref) => this.#isKnown(ref))) {
      this.#grids.use(this.#last.grid);
      return this.#last.clustered;
    }
    const grid = this.#grids.gridOf(view);
    const done = () => this.#grids.leave(grid);
    const known = this.#table?.plane;
    const table = findTable(grid, {
      seed: this.#options.seed,
      known,
      isTurned: isUpsideDown(frame),
    });
    if (!table) {
      const refusal = noTable();
      return {
        labels: undefined,
        find: () => refusal,
        boxOf: () => undefined,
        apart: () => ({ acrossM: 0, upM: 0 }),
        table: refusal,
        done,
      };
    }
    this.#table = table;
    const colors = new GridColors(await image(), grid, view.width, view.height);
    const several = new SeveralThings(grid, table, colors, clusterDepth(grid, table, colors));
    signal.throwIfAborted();
    if (!isAgain) {
      this.#tracker.update({
        ...{ stampNs: frame.stampNs, grid, table, clusters: several.parted, colors },
        robotAt,
      });
      this.#images += 1;
    }
    const seen = { frame, view, grid, table, colors, several, image };
    await this.#name(seen, refs, signal);
    const clustered = {
      ...clusteredOf(seen, {
        tracks: this.#tracker.tracks,
        named: new Map(this.#named),
        refused: new Map(this.#refused),
        onPart: this.#onPart,
        sizes: this.#sizes,
      }),
      done,
    };
    if (this.#last) this.#grids.leave(this.#last.grid);
    this.#grids.use(grid);
    this.#last = { stampNs: frame.stampNs, clustered, grid };
    return clustered;
  }

  #isKnown({ name }: ObjectRef): boolean {
    return this.#named.has(name) || this.#refused.has(name);
  }

  /** What may have one of these names: it stands still by itself, is not the robot's, and has no other name. */
  #freeFor(refs: readonly ObjectRef[]): readonly Track[] {
    const names = new Set(refs.map(({ name }) => name));
    const taken = new Set([...this.#named].flatMap(([name, id]) => (names.has(name) ? [] : [id])));
    return this.#tracker.tracks.filter(
      ({ id, cells, isRobot, hasStood, age }) =>
        cells &&
        !isRobot &&
        hasStood &&
        !taken.has(id) &&
        age >= Math.min(STEADY_AGE, this.#images),
    );
  }

  get #robots(): readonly Track[] {
    return this.#tracker.tracks.filter(({ isRobot }) => isRobot);
  }

  async #name(seen: Seen, refs: readonly ObjectRef[], signal: AbortSignal): Promise<void> {
    const { frame, grid, table } = seen;
    const unnamed = refs.filter(({ name }) => !this.#named.has(name));
    const byWords = unnamed.filter(({ at }) => !at);
    // The place is that in the first image: later it may be another thing's.
    if (this.#images === 1) this.#place(seen, unnamed);
    const { namer } = this.#options;
    const isCheck = namer !== undefined && this.#isCheckDue(namer, frame.stampNs);
    if (byWords.length === 0 && !isCheck) return;
    if (namer) {
      const asked = isCheck ? refs.filter(({ at }) => !at) : byWords;
      await this.#ask(namer, seen, asked, isCheck, signal);
      return;
    }
    // A name goes to one thing: what two phrases both fit is neither's.
    const things = this.#freeFor(byWords);
    const roundness = new Map<Track, number>();
    const roundnessOf = (track: Track): number => {
      const known = roundness.get(track) ?? roundnessOfTrack(track, grid, table);
      roundness.set(track, known);
      return known;
    };
    const found = byWords.map((ref) => ({ ref, named: nameByWords(ref, things, roundnessOf) }));
    for (const { ref, named } of found) {
      if (named.refusal) {
        const held =
          named.refusal.reason === "no_object" ? heldByColor(ref, this.#robots) : undefined;
        this.#refused.set(ref.name, held ? notStanding(ref, held) : named.refusal);
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

  #place({ view, grid, colors, several }: Seen, refs: readonly ObjectRef[]): void {
    const placed = refs.filter(({ at }) => at);
    const toGrid = 1 / (grid.step * view.colorScale);
    const found = nameByPlace(placed, this.#freeFor(placed), this.#robots, {
      grid,
      colors,
      toGrid,
      size: [view.info.width, view.info.height],
    });
    for (const { ref, named, cell } of found) {
      if (named.refusal) {
        this.#refused.set(ref.name, named.refusal);
        continue;
      }
      this.#give(ref, named.track);
      const { id, cells } = named.track;
      if (cells && cell !== undefined && several.isOfPart(cells, cell)) this.#onPart.add(id);
    }
  }

  async #ask(
    namer: Namer,
    { frame, view, grid, table, colors, image }: Seen,
    refs: readonly ObjectRef[],
    isCheck: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const things = this.#freeFor(refs);
    const isNew = things.some(({ id }) => !this.#shown.has(id));
    const isNewName = refs.some(({ name }) => !this.#refused.has(name));
    const isAgain = this.#last?.stampNs === frame.stampNs;
    if (this.#outage && !isAgain && frame.stampNs < this.#outage.untilNs) {
      for (const { name } of refs) this.#refused.set(name, this.#outage.why);
      return;
    }
    const isWanted = this.#outage !== undefined || isNew || isNewName;
    if (!isCheck && (this.#calls >= MOST_CALLS || !isWanted)) return;
    if (things.length === 0) {
      for (const { name, phrase } of refs)
        this.#refused.set(name, {
          reason: "no_object",
          detail: `${phrase}: nothing stands on the table in this image`,
        });
      return;
    }
    const shown = shownThings(this.#tracker.tracks);
    const ids = things.map(({ id }) => pixelId(id));
    const outlines = outlinesOf(grid, table, colors, shown, ids);
    const boxes = things.map(({ id, cells = new Uint32Array() }) =>
      boxOf(outlines.get(pixelId(id)) ?? cells, grid, grid.step * view.colorScale),
    );
    const startMs = performance.now();
    const said = await namer.names(frame, image, boxes, refs, signal);
    const why = said.find((it) => typeof it === "object" && isPassing(it));
    if (typeof why === "object") {
      this.#pause(why, frame.stampNs, performance.now() - startMs);
      for (const { name } of refs) if (!this.#named.has(name)) this.#refused.set(name, why);
      return;
    }
    this.#outage = undefined;
    this.#calls += 1;
    if (isCheck) this.#checks += 1;
    const names = refs.map((ref, i): number | Refusal | undefined => {
      const track = typeof said[i] === "number" ? things[said[i]] : undefined;
      const rival = track && rivalByColor(ref, track, things);
      if (!rival) return said[i];
      const detail =
        `${namer.name} takes thing ${1 + (said[i] as number)} of the image for ${ref.phrase}, but nothing of it has ` +
        `that color, and thing ${1 + things.indexOf(rival)} has`;
      return { reason: "unclear", detail };
    });
    refs.forEach(({ name }, i) => {
      const index = names[i];
      const track = typeof index === "number" ? things[index] : undefined;
      if (track) this.#votes.add(name, track.id);
      else if (typeof index === "object" && !this.#named.has(name)) this.#refused.set(name, index);
    });
    this.#votedNs = frame.stampNs;
    this.#settle(refs, namer);
    // What was missed by chance may be seen in another image.
    const hasMissed = namer.missesByChance && names.some((it) => typeof it === "object");
    this.#shown = new Set(hasMissed ? [] : things.map(({ id }) => id));
  }

  #pause(why: Refusal, stampNs: bigint, tookMs: number): void {
    const failures = (this.#outage?.failures ?? 0) + 1;
    const pauseS = failures === 1 ? 0 : Math.min(2 ** (failures - 2), LONGEST_PAUSE_S);
    const slowS = tookMs < SLOW_MS ? 0 : tookMs / 1000 / WAITED_SHARE;
    this.#outage = { failures, why, untilNs: stampNs + nsOf(Math.max(pauseS, slowS)) };
  }

  /** Names by what was said of them most often; none where that is undecided. */
  #settle(refs: readonly ObjectRef[], namer: Namer): void {
    for (const { name, phrase } of refs) {
      if (!this.#votes.has(name)) continue;
      const id = this.#votes.thingOf(name);
      if (id !== undefined) {
        this.#give({ name }, { id });
        continue;
      }
      this.#named.delete(name);
      const detail = `${namer.name} contradicts itself: in another image ${phrase} was another thing`;
      this.#refused.set(name, { reason: "ambiguous", detail });
    }
  }

  /** Whether a detector's names are to be compared with what it says of this image. */
  #isCheckDue({ missesByChance }: Namer, stampNs: bigint): boolean {
    const votedNs = this.#votedNs;
    if (!missesByChance || votedNs === undefined || stampNs <= votedNs) return false;
    if (this.#checks >= MOST_CHECKS) return false;
    const { tracks } = this.#tracker;
    const isAnyHidden = [...this.#named.values()].some(
      (id) => !tracks.find((track) => track.id === id)?.cells,
    );
    if (isAnyHidden) return false;
    return this.#checks === 0 || this.#votes.isSplit || stampNs - votedNs >= CHECK_NS;
  }

  #give({ name }: Pick<ObjectRef, "name">, { id }: Pick<Track, "id">): void {
    this.#named.set(name, id);
    this.#refused.delete(name);
  }
}
