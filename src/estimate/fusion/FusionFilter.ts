import { cumulativeStdNormalProbability } from "simple-statistics";
import { cross, secondsOf, unit, type Vec3 } from "../../base/index.js";
import {
  type CameraInfo,
  invertPose,
  type KinematicSample,
  type Pose,
  projectPoint,
  type Quaternion,
  rotate,
  transformPoint,
} from "../../camera/index.js";
import type { RobotSpec, Task } from "../../task/index.js";
import type { ObjectPosition } from "../ObjectPosition.js";
import { type Approach, ApproachWatch } from "./ApproachWatch.js";
import { aimAt, splitByAim } from "./aim.js";
import { directions } from "./directions.js";
import { meet, see } from "./evidence.js";
import { Gaussian, type LinearForm } from "./Gaussian.js";
import { type GripEvent, GripWatch } from "./GripWatch.js";
import { copyOf, type Grasped, type Hypothesis, normalise, reduced } from "./Hypothesis.js";
import { AXES, type BelievedLength, believedLength, formAlong, type Place } from "./lengths.js";
import { type MixturePart, medianOf } from "./median.js";
import { type SaidModel, stable, stableSlope, UNCALIBRATED } from "./SaidModel.js";
import type { Channel, SideChannel, StateLayout } from "./StateLayout.js";

/** A length that was said for an image. */
export interface SaidLength {
  readonly channel: Channel;
  readonly saidM: number;
  /** Of the wording, m. */
  readonly sigmaM: number;
  readonly wildShare: number;
}

/** An answer on which side an object is, with the probability that it is the first one. */
export interface SaidSide {
  readonly side: SideChannel;
  readonly first: number;
}

/** Where in the image a model saw an object. */
export interface SeenAt {
  readonly object: string;
  readonly pixel: readonly [u: number, v: number];
  readonly info: CameraInfo;
}

/** What was said of an image. */
export interface SaidOfImage {
  readonly lengths: readonly SaidLength[];
  readonly sides: readonly SaidSide[];
  readonly seen: readonly SeenAt[];
}

/** A length that the joint belief gives. */
export interface FusedLength {
  readonly valueM: number;
  readonly sigmaM: number;
}

/** At most so many hypotheses at a time. */
const MOST = 240;
/** And after each image. */
const KEPT = 60;
/** But of each of several filters. */
const LEAST_KEPT = 16;
/** And when the gripper closes or opens, before the directions of objects are distinguished. */
const KEPT_AT_GRIP = 12;
/** Means of the slope that are tried, in standard deviations of its prior, and what is left. */
const SLOPES: readonly (readonly [shift: number, weight: number])[] = [
  [-1, 0.27],
  [0, 0.4],
  [1, 0.25],
  [2.2, 0.08],
];
const SLOPE_SHARE = 0.6;
/** An object is too uncertain if it may be this far aside, as a share of its distance, or m. */
const BENT = 0.35;
const BENT_M = 0.035;
/** A normal distribution as three narrower ones: shift, share of the variance, middle weight. */
const SPLIT_SHIFT = 1.0566;
const SPLIT_LEFT = 0.6715 ** 2;
const SPLIT_MIDDLE = 0.5495;
/** How far away objects are at first, before any answer: ln of metres. */
const FIRST_DISTANCE = { mean: Math.log(0.35), sigma: 0.6 };
/** Where neighbouring answers err alike: how much of the noise they have in common. */
const ALIKE_SHARE = 0.9;
const NOISE_MEMORY = 60;
/** Density of wild answers on the stable scale. */
const WILD_DENSITY = 0.35;
/** An object that is grasped lies this close to the grasp point, m. */
const GRASP_SIGMA_M = 0.012;
/** How likely it is that the fingers closed on another thing than what was aimed at. */
const MISTAKEN = 0.02;
/** Objects that a gripper may close on instead, by volume, 1/m³. */
const OTHER_THINGS = 60;
/** Odds that it is an object of the task if the opening fits it, is unknown, does not fit. */
const SUITS = { yes: 20, unknown: 3, no: 1e-4 };
/** An object at rest on the support: its lowest point is this far above, m. */
const REST_SIGMA_M = 0.008;
/** Half the height of the objects that grippers pick up, m: their centres above the support. */
const HALF_HEIGHT = { meanM: 0.045, sigmaM: 0.03 };
/** How far an object moves when it is released, m. */
const SETTLE_M = 0.004;
/** Answers over which surprises are added, the most of one, and the sum that is an alarm, in σ. */
const SURPRISES = 8;
const SURPRISE_MOST = 3;
const ALARM = 5;
/** Differences smaller than this are not side, m; and no answer on sides is surer than this. */
const SIDE_SIGMA_M = 0.03;
const LEAST_DOUBT = 0.2;
/** A model's pixels err by this share of the image's width, and so many are of another object. */
const PIXEL_SHARE = 0.03;
const WILD_PIXELS = 0.15;
const NEAREST_M = 0.05;
/** How far an object that has moved unseen may be from where it was, m. */
const MOVED_M = 0.15;
const MOVED_UP_M = 0.03;
/** What is released this much higher than it was picked up may stand on another object, m. */
const STEP = { leastM: 0.005, mostM: 0.06, share: 0.15, sigmaM: 0.035, regionM: 0.5 } as const;
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
  readonly #grip: GripWatch;
  readonly #approach = new ApproachWatch();
  readonly #kept: number;
  readonly #most: number;
  #hypotheses: Hypothesis[];
  #weights: number[] = [1];
  readonly #trackedFrames: ReadonlyMap<string, string>;
  readonly #supportFrame: string | undefined;
  /** Height of the support in the fixed frame, where it is tracked. */
  #supportM: number | undefined;
  #sample: KinematicSample | undefined;
  #gripper: Pose | undefined;
  /** Of the last answers. */
  #wordsNs: bigint | undefined;
  #releasedNs: bigint | undefined;
  #changedNs: bigint | undefined;
  /** Of each channel's last answers: how far from what was expected, in standard deviations. */
  readonly #surprises = new Map<number, number[]>();
  #lost = 0;
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
    this.#trackedFrames = new Map(
      robot.tracked.flatMap((name) => {
        const frame = objects.get(name)?.frame;
        return frame === undefined ? [] : [[name, frame] as const];
      }),
    );
    this.#supportFrame = this.#trackedFrames.get(support?.name ?? "");
    this.#grip = new GripWatch(robot);
    this.#hypotheses = this.#first();
    this.#weights = normalise(this.#hypotheses);
  }

  /** How many hypotheses there are. */
  get count(): number {
    return this.#hypotheses.length;
  }

  /** When something was last grasped, released or found to have moved: before, it was elsewhere. */
  get changedNs(): bigint | undefined {
    return this.#changedNs;
  }

  /** How often an object was found to have moved unseen. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes the robot on to a sample of its kinematics. */
  advance(sample: KinematicSample): void {
    const gripper = sample.poses.get(this.#robot.gripperFrame);
    const event = this.#grip.watch(sample);
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
    if (event) this.#onGrip(event, before ?? gripper);
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
    for (const length of said) this.#meet(length, gripper);
    this.#sharpen(gripper);
    this.#weights = normalise(this.#hypotheses);
    for (const length of said) {
      let surprise = 0;
      for (const [i, hypothesis] of this.#hypotheses.entries()) {
        const weight = this.#weights[i] ?? Math.exp(hypothesis.logWeight);
        surprise += weight * this.#weigh(hypothesis, length, at, opticalFrame);
      }
      this.#suspect(length.channel, surprise);
    }
    for (const hypothesis of this.#hypotheses) {
      for (const one of sides) this.#takeSide(hypothesis, one, at, opticalFrame);
      for (const one of seen) this.#look(hypothesis, one, at, gripper, opticalFrame);
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
    let [sum, first, second] = [0, 0, 0];
    const parts: MixturePart[] = [];
    for (const [i, hypothesis] of this.#hypotheses.entries()) {
      const length = this.#believed(hypothesis, channel, opticalFrame, sample);
      if (!length) continue;
      const weight = this.#weights[i] ?? 0;
      const variance = hypothesis.belief.variance(length.form) + length.bentM2;
      sum += weight;
      first += weight * length.meanM;
      parts.push({ weight, meanM: length.meanM, sigmaM: Math.sqrt(variance) });
      second += weight * (length.meanM ** 2 + variance);
    }
    if (sum < 0.5) return undefined;
    const meanM = first / sum;
    const valueM = medianOf(parts, sum);
    const variance = second / sum - meanM ** 2;
    return { valueM, sigmaM: Math.sqrt(Math.max(variance, 0) + (valueM - meanM) ** 2) };
  }

  /** The objects that most of the belief places somewhere, by name in the order of the layout. */
  positions(): ObjectPosition[] {
    const [sample, gripper] = [this.#sample, this.#gripper];
    if (!sample || !gripper) return [];
    return [...this.#layout.slots.keys()].flatMap((name) => {
      let known = 0;
      const mean = [0, 0, 0];
      const second = new Array<number>(9).fill(0);
      for (const [i, hypothesis] of this.#hypotheses.entries()) {
        const place = this.#place(hypothesis, name, gripper, sample);
        if (!place) continue;
        const weight = this.#weights[i] ?? 0;
        known += weight;
        for (let row = 0; row < 3; row++) {
          const at = place.position[row] ?? 0;
          mean[row] = (mean[row] ?? 0) + weight * at;
          for (let column = 0; column < 3; column++) {
            const spread = covariance(hypothesis.belief, place, row, column);
            const square = at * (place.position[column] ?? 0) + spread;
            second[3 * row + column] = (second[3 * row + column] ?? 0) + weight * square;
          }
        }
      }
      if (known < 0.5) return [];
      const [x = 0, y = 0, z = 0] = mean.map((sum) => sum / known);
      const centre = [x, y, z] as const;
      const covarianceM2 = second.map(
        (sum, i) => sum / known - (centre[Math.floor(i / 3)] ?? 0) * (centre[i % 3] ?? 0),
      );
      return [{ name, positionM: centre, covarianceM2 }];
    });
  }

  #first(): Hypothesis[] {
    const { noise: spread, alike, plainShare = 0 } = this.#layout.words[0]?.prior ?? UNCALIBRATED;
    const manners = [
      ...SLOPES.map(([shift, weight]) => ({ shift, likely: (1 - plainShare) * weight })),
      ...(plainShare > 0 ? [{ shift: undefined, likely: plainShare }] : []),
    ];
    return manners.flatMap(({ shift, likely }) =>
      [false, true].map((isCorrelated) => {
        const belief = new Gaussian(this.#layout.size);
        for (const words of this.#layout.words) {
          if (shift === undefined) words.beginPlain(belief);
          else words.begin(belief, shift, SLOPE_SHARE);
        }
        const [noise, weight] = spread;
        for (const { errorIndex, words, sizeIndex, sizePrior } of this.#layout.channels) {
          belief.set(errorIndex, 0, commonError(words, isCorrelated));
          if (sizeIndex !== undefined && sizePrior) belief.set(sizeIndex, ...sizePrior);
        }
        const white = isCorrelated ? (1 - ALIKE_SHARE) * noise + 0.04 : noise;
        return {
          belief,
          logWeight: Math.log(likely * (isCorrelated ? alike : 1 - alike)),
          past: [],
          modes: new Map([...this.#layout.slots.keys()].map((name) => [name, { kind: "unknown" }])),
          isCorrelated,
          noiseWeight: weight,
          noiseSquares: weight * white ** 2,
        };
      }),
    );
  }

  /** Errors in common die away with time. */
  #forget(stampNs: bigint): void {
    const dt = this.#wordsNs === undefined ? 0 : secondsOf(stampNs - this.#wordsNs);
    this.#wordsNs = stampNs;
    if (!(dt > 0)) return;
    for (const { belief, isCorrelated } of this.#hypotheses) {
      for (const { errorIndex, words } of this.#layout.channels) {
        const sigma = commonError(words, isCorrelated);
        const kept = Math.exp(-dt / words.prior.correlationS);
        belief.decay(errorIndex, kept, sigma ** 2 * (1 - kept ** 2));
      }
    }
  }

  /** Places objects that this answer is the first to mention. */
  #meet({ channel, saidM }: SaidLength, gripper: Pose): void {
    const { subject, object, kind } = channel;
    if (object === undefined || kind.endsWith("difference") || kind === "vertical_distance") return;
    for (const [name, other] of [
      [subject, object],
      [object, subject],
    ] as const) {
      if (!this.#layout.slots.has(name)) continue;
      const next = this.#hypotheses.flatMap((hypothesis) => {
        if (hypothesis.modes.get(name)?.kind !== "unknown") return [hypothesis];
        const words = channel.words;
        const noise = Math.sqrt(hypothesis.noiseSquares / hypothesis.noiseWeight);
        const isLevel = kind === "horizontal_distance";
        const { lengthM, sigmaM } = words.invert(hypothesis.belief, saidM, noise + 0.25);
        if (other === this.#robot.gripper.name) {
          const from = { position: gripper.position };
          return this.#around(hypothesis, name, from, likelyFirst(lengthM, sigmaM), isLevel);
        }
        const mode = hypothesis.modes.get(other);
        if (mode?.kind === "rest" || mode?.kind === "held") {
          const slot = this.#slot(name);
          const first = likelyFirst(lengthM, sigmaM);
          hypothesis.belief.set(slot, first.lengthM, first.sigmaM);
          hypothesis.modes.set(name, { kind: "around", partner: other, isLevel });
        }
        return [hypothesis];
      });
      this.#hypotheses = next;
    }
  }

  /**
   * Splits a hypothesis by the direction in which an object lies from a place. Without a distance
   * it is the one that the entry of the object's x holds.
   */
  #around(
    hypothesis: Hypothesis,
    name: string,
    from: Place,
    distance: { readonly lengthM: number; readonly sigmaM: number } | undefined,
    isLevel: boolean,
  ): Hypothesis[] {
    const slot = this.#slot(name);
    const lengthM = distance?.lengthM ?? hypothesis.belief.mean[slot] ?? 0;
    const room = Math.max(Math.floor(this.#most / this.#hypotheses.length), 1);
    return directions(isLevel, room, this.#turn++).map(({ unit, weight, spread }) => {
      const split = copyOf(hypothesis);
      const { belief } = split;
      split.logWeight += Math.log(weight);
      split.modes.set(name, { kind: "rest" });
      // x last: its entry holds the distance until then.
      for (const axis of [2, 1, 0] as const) {
        const component = unit[axis];
        if (distance) {
          belief.set(slot + axis, from.position[axis] + lengthM * component, 0);
          continue;
        }
        const { indices, values } = formAlong(from, AXES[axis], 1);
        const moved = values.reduce(
          (sum, value, i) => sum + value * (belief.mean[indices[i] ?? 0] ?? 0),
          0,
        );
        const form = { indices: [...indices, slot], values: [...values, component] };
        belief.assign(slot + axis, form, from.position[axis] - moved, 0);
      }
      const radial = distance ? distance.sigmaM ** 2 : 0;
      const across = (spread * lengthM) ** 2;
      for (const i of [0, 1, 2] as const) {
        for (const j of [0, 1, 2] as const) {
          const outer = unit[i] * unit[j];
          const flat = isLevel && (i === 2 || j === 2) ? 0 : across;
          const amount = radial * outer + flat * ((i === j ? 1 : 0) - outer);
          belief.addCovariance(slot + i, slot + j, amount);
        }
      }
      if (isLevel) belief.widen(slot + 2, 0.08);
      belief.assign(slot + 3, { indices: [slot + 2], values: [1] }, 0, REST_SIGMA_M);
      if (this.#supportM !== undefined) {
        const residual = this.#supportM + HALF_HEIGHT.meanM - (belief.mean[slot + 3] ?? 0);
        see(split, { indices: [slot + 3], values: [1] }, residual, HALF_HEIGHT.sigmaM);
      }
      return split;
    });
  }

  /**
   * Splits hypotheses that are so wide across the line of sight from the gripper that their
   * distance bends: an update of a normal distribution would be wrong for them.
   */
  #sharpen(gripper: Pose): void {
    for (const [name, slot] of this.#layout.slots) {
      for (let round = 0; round < 2; round++) {
        const room = this.#most - this.#hypotheses.length;
        if (room <= 0) return;
        const widest = this.#hypotheses
          .map((hypothesis) => ({ hypothesis, form: acrossOf(hypothesis, name, slot, gripper) }))
          .filter(({ hypothesis }) => hypothesis.logWeight > Math.log(1e-3))
          .flatMap(({ hypothesis, form }) => (form ? [{ hypothesis, form }] : []))
          .sort((a, b) => b.hypothesis.logWeight - a.hypothesis.logWeight)
          .slice(0, Math.floor(room / 2));
        if (widest.length === 0) break;
        for (const { hypothesis, form } of widest) {
          for (const side of [-1, 1]) {
            const part = copyOf(hypothesis);
            part.belief.part(form, side * SPLIT_SHIFT, SPLIT_LEFT);
            part.logWeight += Math.log((1 - SPLIT_MIDDLE) / 2);
            this.#hypotheses.push(part);
          }
          hypothesis.belief.part(form, 0, SPLIT_LEFT);
          hypothesis.logWeight += Math.log(SPLIT_MIDDLE);
        }
      }
    }
  }

  #weigh(
    hypothesis: Hypothesis,
    length: SaidLength,
    at: KinematicSample,
    opticalFrame: string,
  ): number {
    const { channel, saidM, sigmaM, wildShare } = length;
    const believed = this.#believed(hypothesis, channel, opticalFrame, at);
    if (!believed) return 0;
    const { belief } = hypothesis;
    const words = channel.words.expect(belief, believed.meanM);
    const form: LinearForm = {
      indices: [...words.form.indices, ...believed.form.indices, channel.errorIndex],
      values: [
        ...words.form.values,
        ...believed.form.values.map((value) => value * words.perLength),
        1,
      ],
    };
    const noise2 = hypothesis.noiseSquares / hypothesis.noiseWeight;
    const wording = sigmaM * stableSlope(saidM);
    const own = noise2 + wording ** 2 + words.perLength ** 2 * believed.bentM2;
    const variance = belief.variance(form) + own;
    const residual = stable(saidM) - words.said - (belief.mean[channel.errorIndex] ?? 0);
    const density = Math.exp((-0.5 * residual ** 2) / variance) / Math.sqrt(2 * Math.PI * variance);
    const likelihood = (1 - wildShare) * density + wildShare * WILD_DENSITY;
    const sane = ((1 - wildShare) * density) / likelihood;
    hypothesis.logWeight += Math.log(likelihood);
    belief.update(form, residual, variance, sane);
    // Variational update of the noise: what is left of the residual, and its variance.
    const left = (residual * own) / variance;
    const leftVariance = (own * (variance - own)) / variance;
    const noiseShare = noise2 / own;
    hypothesis.noiseWeight += sane * noiseShare;
    hypothesis.noiseSquares += sane * noiseShare * (left ** 2 + leftVariance) * noiseShare;
    if (hypothesis.noiseWeight > NOISE_MEMORY) {
      hypothesis.noiseSquares *= NOISE_MEMORY / hypothesis.noiseWeight;
      hypothesis.noiseWeight = NOISE_MEMORY;
    }
    return Math.max(-SURPRISE_MOST, Math.min(residual / Math.sqrt(variance), SURPRISE_MOST));
  }

  /** A half-space that is believed in part: the normal distribution nearest to what is left. */
  #takeSide(
    hypothesis: Hypothesis,
    { side, first }: SaidSide,
    at: KinematicSample,
    opticalFrame: string,
  ): void {
    const difference = this.#believed(hypothesis, side, opticalFrame, at);
    if (!difference) return;
    const { belief } = hypothesis;
    const sigma = Math.sqrt(belief.variance(difference.form) + SIDE_SIGMA_M ** 2);
    const z = difference.meanM / sigma;
    const share = Math.min(Math.max(first, LEAST_DOUBT), 1 - LEAST_DOUBT);
    const slope = (2 * share - 1) * density(z);
    const likelihood = 1 - share + (2 * share - 1) * cumulativeStdNormalProbability(z);
    hypothesis.logWeight += Math.log(likelihood);
    const rate = slope / (sigma * likelihood);
    belief.tilt(difference.form, rate, -rate * (rate + z / sigma));
  }

  /** A direction from the camera. */
  #look(
    hypothesis: Hypothesis,
    { object, pixel, info }: SeenAt,
    at: KinematicSample,
    gripper: Pose,
    opticalFrame: string,
  ): void {
    const camera = at.poses.get(opticalFrame);
    const place = camera && this.#place(hypothesis, object, gripper, at);
    if (!camera || place?.slot === undefined) return;
    const [x, y, z] = transformPoint(invertPose(camera), place.position);
    const expected = projectPoint(info, [x, y, z]);
    if (!expected.every(Number.isFinite) || z < NEAREST_M) return;
    const focal = [info.fx, info.fy] as const;
    for (const axis of [0, 1] as const) {
      // d(pixel)/d(place) of a pinhole: distortion bends it by less than a model's pixels err.
      const aside = (axis === 0 ? x : y) / z;
      const local: Vec3 = axis === 0 ? [1, 0, -aside] : [0, 1, -aside];
      const scale = focal[axis] / z;
      const { indices, values } = formAlong(place, rotate(camera.rotation, local), scale);
      const form = { indices, values };
      const sigma = PIXEL_SHARE * info.width;
      const variance = hypothesis.belief.variance(form) + sigma ** 2;
      const residual = pixel[axis] - expected[axis];
      const fits = density(residual / Math.sqrt(variance)) / Math.sqrt(variance);
      const likelihood = (1 - WILD_PIXELS) * fits + WILD_PIXELS / info.width;
      hypothesis.logWeight += Math.log(likelihood);
      hypothesis.belief.update(form, residual, variance, ((1 - WILD_PIXELS) * fits) / likelihood);
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
    this.#lost++;
    this.#changedNs = this.#sample?.stampNs;
    for (const name of [channel.subject, channel.object]) {
      if (name !== undefined && this.#layout.slots.has(name)) this.#lose(name);
    }
  }

  #believed(
    hypothesis: Hypothesis,
    {
      kind,
      subject,
      object,
      sizeIndex,
    }: Pick<Channel, "kind" | "subject" | "object" | "sizeIndex">,
    opticalFrame: string,
    sample: KinematicSample | undefined,
  ): BelievedLength | undefined {
    const { belief } = hypothesis;
    const gripper = sample?.poses.get(this.#robot.gripperFrame);
    if (!sample || !gripper) return undefined;
    const around = this.#distanceAround(hypothesis, kind, subject, object);
    const a = around ? undefined : this.#place(hypothesis, subject, gripper, sample);
    const b =
      around || object === undefined ? undefined : this.#place(hypothesis, object, gripper, sample);
    if (!around && (!a || (object !== undefined && !b))) return undefined;
    const camera = sample.poses.get(opticalFrame);
    const length = around ?? (a && believedLength(kind, belief, a, b, camera));
    if (!length || sizeIndex === undefined) return length;
    const meanM = length.meanM + (belief.mean[sizeIndex] ?? 0);
    const form = {
      indices: [...length.form.indices, sizeIndex],
      values: [...length.form.values, 1],
    };
    return { ...length, meanM: kind === "gap" ? Math.max(meanM, 0) : meanM, form };
  }

  /** Of an object whose direction is open, from the object around which it lies. */
  #distanceAround(
    { modes, belief }: Hypothesis,
    kind: string,
    subject: string,
    object: string | undefined,
  ): BelievedLength | undefined {
    for (const [name, other] of [
      [subject, object],
      [object, subject],
    ]) {
      const mode = name === undefined ? undefined : modes.get(name);
      if (name === undefined || mode?.kind !== "around" || mode.partner !== other) continue;
      if (mode.isLevel !== (kind === "horizontal_distance")) continue;
      const slot = this.#slot(name);
      const form = { indices: [slot], values: [1] };
      return { meanM: Math.max(belief.mean[slot] ?? 0, 0), form, bentM2: 0 };
    }
    return undefined;
  }

  #place(
    { belief, modes, past }: Hypothesis,
    name: string,
    gripper: Pose,
    { stampNs, poses }: KinematicSample,
  ): Place | undefined {
    if (name === this.#robot.gripper.name) return { position: gripper.position };
    const slot = this.#layout.slots.get(name);
    if (slot === undefined) {
      const tracked = poses.get(this.#trackedFrames.get(name) ?? "");
      return tracked && { position: tracked.position };
    }
    const inGripper = (at: Pose, index: number): Place => ({
      position: transformPoint(at, vectorAt(belief, index)),
      slot: index,
      rotation: at.rotation,
      restIndex: index + 3,
    });
    const over = past.find(({ object, untilNs }) => object === name && stampNs < untilNs);
    if (over?.grasped) {
      return inGripper(stampNs < over.grasped.stampNs ? over.grasped.gripper : gripper, over.slot);
    }
    if (over)
      return { position: vectorAt(belief, over.slot), slot: over.slot, restIndex: over.slot + 3 };
    const mode = modes.get(name);
    if (mode?.kind === "held") {
      return inGripper(stampNs < mode.grasped.stampNs ? mode.grasped.gripper : gripper, slot);
    }
    if (mode?.kind !== "rest") return undefined;
    return { position: vectorAt(belief, slot), slot, restIndex: slot + 3 };
  }

  /** A gripper that moves among objects may push them. */
  #touch(before: Pose, now: Pose): void {
    const wayM = Math.hypot(...now.position.map((value, i) => value - (before.position[i] ?? 0)));
    const smooths = [...this.#layout.archives.values()].some((slots) => slots.length > 0);
    if (wayM < 1e-4 || smooths) return;
    for (const { belief, modes } of this.#hypotheses) {
      for (const [name, slot] of this.#layout.slots) {
        if (modes.get(name)?.kind !== "rest") continue;
        const [x, y, z] = vectorAt(belief, slot);
        const [gx, gy, gz] = now.position;
        if (Math.hypot(x - gx, y - gy, z - gz) > TOUCH_M) continue;
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

  #onGrip(event: GripEvent, gripper: Pose): void {
    this.#approach.restart();
    this.#changedNs = this.#sample?.stampNs;
    if (event.kind === "opened") this.#releasedNs = this.#sample?.stampNs;
    this.#hypotheses =
      event.kind === "closed"
        ? this.#hypotheses.flatMap((hypothesis) => this.#grasp(hypothesis, event, gripper))
        : this.#hypotheses.flatMap((hypothesis) => this.#release(hypothesis, gripper));
    this.#endApproach();
    this.#hypotheses = reduced(this.#hypotheses, KEPT_AT_GRIP);
    this.#unfold();
    this.#weights = normalise(this.#hypotheses);
  }

  /** Nothing of the task is held, or one of its objects is. */
  #grasp(
    hypothesis: Hypothesis,
    event: Extract<GripEvent, { kind: "closed" }>,
    gripper: Pose,
  ): Hypothesis[] {
    const other = copyOf(hypothesis);
    other.logWeight += Math.log(
      OTHER_THINGS * (hypothesis.aim?.object === undefined ? 1 : MISTAKEN),
    );
    const held = [...this.#layout.slots].flatMap(([name, slot]) => {
      if (hypothesis.modes.get(name)?.kind !== "rest") return [];
      const suits = event.suits(name);
      const odds = suits === undefined ? SUITS.unknown : suits ? SUITS.yes : SUITS.no;
      const branch = copyOf(hypothesis);
      const stampNs = this.#sample?.stampNs ?? 0n;
      branch.modes.set(name, { kind: "held", grasped: { stampNs, gripper } });
      const { position, rotation } = invertPose(gripper);
      branch.belief.transform(slot, matrixOf(rotation), position);
      // The three coordinates one after the other are one update with a diagonal noise.
      for (const axis of [0, 1, 2] as const) {
        const form = { indices: [slot + axis], values: [1] };
        const residual = this.#robot.graspPointM[axis] - (branch.belief.mean[slot + axis] ?? 0);
        see(branch, form, residual, GRASP_SIGMA_M);
      }
      branch.logWeight += Math.log(odds);
      return [branch];
    });
    return [other, ...held];
  }

  /** Of what is held, all directions in which things may lie that were given by distance. */
  #unfold(): void {
    for (const name of this.#layout.slots.keys()) {
      this.#hypotheses = this.#hypotheses.flatMap((hypothesis) => {
        const mode = hypothesis.modes.get(name);
        if (mode?.kind !== "around") return [hypothesis];
        if (hypothesis.modes.get(mode.partner)?.kind !== "held") return [hypothesis];
        const sample = this.#sample;
        const gripper = sample?.poses.get(this.#robot.gripperFrame);
        const from = sample && gripper && this.#place(hypothesis, mode.partner, gripper, sample);
        return from ? this.#around(hypothesis, name, from, undefined, mode.isLevel) : [hypothesis];
      });
    }
  }

  /** If values are to be smoothed, keeps where an object was until now. */
  #keep(hypothesis: Hypothesis, name: string, grasped?: Grasped): void {
    const kept = hypothesis.past.filter(({ object }) => object === name).length;
    const archive = this.#layout.archives.get(name)?.[kept];
    if (archive === undefined || !this.#sample) return;
    const slot = this.#slot(name);
    for (const i of [0, 1, 2, 3]) {
      hypothesis.belief.assign(archive + i, { indices: [slot + i], values: [1] }, 0, 0);
    }
    const untilNs = this.#sample.stampNs;
    hypothesis.past = [
      ...hypothesis.past,
      { object: name, untilNs, slot: archive, ...(grasped && { grasped }) },
    ];
  }

  /** Answers have contradicted an object's position for a while: it may be anywhere near. */
  #lose(name: string): void {
    for (const hypothesis of this.#hypotheses) {
      const mode = hypothesis.modes.get(name);
      const slot = this.#slot(name);
      if (mode?.kind === "around") hypothesis.belief.widen(slot, MOVED_M);
      if (mode?.kind !== "rest") continue;
      this.#keep(hypothesis, name);
      for (const axis of [0, 1]) hypothesis.belief.widen(slot + axis, MOVED_M);
      hypothesis.belief.widen(slot + 2, MOVED_UP_M);
    }
  }

  #release(hypothesis: Hypothesis, gripper: Pose): Hypothesis[] {
    const held = [...hypothesis.modes].find(([, mode]) => mode.kind === "held");
    if (!held) return [hypothesis];
    const [name, mode] = held;
    const slot = this.#slot(name);
    const stays = copyOf(hypothesis);
    if (mode.kind === "held") this.#keep(stays, name, mode.grasped);
    stays.modes.set(name, { kind: "rest" });
    stays.belief.transform(slot, matrixOf(gripper.rotation), gripper.position);
    for (const axis of [0, 1, 2]) stays.belief.widen(slot + axis, SETTLE_M);
    const on = mode.kind === "held" ? this.#putOn(stays, name, gripper, mode.grasped) : [];
    const heightM = (stays.belief.mean[slot + 2] ?? 0) - (stays.belief.mean[slot + 3] ?? 0);
    if (heightM < 0.02) return [stays, ...on];
    // It may have been put on something, or have fallen to the support.
    const falls = copyOf(stays);
    falls.belief.assign(slot + 2, { indices: [slot + 3], values: [1] }, 0.003, 0.01);
    for (const axis of [0, 1]) falls.belief.widen(slot + axis, 0.25 * heightM);
    falls.logWeight += Math.log(0.7);
    stays.logWeight += Math.log(0.3);
    return [stays, falls, ...on];
  }

  /**
   * What is released a little higher than it was picked up may stand on something, such as another
   * object of the task: it is over that, then. How much higher is known exactly, from TF.
   */
  #putOn(stays: Hypothesis, name: string, gripper: Pose, grasped: Grasped): Hypothesis[] {
    const stepM = gripper.position[2] - grasped.gripper.position[2];
    if (stepM < STEP.leastM || stepM > STEP.mostM) return [];
    const slot = this.#slot(name);
    return [...this.#layout.slots].flatMap(([other, under]) => {
      if (other === name || stays.modes.get(other)?.kind !== "rest") return [];
      const on = copyOf(stays);
      on.logWeight += Math.log(STEP.share / (1 - STEP.share));
      for (const axis of [0, 1]) {
        const form = { indices: [under + axis, slot + axis], values: [1, -1] };
        const { mean } = on.belief;
        const residual = (mean[slot + axis] ?? 0) - (mean[under + axis] ?? 0);
        meet(on, form, residual, STEP.sigmaM, STEP.regionM);
      }
      return [on];
    });
  }

  #slot(name: string): number {
    return this.#layout.slots.get(name) ?? 0;
  }
}

/** The direction across the line from the gripper in which an object is too uncertain, if any. */
function acrossOf(
  { belief, modes }: Hypothesis,
  name: string,
  slot: number,
  gripper: Pose,
): LinearForm | undefined {
  if (modes.get(name)?.kind !== "rest") return undefined;
  const [x, y, z] = vectorAt(belief, slot);
  const line: Vec3 = [x - gripper.position[0], y - gripper.position[1], z - gripper.position[2]];
  const lengthM = Math.hypot(...line);
  const level: Vec3 = unit([line[1], -line[0], 0]) ?? [1, 0, 0];
  const steep = unit(cross(line, level)) ?? [0, 1, 0];
  const indices = [slot, slot + 1, slot + 2];
  const [first, second] = [level, steep].map((values) => ({ indices, values }));
  if (!first || !second) return undefined;
  const [a, b] = [belief.variance(first), belief.variance(second)];
  const limitM = Math.max(BENT * lengthM, BENT_M);
  if (Math.max(a, b) < limitM ** 2) return undefined;
  return a > b ? first : second;
}

/** Standard deviation of what neighbouring answers have in common, on the stable scale. */
function commonError({ prior }: SaidModel, isCorrelated: boolean): number {
  return isCorrelated ? ALIKE_SHARE * prior.noise[0] : prior.distinctError;
}

/** A distance that was said, drawn to those at which things usually are. */
function likelyFirst(lengthM: number, sigmaM: number): { lengthM: number; sigmaM: number } {
  const sigma = sigmaM / lengthM;
  const share = sigma ** 2 / (sigma ** 2 + FIRST_DISTANCE.sigma ** 2);
  const mean = Math.exp((1 - share) * Math.log(lengthM) + share * FIRST_DISTANCE.mean);
  return { lengthM: mean, sigmaM: mean * sigma * Math.sqrt(1 - share) };
}

function vectorAt({ mean }: Gaussian, at: number): Vec3 {
  return [mean[at] ?? 0, mean[at + 1] ?? 0, mean[at + 2] ?? 0];
}

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Row-major. */
function matrixOf(rotation: Quaternion): number[] {
  const columns = AXES.map((axis) => rotate(rotation, axis));
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row] ?? 0));
}

/** Of two coordinates of a place in the fixed frame, m²: by var(a + b) = var a + 2 cov + var b. */
function covariance(belief: Gaussian, place: Place, row: number, column: number): number {
  const axis = (i: number): Vec3 => [i === 0 ? 1 : 0, i === 1 ? 1 : 0, i === 2 ? 1 : 0];
  const along = (direction: Vec3) => belief.variance(formAlong(place, direction, 1));
  if (row === column) return along(axis(row));
  const [a, b] = [axis(row), axis(column)];
  const both: Vec3 = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  return (along(both) - along(a) - along(b)) / 2;
}
