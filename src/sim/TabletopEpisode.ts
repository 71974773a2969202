import { clamp, mapVec3, secondsOf, valueAt } from "../base/index.js";
import { isMugOnTray, OutcomeJudge } from "./OutcomeJudge.js";
import { limitAction, type Outcome, type SimAction } from "./SimOptions.js";
import { MAX_OPENING_M, REACH_M } from "./scene/constants.js";
import { sampleLayout, type TabletopLayout } from "./scene/TabletopLayout.js";
import type { EpisodeScript, GripperGoal } from "./script/EpisodeScript.js";
import { START_OPENING_M, scriptOutcome } from "./script/scriptOutcome.js";
import { type SimJoints, type SimTruth, TabletopWorld } from "./TabletopWorld.js";

/** 2025-10-09T08:53:20Z; seeds begin a minute apart, so that runs repeat to the nanosecond. */
const EPOCH_S = 1_760_000_000n;
const SEED_SPACING_S = 60n;
const COMMAND_S = 0.01;
/** Slower than this the mug is at rest, m/s. */
const AT_REST = 0.03;

/** One attempt at the task without its images: physics, script, truth, verdict. */
export class TabletopEpisode {
  readonly layout: TabletopLayout;
  /** What the script is to do. */
  readonly outcome: Outcome;
  /** `success_7` */
  readonly name: string;
  readonly #world: TabletopWorld;
  readonly #script: EpisodeScript;
  readonly #judge: OutcomeJudge;
  readonly #startNs: bigint;
  #goal: GripperGoal;
  #truth: SimTruth;
  #wasDriven = false;

  private constructor(
    layout: TabletopLayout,
    outcome: Outcome,
    script: EpisodeScript,
    world: TabletopWorld,
  ) {
    this.layout = layout;
    this.outcome = outcome;
    this.name = `${outcome}_${layout.seed}`;
    this.#script = script;
    this.#world = world;
    this.#startNs =
      (EPOCH_S + (BigInt(layout.seed) % 1_000_000n) * SEED_SPACING_S) * 1_000_000_000n;
    this.#goal = { position: layout.start, openingM: START_OPENING_M };
    this.#truth = this.#observe();
    this.#judge = new OutcomeJudge(this.#truth);
  }

  static async create(seed: number, outcome: Outcome): Promise<TabletopEpisode> {
    const layout = sampleLayout(seed);
    const script = scriptOutcome(layout, outcome);
    const world = await TabletopWorld.create(layout, script.at(0));
    return new TabletopEpisode(layout, outcome, script, world);
  }

  get timeS(): number {
    return secondsOf(this.#world.timeNs);
  }

  /** How long the script takes. */
  get durationS(): number {
    return this.#script.durationS;
  }

  get truth(): SimTruth {
    return this.#truth;
  }

  get joints(): SimJoints {
    return this.#world.joints();
  }

  /** MuJoCo's qpos, for a renderer of the same layout. */
  get configuration(): Float64Array {
    return this.#world.configuration();
  }

  /** The script has ended; or, driven by own actions, the mug stands on the tray. */
  get isDone(): boolean {
    if (this.#wasDriven) return this.#truth.isSuccess;
    return this.timeS + COMMAND_S / 2 > this.durationS;
  }

  /** How the episode went so far, judged by the truth alone. */
  verdict(): Outcome {
    return this.#judge.verdict();
  }

  /**
   * Simulates up to a time since the start: by the script, or by the action if there is one. Once
   * an action was given, the script is over, and without an action the gripper stays.
   */
  advanceTo(timeS: number, action?: SimAction): void {
    const drive = action === undefined ? undefined : limitAction(action);
    if (drive !== undefined) this.#wasDriven = true;
    while (this.timeS + COMMAND_S / 2 < timeS) {
      const nextS = this.timeS + COMMAND_S;
      if (drive !== undefined) this.#goal = driven(this.#goal, drive);
      else if (!this.#wasDriven) this.#goal = this.#script.at(nextS);
      this.#world.advance(this.#goal);
      this.#truth = this.#observe();
      this.#judge.watch(this.#truth);
    }
  }

  close(): void {
    this.#world.close();
  }

  #observe(): SimTruth {
    const poses = this.#world.poses();
    const isHeld = this.#world.isMugHeld();
    const isOnTray = isMugOnTray(valueAt(poses, "red_mug"), valueAt(poses, "blue_tray"));
    return {
      stampNs: this.#startNs + this.#world.timeNs,
      poses,
      openingM: this.#world.openingM(),
      isHeld,
      isSuccess: isOnTray && !isHeld && this.#world.mugSpeed() < AT_REST,
    };
  }
}

/** The goal moves with the commanded velocity and stays within reach. */
function driven({ position }: GripperGoal, { velocity, openingM }: SimAction): GripperGoal {
  const { min, max } = REACH_M;
  const moved = mapVec3(position, (value, axis) =>
    clamp(value + velocity[axis] * COMMAND_S, min[axis], max[axis]),
  );
  return { position: moved, openingM: Math.min(MAX_OPENING_M, openingM) };
}

/** One moment of a simulated episode. */
export interface EpisodeMoment {
  readonly truth: SimTruth;
  readonly joints: SimJoints;
  /** MuJoCo's qpos at moments at which images are taken. */
  readonly configuration?: Float64Array;
}

/** A whole scripted episode without its images; a second of it takes some 20 KB. */
export interface SimulatedEpisode {
  /** `success_7` */
  readonly name: string;
  readonly layout: TabletopLayout;
  readonly moments: readonly EpisodeMoment[];
  /** How it went, judged by the truth. */
  readonly verdict: Outcome;
}

const MIN_STATE_HZ = 30;

/** Moments from one image to the next: transforms and joint states come at 30 Hz or more. */
export function statesPerImage(rateHz: number): number {
  return Math.ceil(MIN_STATE_HZ / rateHz);
}

/** Runs a script to its end: physics only, a fraction of the time that the images take. */
export async function simulateEpisode(
  seed: number,
  outcome: Outcome,
  rateHz: number,
): Promise<SimulatedEpisode> {
  const episode = await TabletopEpisode.create(seed, outcome);
  try {
    const perImage = statesPerImage(rateHz);
    const moments: EpisodeMoment[] = [];
    for (let state = 0; ; state++) {
      episode.advanceTo(state / (perImage * rateHz));
      const isImage = state % perImage === 0;
      const image = isImage ? { configuration: episode.configuration } : {};
      moments.push({ truth: episode.truth, joints: episode.joints, ...image });
      if (isImage && episode.isDone) break;
    }
    const { name, layout } = episode;
    return { name, layout, moments, verdict: episode.verdict() };
  } finally {
    episode.close();
  }
}
