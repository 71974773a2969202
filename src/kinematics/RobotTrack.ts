import { bisector } from "d3-array";
import { distanceBetween, secondsOf } from "../base/index.js";
import { interpolatePoses, type KinematicSample, type Pose } from "../camera/index.js";
import type { RobotSpec } from "../task/index.js";
import { openingReader } from "./openingOf.js";

/** The gripper at one time. */
export interface TrackPoint {
  readonly stampNs: bigint;
  /** Seconds from the track's first point. */
  readonly timeS: number;
  /** Of the gripper's frame in the fixed frame. */
  readonly pose: Pose;
  /** Undefined if the joints are not known at that time. */
  readonly opening: number | undefined;
  /** Name of the object whose frame is attached to the gripper's, if transforms tell of one. */
  readonly attached?: string;
  /** Points of one part follow each other without a jump or a gap. */
  readonly part: number;
}

/** Faster than any gripper moves, m/s. */
const TOP_SPEED = 5;
/** A jump of TF is at least this far, m. */
const LEAST_JUMP_M = 0.05;
/** A part that is shorter than this, between two that fit each other, is a glitch. */
const GLITCH_S = 0.3;
/** Longer without transforms, and what the gripper did meanwhile is not known. */
const LONGEST_GAP_S = 0.5;

const BY_STAMP = bisector(({ stampNs }: TrackPoint) => stampNs);

/** What the robot's own TF and joints show about its gripper over one episode, in order of time. */
export class RobotTrack {
  readonly points: readonly TrackPoint[];
  /** What is wrong with the track, in words. */
  readonly notes: readonly string[];
  /** Whether openings are metres; else rad. Undefined: no opening is known. */
  readonly hasLengths: boolean | undefined;
  /** Joint positions are openings, or openings with the sign turned. */
  readonly sign: 1 | -1;
  readonly #samples: ReadonlyMap<bigint, KinematicSample>;

  private constructor(
    points: readonly TrackPoint[],
    notes: readonly string[],
    { isLength, sign }: { readonly isLength?: boolean; readonly sign?: 1 | -1 },
    samples: readonly KinematicSample[],
  ) {
    this.points = points;
    this.notes = notes;
    this.hasLengths = isLength;
    this.sign = sign ?? 1;
    this.#samples = new Map(samples.map((sample) => [sample.stampNs, sample]));
  }

  /** @param given in any order; of equal stamps the first counts */
  static of(robot: RobotSpec, given: readonly KinematicSample[]): RobotTrack {
    const notes: string[] = [];
    const samples = [...new Map(given.toReversed().map((each) => [each.stampNs, each])).values()];
    samples.sort((a, b) => (a.stampNs < b.stampNs ? -1 : a.stampNs > b.stampNs ? 1 : 0));
    const { attachable } = robot.grip;
    const reader = attachable ? NO_JOINTS : openingReader(robot.grip, largestOf(samples));
    if ("reason" in reader && !attachable) notes.push(reader.reason);
    const attachment = new Attachment(attachable);
    const read = "reason" in reader ? () => undefined : reader.read;

    const firstNs = samples[0]?.stampNs ?? 0n;
    const raw = samples.flatMap((sample): Raw[] => {
      const { stampNs, poses, joints } = sample;
      const attached = attachment.at(sample);
      const pose = poses.get(robot.gripperFrame);
      if (pose === undefined) return [];
      const timeS = secondsOf(stampNs - firstNs);
      return [{ stampNs, timeS, pose, opening: read(joints), ...(attached && { attached }) }];
    });
    if (raw.length === 0) {
      const why = samples.findLast(({ missing }) => missing?.has(robot.gripperFrame));
      const reason = why?.missing?.get(robot.gripperFrame) ?? "no transforms were recorded";
      notes.push(`the gripper's frame "${robot.gripperFrame}" is unknown: ${reason}`);
    }
    const { points, faults } = inParts(raw, robot.gripperFrame);
    const grip = "reason" in reader ? {} : reader;
    return new RobotTrack(points, [...notes, ...faults], grip, samples);
  }

  /** The last known opening and pose of the gripper, between points too; undefined in gaps. */
  gripperAt(stampNs: bigint): TrackPoint | undefined {
    const after = this.points[this.indexOf(stampNs)];
    if (after?.stampNs === stampNs) return after;
    const before = this.points[this.indexOf(stampNs) - 1];
    if (!after || !before || after.part !== before.part) return undefined;
    const ratio = Number(stampNs - before.stampNs) / Number(after.stampNs - before.stampNs);
    const pose = interpolatePoses(before.pose, after.pose, ratio);
    const timeS = before.timeS + ratio * (after.timeS - before.timeS);
    return { stampNs, timeS, pose, opening: before.opening, part: before.part };
  }

  /** Index of the first point that is not before the stamp. */
  indexOf(stampNs: bigint): number {
    return BY_STAMP.left(this.points, stampNs);
  }

  /** Where another frame of the robot (a camera's) was in the fixed frame, at a sample's stamp. */
  frameAt(frame: string, stampNs: bigint): Pose | undefined {
    return this.#samples.get(stampNs)?.poses.get(frame);
  }
}

const NO_JOINTS = { reason: "the frames of the objects tell what is held" } as const;

/** Follows which object's frame is attached: what a sample does not tell is as before. */
class Attachment {
  readonly #attachable: ReadonlyMap<string, string>;
  #held: string | undefined;

  constructor(attachable: ReadonlyMap<string, string> = new Map()) {
    this.#attachable = attachable;
  }

  at({ attached }: KinematicSample): string | undefined {
    if (this.#held !== undefined && attached?.get(this.#frameOf(this.#held)) === false) {
      this.#held = undefined;
    }
    this.#held ??= [...this.#attachable.keys()].find(
      (name) => attached?.get(this.#frameOf(name)) === true,
    );
    return this.#held;
  }

  #frameOf(name: string): string {
    return this.#attachable.get(name) ?? "";
  }
}

function largestOf(samples: readonly KinematicSample[]): ReadonlyMap<string, number> {
  const largest = new Map<string, number>();
  for (const { joints } of samples) {
    for (const [name, position] of joints) {
      largest.set(name, Math.max(largest.get(name) ?? 0, Math.abs(position)));
    }
  }
  return largest;
}

type Raw = Omit<TrackPoint, "part">;

/** Splits at jumps and gaps; a glitch between two parts that fit each other is left out. */
function inParts(
  raw: readonly Raw[],
  frame: string,
): { readonly points: TrackPoint[]; readonly faults: string[] } {
  const faults: string[] = [];
  const parts: Raw[][] = [];
  for (const point of raw) {
    const part = parts.at(-1);
    const last = part?.at(-1);
    if (part && last && follows(last, point)) part.push(point);
    else parts.push([point]);
  }
  const kept: Raw[][] = [];
  for (const [i, part] of parts.entries()) {
    const before = kept.at(-1);
    const beforeLast = before?.at(-1);
    const next = parts[i + 1]?.[0];
    const isShort = durationOf(part) < GLITCH_S;
    if (beforeLast && next && isShort && follows(beforeLast, next)) {
      faults.push(`${frame}: TF jumped away for ${part.length} samples at ${at(part[0])}`);
      continue;
    }
    const first = part[0];
    if (before && beforeLast && first && follows(beforeLast, first)) {
      before.push(...part);
      continue;
    }
    if (beforeLast && first) {
      const gapS = first.timeS - beforeLast.timeS;
      const far = distanceBetween(beforeLast.pose.position, first.pose.position);
      faults.push(
        gapS > LONGEST_GAP_S
          ? `${frame}: no TF for ${gapS.toFixed(1)} s from ${at(beforeLast)}`
          : `${frame}: TF jumped by ${far.toFixed(2)} m at ${at(first)}`,
      );
    }
    kept.push([...part]);
  }
  const points = kept.flatMap((part, index) => part.map((point) => ({ ...point, part: index })));
  return { points, faults };
}

function follows(a: Raw, b: Raw): boolean {
  const gapS = b.timeS - a.timeS;
  if (gapS > LONGEST_GAP_S) return false;
  const far = distanceBetween(a.pose.position, b.pose.position);
  return far <= LEAST_JUMP_M || far <= TOP_SPEED * gapS;
}

function durationOf(part: readonly Raw[]): number {
  return (part.at(-1)?.timeS ?? 0) - (part[0]?.timeS ?? 0);
}

function at(point: Raw | undefined): string {
  return `${(point?.timeS ?? 0).toFixed(1)} s`;
}
