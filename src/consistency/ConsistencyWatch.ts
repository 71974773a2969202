import { secondsOf } from "../base/index.js";
import { type CameraFrame, type CameraTopics, FrameError, type PixelBox } from "../camera/index.js";
import type { Task } from "../task/index.js";
import type { PathPoint } from "./bearings.js";
import { BoxWatch } from "./boxes/BoxWatch.js";
import { type Contradiction, isSame } from "./Contradiction.js";
import { showsWorld } from "./cameraMotionM.js";
import { describe, describeDoubt, describeOffset } from "./describe.js";
import type { Look } from "./Evidence.js";
import { isOver } from "./isOver.js";
import { judge, type Verdict } from "./judge.js";
import { type Before, type LookOptions, lookAt } from "./lookAt.js";
import { misnamed } from "./misnamed.js";
import { type Still, StillWatch } from "./StillWatch.js";

/** Images of each camera that are remembered. */
const MOST_LOOKS = 32;
/** Time between two that are looked at, ns: of the first ones, until `MOST_LOOKS` are known, and then. */
const FIRST_LOOKS = 16;
const FIRST_NS = 500_000_000n;
const SOON_NS = 1_000_000_000n;
const LATER_NS = 2_000_000_000n;
/** After so many looks all are judged again, until `MOST_LOOKS` are known, and then. */
const FIRST_EVERY = 4;
const LATER_EVERY = 8;
/** Of the looks, one in so many looks at colours as well: they are costly to decode. */
const COLORS_EVERY = 4;
/** The same in a recording, of which a few images stand for all. */
const STUDIED_COLORS_EVERY = 2;
/** Episodes are so far apart on the clock of the looks that no delay leads from one to the other, s. */
const APART_S = 10;

/** Of a frame's path, s, and places. */
const PATH_STEP_S = 0.045;
const MOST_PATH = 2000;

/** Worth to know of a camera: its lengths may be off, or the gripper's TF frame is not in its middle. */
export interface CameraNote {
  readonly kind: "lengths" | "gripper frame";
  readonly text: string;
}

interface Watched {
  readonly looks: Look[];
  episode: string;
  /** The stamps' clock goes back between episodes; that of the looks does not, s. */
  laterS: number;
  /** Of the newest frame, on the clock of the looks. */
  timeS: number;
  /** The newest frame that was looked at. */
  newest?: Pick<CameraFrame, "stampNs" | "labelNames" | "info"> | undefined;
  /** What was told of the frame before. */
  before?: Before | undefined;
  /** Where the gripper's frame was told to be, in order. */
  readonly path: PathPoint[];
  /** The same of the support's frame. */
  readonly rests: PathPoint[];
  readonly boxes: BoxWatch;
  /** The same of boxes that a model gave. */
  given: BoxWatch;
  /** Looks so far. */
  count: number;
  unjudged: number;
  found?: Contradiction | undefined;
  /** Up to when it was found, on the clock of the looks, s. */
  foundS: number;
  readonly parts: StillWatch;
  /** What stopped to change, and that in words. */
  still?: { readonly of: Still; readonly finding: string } | undefined;
  /** What stays as it is until the next episode. */
  exchanged?: Contradiction | undefined;
  /** That in words. */
  finding?: string | undefined;
  verdict: Verdict;
}

/**
 * Whether what a camera gives belongs together: masks, depth, intrinsics, and the robot's transforms.
 * Looks at an image now and then, remembers as many as prove something, and says what is certainly
 * wrong. What it costs and remembers does not grow with time. With an episode it forgets what it knows
 * of the things, and keeps what it knows of the camera.
 */
export class ConsistencyWatch {
  readonly #task: Pick<Task, "objects" | "support" | "robot">;
  readonly #cameras: () => readonly CameraTopics[];
  readonly #watched = new Map<string, Watched>();

  /** @param cameras whose topics are named in what is said */
  constructor(
    task: Pick<Task, "objects" | "support" | "robot">,
    cameras: () => readonly CameraTopics[] = () => [],
  ) {
    this.#task = task;
    this.#cameras = cameras;
  }

  /** What is certainly wrong: one sentence for each camera that has something. */
  get findings(): readonly string[] {
    return [...this.#watched.keys()].flatMap((camera) => this.findingOf(camera) ?? []);
  }

  /** What is wrong with a camera; undefined where nothing is for certain. */
  findingOf(camera: string): string | undefined {
    const watched = this.#watched.get(camera);
    return (
      watched?.still?.finding ??
      watched?.finding ??
      watched?.boxes.finding ??
      watched?.given.finding
    );
  }

  /** What may be wrong with a camera, as relative standard error of lengths; 0 where nothing is. */
  lengthDoubtOf(camera: string): number {
    return this.#watched.get(camera)?.verdict.doubt?.share ?? 0;
  }

  /** What is worth to know of a camera, although nothing is refused for it. */
  notesOn(camera: string): readonly CameraNote[] {
    const { doubt, offsetM } = this.#watched.get(camera)?.verdict ?? {};
    const names = { ...this.#task, camera, topics: this.#topicsOf(camera) };
    const offset = offsetM && describeOffset(offsetM, names);
    return [
      ...(doubt ? [{ kind: "lengths", text: describeDoubt(doubt, names) } as const] : []),
      ...(offset === undefined ? [] : [{ kind: "gripper frame", text: offset } as const]),
    ];
  }

  /** The same of all cameras. */
  get notes(): readonly CameraNote[] {
    return [...this.#watched.keys()].flatMap((camera) => this.notesOn(camera));
  }

  /** Every frame is to be shown, those of a camera in order; most cost nothing. */
  async see(frame: CameraFrame): Promise<void> {
    const known = this.#watched.get(frame.camera);
    const looks = Math.max(known?.looks.length ?? 0, known?.boxes.looks ?? 0);
    const watched = await this.#see(frame, apartNsOf(looks), COLORS_EVERY);
    if (watched.unjudged >= everyOf(looks)) {
      this.#judge(frame.camera, watched);
    }
  }

  /**
   * Boxes of things, by their names, that a model gave of a frame which was shown before and has neither
   * depth nor boxes of its own; one at a time. What is wrong with them is forgotten with the episode.
   * Those of an image before one that was looked at come too late.
   *
   * @param by whose boxes these are, in what is said
   */
  async seeBoxes(
    frame: CameraFrame,
    boxes: ReadonlyMap<string, PixelBox>,
    by: string,
  ): Promise<void> {
    const { camera, depth, labels, detections } = frame;
    const watched = this.#watched.get(camera);
    // A slow model may answer after the next episode has begun, or the clock has gone back.
    if (watched?.episode !== frame.episode) return;
    if (secondsOf(frame.stampNs) + watched.laterS > watched.timeS) return;
    if (boxes.size === 0 || depth || labels || detections) return;
    const { given } = watched;
    const { looks } = given;
    await given.see(frame, apartNsOf(looks), boxes);
    if (given.unjudged >= everyOf(looks)) {
      given.judge({ ...this.#task, camera, boxes: `${by} on ${camera}` });
    }
  }

  /** Judges by frames from all over a recording, of which it looks at those that are so far apart. */
  async study(frames: AsyncIterable<CameraFrame>, apartNs: bigint): Promise<void> {
    for await (const frame of frames) await this.#see(frame, apartNs, STUDIED_COLORS_EVERY);
    for (const [camera, watched] of this.#watched) this.#judge(camera, watched);
  }

  async #see(frame: CameraFrame, apartNs: bigint, colorsEvery: number): Promise<Watched> {
    const watched = this.#watched.get(frame.camera) ?? {
      ...{
        looks: [],
        path: [],
        rests: [],
        count: 0,
        unjudged: 0,
        laterS: 0,
        foundS: 0,
        episode: frame.episode,
      },
      verdict: {},
      timeS: Number.NEGATIVE_INFINITY,
      boxes: new BoxWatch(this.#task),
      given: new BoxWatch(this.#task),
      parts: new StillWatch(),
    };
    this.#watched.set(frame.camera, watched);
    const hasBoxes = await watched.boxes.see(frame, apartNs);
    if (hasBoxes) watched.unjudged += 1;
    const { laterS } = watched;
    const isNext = watched.episode !== frame.episode;
    if (isNext) forgetThings(watched, frame.episode);
    const timeS = timeOf(watched, frame.stampNs);
    // Answers come in any order: of one episode, on one clock, it is known which are late.
    if (isNext || watched.laterS !== laterS) watched.given = new BoxWatch(this.#task);
    const { before, looks, newest } = watched;
    const pose = frame.poses?.get(this.#task.robot?.gripperFrame ?? "");
    const position = pose?.ok ? pose.pose.position : undefined;
    if (pose?.ok) remember(watched.path, { timeS, pose: pose.pose });
    const rest = frame.poses?.get(this.#task.support?.frame ?? "");
    if (rest?.ok) remember(watched.rests, { timeS, pose: rest.pose });
    watched.parts.see(frame, position, rest?.ok ? rest.pose : undefined);
    watched.before = position && {
      ...{ stampNs: frame.stampNs, position },
      ...(rest?.ok && { rest: rest.pose }),
    };
    this.#tellStill(frame.camera, watched);
    const sinceNs = newest === undefined ? apartNs : frame.stampNs - newest.stampNs;
    const isDue = sinceNs >= apartNs || sinceNs < 0n || isStillUnseen(watched);
    // How fast the gripper moves is known by the frame before; transforms may begin later than images.
    const isReady = before !== undefined || !looks.some(({ told }) => told);
    if (!isDue || !isReady || frame.fault !== undefined) return watched;
    const looksAtColors = watched.count % colorsEvery === 0;
    const look = await this.#lookAt(frame, before, { timeS, looksAtColors });
    if (!look) return watched;
    const { stampNs, labelNames, info } = frame;
    watched.newest = { stampNs, ...(labelNames && { labelNames }), ...(info && { info }) };
    looks.push(look);
    if (looks.length > MOST_LOOKS) looks.shift();
    watched.count += 1;
    if (!hasBoxes) watched.unjudged += 1;
    this.#tellStill(frame.camera, watched);
    return watched;
  }

  #judge(camera: string, watched: Watched): void {
    const { looks, newest } = watched;
    watched.unjudged = 0;
    const topics = this.#topicsOf(camera);
    const boxes = topics?.labels ?? topics?.detections ?? `the detections of ${camera}`;
    watched.boxes.judge({ ...this.#task, camera, boxes });
    const wrong = misnamed(this.#task.objects.values(), newest?.labelNames);
    watched.verdict = wrong || watched.exchanged ? {} : judge(looks, watched.path, watched.rests);
    const found: Contradiction | undefined = wrong
      ? { kind: "misnamed", images: looks.length, ...wrong }
      : (watched.exchanged ?? watched.verdict.found);
    if (found?.kind === "exchanged" || found?.kind === "renamed") watched.exchanged = found;
    if (found) watched.foundS = watched.timeS;
    // As first said: one thing is not told again and again, with a little other numbers.
    if (found && watched.found && isSame(found, watched.found)) return;
    // Looks that say nothing take nothing back.
    const since = looks.filter(({ timeS }) => timeS > watched.foundS);
    if (!found && watched.found && !isOver(watched.found, since, watched.rests)) return;
    watched.found = found;
    watched.finding = found && this.#describe(found, camera, watched);
  }

  #describe(found: Contradiction, camera: string, { looks, newest }: Watched): string {
    return describe(found, {
      ...this.#task,
      camera,
      labelNames: newest?.labelNames,
      topics: this.#topicsOf(camera),
      scale: looks[0]?.scale ?? 1,
      focal: { fx: newest?.info?.fx ?? Number.NaN, fy: newest?.info?.fy ?? Number.NaN },
    });
  }

  /** What is still is told at once, where the gripper that moves is seen. */
  #tellStill(camera: string, watched: Watched): void {
    const { still } = watched.parts;
    if (!still) watched.still = undefined;
    if (!still || watched.still?.of === still) return;
    const { part, by, isOfOneValue, images, movedM, sinceNs } = still;
    const look = watched.looks.at(-1);
    const shows = by === "camera" ? showsWorld : showsGripper;
    // Of one of these images: what is hidden moves unseen, and others are no evidence of these.
    const isOfThese = watched.parts.isGoingOn && (watched.newest?.stampNs ?? -1n) >= sinceNs;
    if (!isOfOneValue && !(isOfThese && look && shows(look))) return;
    const found: Contradiction = isOfOneValue
      ? { kind: "constant", images }
      : { kind: "frozen", part, by, movedM, images };
    watched.still = { of: still, finding: this.#describe(found, camera, watched) };
  }

  #topicsOf(camera: string): CameraTopics | undefined {
    return this.#cameras().find(({ name }) => name === camera);
  }

  async #lookAt(
    frame: CameraFrame,
    before: Before | undefined,
    options: LookOptions,
  ): Promise<Look | undefined> {
    try {
      return await lookAt(frame, this.#task, before, options);
    } catch (error) {
      // Told where the frame is used.
      if (error instanceof FrameError) return undefined;
      throw error;
    }
  }
}

/** How far apart images are that are looked at, after so many. */
function apartNsOf(looks: number): bigint {
  if (looks < FIRST_LOOKS) return FIRST_NS;
  return looks < MOST_LOOKS ? SOON_NS : LATER_NS;
}

/** After how many looks all are judged again. */
function everyOf(looks: number): number {
  return looks >= MOST_LOOKS ? LATER_EVERY : FIRST_EVERY;
}

/** Whether something is still in an image like which none was looked at: it cannot be told without. */
function isStillUnseen({ parts, still, newest }: Watched): boolean {
  const isTold = parts.still === undefined || still?.of === parts.still;
  return !isTold && parts.isGoingOn && (newest?.stampNs ?? -1n) < parts.still.sinceNs;
}

function showsGripper({ seen, gripperId }: Look): boolean {
  return seen.has(gripperId ?? 0);
}

/** Which ids and names things have, and what colours, is another matter in the next episode. */
function forgetThings(watched: Watched, episode: string): void {
  watched.episode = episode;
  watched.newest = undefined;
  watched.before = undefined;
  watched.exchanged = undefined;
  watched.parts.forget();
  watched.timeS += APART_S;
  const { found, looks } = watched;
  for (const [
    i,
    { wears: _, split: __, masked: ___, seen, gripperId, ...look },
  ] of looks.entries()) {
    const gripper = gripperId === undefined ? undefined : seen.get(gripperId);
    looks[i] = {
      ...look,
      ...(gripperId !== undefined && { gripperId }),
      seen: new Map(gripper && gripperId !== undefined ? [[gripperId, gripper]] : []),
    };
  }
  if (found && isOfThings(found)) {
    watched.found = undefined;
    watched.finding = undefined;
  }
}

function isOfThings({ kind }: Contradiction): boolean {
  return (
    kind === "misnamed" ||
    kind === "swapped" ||
    kind === "colors" ||
    kind === "exchanged" ||
    kind === "renamed" ||
    kind === "split" ||
    kind === "moment" ||
    kind === "jump"
  );
}

/** On the clock of the looks, which never goes back. */
function timeOf(watched: Watched, stampNs: bigint): number {
  const stampS = secondsOf(stampNs);
  if (stampS + watched.laterS < watched.timeS) watched.laterS = watched.timeS + APART_S - stampS;
  watched.timeS = stampS + watched.laterS;
  return watched.timeS;
}

function remember(path: PathPoint[], point: PathPoint): void {
  const sinceS = point.timeS - (path.at(-1)?.timeS ?? Number.NEGATIVE_INFINITY);
  if (sinceS < PATH_STEP_S) return;
  path.push(point);
  if (path.length > MOST_PATH) path.shift();
}
