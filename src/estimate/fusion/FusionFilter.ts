import { distanceBetween, secondsOf, vec3At } from "../../base/index.js";
import { type KinematicSample, type Pose, transformPoint } from "../../camera/index.js";
import type { RobotSpec, Task } from "../../task/index.js";
import type { ObjectPosition } from "../ObjectPosition.js";
import { type Approach, ApproachWatch } from "./ApproachWatch.js";
import { aimAt, splitByAim } from "./aim.js";
import { takeLength, takePixel, takeSide } from "./answers.js";
import { drawnParts, normalsOf } from "./draws.js";
import { type GripEvent, GripWatch } from "./GripWatch.js";
import { grasped, keepPast, released } from "./grips.js";
import { type Hypothesis, normalise, reduced } from "./Hypothesis.js";
import type { Place } from "./lengths.js";
import { type FusedLength, fusedLength, fusedPlace } from "./mixture.js";
import { Places } from "./Places.js";
import { firstHypotheses, forgetErrors } from "./prior.js";
import type { Channel, StateLayout } from "./StateLayout.js";
import type { SaidLength, SaidOfImage } from "./said.js";
import { type Distance, likelyFirst, splitAround, splitWide } from "./splits.js";

/** At most so many hypotheses at a time. */
const MOST = 240;
/** And after each image. */
const KEPT = 60;
/** But of each of several filters. */
const LEAST_KEPT = 16;
/** And when the gripper closes or opens, before the directions of objects are distinguished. */
const KEPT_AT_GRIP = 12;
/** Answers over which surprises are added, and the sum that is an alarm, in σ. */
const SURPRISES = 8;
const ALARM = 5;
/** How far an object that has moved unseen may be from where it was, m. */
const MOVED_M = 0.15;
const MOVED_UP_M = 0.03;
/** Centres closer to the gripper than this may be pushed by it, by this share of its way. */
const TOUCH_M = 0.07;
const PUSHED_SHARE = 0.15;

/**
 * Where a task's objects are in the fixed frame, from what a model says of their distances and from
 * the exact position of the gripper: a mixture of normal distributions over the objects' places and
 * the way the model says lengths (slope, offset, floor, errors in common), each of which is one
 * hypothesis (on which side an object lies, how steep the model is, what the gripper holds).
 */
export class FusionFilter {
  readonly #layout: StateLayout;
  readonly #robot: RobotSpec;
  readonly #places: Places;
  readonly #grip: GripWatch;
  readonly #approach = new ApproachWatch();
  readonly #kept: number;
  readonly #most: number;
  #hypotheses: Hypothesis[];
  #weights: number[];
  readonly #supportFrame: string | undefined;
  /** Height of the support in the fixed frame, where it is tracked. */
  #supportM: number | undefined;
  #sample: KinematicSample | undefined;
  #gripper: Pose | undefined;
  /** Of samples since the last one that told where the gripper was. */
  readonly #gripEvents: GripEvent[] = [];
  /** Of the last answers. */
  #wordsNs: bigint | undefined;
  #releasedNs: bigint | undefined;
  #changedNs: bigint | undefined;
  /** Of each channel's last answers: how far from what was expected, in standard deviations. */
  readonly #surprises = new Map<number, number[]>();
  /** Sets of directions that were handed out. */
  #turn = 0;

  /**
   * @param task with a robot
   * @param beside how many filters share the time of an image with it
   */
  constructor(
    layout: StateLayout,
    { robot, objects, support }: Pick<Task, "objects" | "support"> & { readonly robot: RobotSpec },
    beside = 0,
  ) {
    this.#kept = Math.max(Math.round(KEPT / (1 + beside)), LEAST_KEPT);
    this.#most = Math.max(Math.round(MOST / (1 + beside)), 4 * LEAST_KEPT);
    this.#layout = layout;
    this.#robot = robot;
    this.#places = new Places(layout, robot, objects);
    this.#supportFrame = this.#places.trackedFrame(support?.name ?? "");
    this.#grip = new GripWatch(robot);
    this.#hypotheses = firstHypotheses(layout);
    this.#weights = normalise(this.#hypotheses);
  }

  /** When something was last grasped, released or found to have moved: before, it was elsewhere. */
  get changedNs(): bigint | undefined {
    return this.#changedNs;
  }

  /** Takes the robot on to a sample of its kinematics. */
  advance(sample: KinematicSample): void {
    const gripper = sample.poses.get(this.#robot.gripperFrame);
    const event = this.#grip.watch(sample);
    if (event) this.#gripEvents.push(event);
    if (!gripper) return;
    if (this.#supportFrame !== undefined) {
      this.#supportM = sample.poses.get(this.#supportFrame)?.position[2] ?? this.#supportM;
    }
    const before = this.#gripper;
    this.#sample = sample;
    this.#gripper = gripper;
    if (before) this.#touch(before, gripper);
    const approach = this.#approach.watch(transformPoint(gripper, this.#robot.graspPointM));
    if (approach) this.#follow(approach);
    for (const one of this.#gripEvents.splice(0)) this.#onGrip(one, sample, before ?? gripper);
  }

  /**
   * Takes in the answers for an image; `at` is where the robot was at its stamp: the latest sample,
   * or an earlier one where answers come late.
   */
  observe(
    at: KinematicSample,
    { lengths: said, sides, seen }: SaidOfImage,
    opticalFrame: string,
  ): void {
    const gripper = at.poses.get(this.#robot.gripperFrame);
    // What was held then and is not any more is not where the state has it.
    const isGone = this.#releasedNs !== undefined && at.stampNs < this.#releasedNs;
    if (!gripper || said.length + sides.length + seen.length === 0 || isGone) return;
    this.#forget(at.stampNs);
    const first = said.filter((length) => this.#meet(length, gripper));
    this.#sharpen(gripper);
    this.#weights = normalise(this.#hypotheses);
    const places = this.#places;
    for (const length of said) {
      let surprise = 0;
      for (const [i, hypothesis] of this.#hypotheses.entries()) {
        const weight = this.#weights[i] ?? Math.exp(hypothesis.logWeight);
        const believed = places.length(hypothesis, length.channel, opticalFrame, at);
        const isFirst = first.includes(length);
        if (believed) surprise += weight * takeLength(hypothesis, length, believed, isFirst);
      }
      this.#suspect(length.channel, surprise);
    }
    const camera = at.poses.get(opticalFrame);
    for (const hypothesis of this.#hypotheses) {
      for (const one of sides) {
        const difference = places.length(hypothesis, one.side, opticalFrame, at);
        if (difference) takeSide(hypothesis, one, difference);
      }
      for (const one of camera ? seen : []) {
        const place = places.place(hypothesis, one.object, gripper, at);
        if (camera && place?.slot !== undefined) takePixel(hypothesis, one, place, camera);
      }
    }
    this.#hypotheses = reduced(this.#hypotheses, this.#kept);
    this.#weights = normalise(this.#hypotheses);
  }

  /**
   * The length that a channel asks for at a sample: the latest, or an earlier one where the layout
   * keeps what smoothing needs. Undefined while there is no evidence.
   */
  lengthAt(
    channel: Channel,
    sample: KinematicSample,
    opticalFrame: string,
  ): FusedLength | undefined {
    const parts = this.#hypotheses.map((hypothesis, i) => {
      const length = this.#places.length(hypothesis, channel, opticalFrame, sample);
      if (!length) return undefined;
      const variance = hypothesis.belief.variance(length.form) + length.bentM2;
      const weight = this.#weights[i] ?? 0;
      return { weight, meanM: length.meanM, sigmaM: Math.sqrt(variance) };
    });
    return fusedLength(parts, drawnParts(this.#weights), normalsOf(channel.index));
  }

  /** The objects that most of the belief places somewhere, by name in the order of the layout. */
  positions(): ObjectPosition[] {
    const [sample, gripper] = [this.#sample, this.#gripper];
    if (!sample || !gripper) return [];
    return [...this.#layout.slots.keys()].flatMap((name) => {
      const parts = this.#hypotheses.flatMap((hypothesis, i) => {
        const place = this.#places.place(hypothesis, name, gripper, sample);
        return place ? [{ weight: this.#weights[i] ?? 0, belief: hypothesis.belief, place }] : [];
      });
      const place = fusedPlace(parts);
      return place ? [{ name, ...place }] : [];
    });
  }

  #forget(stampNs: bigint): void {
    const seconds = this.#wordsNs === undefined ? 0 : secondsOf(stampNs - this.#wordsNs);
    this.#wordsNs = stampNs;
    if (!(seconds > 0)) return;
    for (const hypothesis of this.#hypotheses) forgetErrors(hypothesis, this.#layout, seconds);
  }

  /** Places objects that this answer is the first to mention; whether there are any. */
  #meet({ channel, saidM }: SaidLength, gripper: Pose): boolean {
    const { subject, object, kind, words } = channel;
    if (object === undefined || kind.endsWith("difference") || kind === "vertical_distance") {
      return false;
    }
    let isFirst = false;
    const isLevel = kind === "horizontal_distance";
    for (const [name, other] of [
      [subject, object],
      [object, subject],
    ] as const) {
      const slot = this.#layout.slots.get(name);
      if (slot === undefined) continue;
      this.#hypotheses = this.#hypotheses.flatMap((hypothesis) => {
        if (hypothesis.modes.get(name)?.kind !== "unknown") return [hypothesis];
        const noise = Math.sqrt(hypothesis.noiseSquares / hypothesis.noiseWeight);
        const error = Math.sqrt(hypothesis.belief.at(channel.errorIndex, channel.errorIndex));
        const first = likelyFirst(words.invert(hypothesis.belief, saidM, Math.hypot(noise, error)));
        if (other === this.#robot.gripper.name) {
          const from = { position: gripper.position };
          isFirst = true;
          hypothesis.logWeight += first.logLikelihood;
          return this.#around(hypothesis, name, slot, from, first, isLevel);
        }
        const mode = hypothesis.modes.get(other);
        if (mode?.kind === "rest" || mode?.kind === "held") {
          isFirst = true;
          hypothesis.logWeight += first.logLikelihood;
          hypothesis.belief.set(slot, first.lengthM, first.sigmaM);
          hypothesis.modes.set(name, { kind: "around", partner: other, isLevel });
        }
        return [hypothesis];
      });
    }
    return isFirst;
  }

  #around(
    hypothesis: Hypothesis,
    name: string,
    slot: number,
    from: Place,
    distance: Distance | undefined,
    isLevel: boolean,
  ): Hypothesis[] {
    const room = Math.max(Math.floor(this.#most / this.#hypotheses.length), 1);
    const [turn, supportM] = [this.#turn++, this.#supportM];
    const options = { distance, isLevel, room, turn, supportM };
    return splitAround(hypothesis, name, slot, from, options);
  }

  #sharpen(gripper: Pose): void {
    for (const [name, slot] of this.#layout.slots) {
      for (let round = 0; round < 2; round++) {
        const room = this.#most - this.#hypotheses.length;
        if (room <= 0) return;
        const parts = splitWide(this.#hypotheses, name, slot, gripper, room);
        if (parts.length === 0) break;
        this.#hypotheses.push(...parts);
      }
    }
  }

  /**
   * Where a belief is right, what it did not expect of answers adds up to nothing: normal with the
   * variance of their number. Where it adds up to far more, an object has moved unseen.
   */
  #suspect(channel: Channel, surprise: number): void {
    const recent = this.#surprises.get(channel.index) ?? [];
    recent.push(surprise);
    if (recent.length > SURPRISES) recent.shift();
    this.#surprises.set(channel.index, recent);
    const sum = recent.reduce((total, one) => total + one, 0);
    if (recent.length < SURPRISES || Math.abs(sum) < ALARM * Math.sqrt(SURPRISES)) return;
    this.#surprises.set(channel.index, []);
    this.#changedNs = this.#sample?.stampNs;
    for (const name of [channel.subject, channel.object]) {
      const slot = this.#layout.slots.get(name ?? "");
      if (name !== undefined && slot !== undefined) this.#lose(name, slot);
    }
  }

  /** Answers have contradicted an object's position for a while: it may be anywhere near. */
  #lose(name: string, slot: number): void {
    for (const hypothesis of this.#hypotheses) {
      const mode = hypothesis.modes.get(name);
      if (mode?.kind === "around") hypothesis.belief.widen(slot, MOVED_M);
      if (mode?.kind !== "rest") continue;
      if (this.#sample) keepPast(hypothesis, name, this.#layout, this.#sample.stampNs);
      for (const axis of [0, 1]) hypothesis.belief.widen(slot + axis, MOVED_M);
      hypothesis.belief.widen(slot + 2, MOVED_UP_M);
    }
  }

  /** A gripper that moves among objects may push them. */
  #touch(before: Pose, now: Pose): void {
    const wayM = distanceBetween(now.position, before.position);
    const smooths = [...this.#layout.archives.values()].some((slots) => slots.length > 0);
    if (wayM < 1e-4 || smooths) return;
    for (const { belief, modes } of this.#hypotheses) {
      for (const [name, slot] of this.#layout.slots) {
        if (modes.get(name)?.kind !== "rest") continue;
        if (distanceBetween(vec3At(belief.mean, slot), now.position) > TOUCH_M) continue;
        for (const axis of [0, 1]) belief.widen(slot + axis, PUSHED_SHARE * wayM);
      }
    }
  }

  #follow(approach: Approach): void {
    const held = this.#hypotheses.reduce((sum, { modes }, i) => {
      const isHeld = [...modes.values()].some(({ kind }) => kind === "held");
      return isHeld ? sum + (this.#weights[i] ?? 0) : sum;
    }, 0);
    if (held > 0.5) return;
    if (approach.isNew) this.#endApproach();
    for (const [name, slot] of this.#layout.slots) {
      this.#hypotheses.push(...splitByAim(this.#hypotheses, this.#weights, approach, name, slot));
    }
    for (const hypothesis of this.#hypotheses) aimAt(hypothesis, approach, this.#layout.slots);
    this.#hypotheses = reduced(this.#hypotheses, this.#most);
    this.#weights = normalise(this.#hypotheses);
  }

  #endApproach(): void {
    for (const hypothesis of this.#hypotheses) hypothesis.aim = undefined;
    this.#hypotheses = reduced(this.#hypotheses, this.#kept);
    this.#weights = normalise(this.#hypotheses);
  }

  #onGrip(event: GripEvent, sample: KinematicSample, gripper: Pose): void {
    const { stampNs } = sample;
    this.#approach.restart();
    this.#changedNs = stampNs;
    if (event.kind === "opened") this.#releasedNs = stampNs;
    const scene = { layout: this.#layout, robot: this.#robot, stampNs, gripper };
    this.#hypotheses = this.#hypotheses.flatMap((hypothesis) =>
      event.kind === "closed" ? grasped(hypothesis, event, scene) : released(hypothesis, scene),
    );
    this.#endApproach();
    this.#hypotheses = reduced(this.#hypotheses, KEPT_AT_GRIP);
    this.#unfold(sample);
    this.#weights = normalise(this.#hypotheses);
  }

  /** Of what is held, all directions in which things may lie that were given by distance. */
  #unfold(sample: KinematicSample): void {
    const gripper = sample.poses.get(this.#robot.gripperFrame);
    if (!gripper) return;
    for (const [name, slot] of this.#layout.slots) {
      this.#hypotheses = this.#hypotheses.flatMap((hypothesis) => {
        const mode = hypothesis.modes.get(name);
        if (mode?.kind !== "around") return [hypothesis];
        if (hypothesis.modes.get(mode.partner)?.kind !== "held") return [hypothesis];
        const from = this.#places.place(hypothesis, mode.partner, gripper, sample);
        if (!from) return [hypothesis];
        return this.#around(hypothesis, name, slot, from, undefined, mode.isLevel);
      });
    }
  }
}
