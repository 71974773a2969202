import { addScaled, type Vec3 } from "../base/index.js";
import {
  type CameraFrame,
  invertPose,
  type KinematicSample,
  type Pose,
  rotate,
  transformPoint,
} from "../camera/index.js";
import { kindInfo } from "../language/index.js";
import type { Measurement, RobotSpec, Task } from "../task/index.js";
import { betweenCentres, lead } from "./betweenCentres.js";
import { findGrips, type Grip } from "./findGrips.js";
import type { GraspEvent, Said } from "./GraspEvent.js";
import { type Identity, identify } from "./identify.js";
import {
  followObject,
  type GripperSize,
  type ObjectHistory,
  type Stretch,
  tilt,
} from "./ObjectHistory.js";
import { RobotTrack, type TrackPoint } from "./RobotTrack.js";

/** What kinematics prove of a measurement at an image, or why they do not. */
export type KinematicValue =
  | {
      readonly known: true;
      /** Metres, or 1/0 as `MeasuredValue.value` counts them. */
      readonly value: number;
      /** Standard deviation, m; 0 for yes/no and choices. */
      readonly sigma: number;
      readonly reason?: never;
    }
  | { readonly known: false; readonly reason: string };

/** The centre of an object in the fixed frame at one time. */
interface Place {
  readonly centreM: Vec3;
  readonly sigmaM: number;
}

type Found = Place | { readonly reason: string };

/**
 * How well a held object's centre is known: where in the fingers it sits, and the arm's own error.
 */
const HELD_SIGMA_M = 0.01;
/** Where the fingers' openings are angles: how far they may have moved an object between them. */
const UNKNOWN_SHIFT_M = 0.015;
/** It can rest where it is let go this much higher or lower than it stood, m. */
const SAME_HEIGHT_M = 0.02;
/** Faster than this it is thrown, m/s. */
const MOVING = 0.05;
/** Cosine of 20°: more tilted, an object falls over, and its lowest point is another. */
const UPRIGHT = 0.94;
/** Reach of a gripper whose openings are angles, m. */
const UNKNOWN_REACH_M = 0.1;
const UP: Vec3 = [0, 0, 1];

/**
 * What follows from the robot's own motion in hindsight: an object in the gripper is at the grasp
 * point, before it was first touched it has not moved, and after it was let go it rests there. From
 * TF of the gripper and joints alone, over one whole episode. The z axis of the fixed frame is up
 * (REP 103).
 */
export class KinematicTruth {
  readonly grasps: readonly GraspEvent[];
  /** What is not known and why, and what was taken for granted, in words. */
  readonly notes: readonly string[];
  readonly #task: Task;
  readonly #robot: RobotSpec;
  readonly #track: RobotTrack;
  readonly #histories: ReadonlyMap<string, ObjectHistory>;

  private constructor(
    task: Task,
    robot: RobotSpec,
    track: RobotTrack,
    grasps: readonly GraspEvent[],
    notes: readonly string[],
  ) {
    this.#task = task;
    this.#robot = robot;
    this.#track = track;
    this.grasps = grasps;
    this.notes = notes;
    const size = sizeOf(track, grasps);
    const names = new Set(grasps.flatMap(({ object }) => object ?? []));
    this.#histories = new Map(
      [...names].map((name) => {
        const own = grasps.filter(({ object }) => object === name);
        return [name, followObject(own, track, size, robot.graspPointM)];
      }),
    );
  }

  /**
   * @param samples of all frames of one episode, in any order
   * @param says what a model said of distances from the gripper: it can show that another object
   *   was grasped. Its size does not matter, only whether it falls and rises.
   * @returns undefined if the task names no gripper
   */
  static of(
    task: Task,
    samples: readonly KinematicSample[],
    says: readonly Said[] = [],
  ): KinematicTruth | undefined {
    const { robot } = task;
    if (!robot) return undefined;
    const track = RobotTrack.of(robot, samples);
    const { grips, notes } = findGrips(track, robot.grip);
    const identities = identify(grips, track, task, robot, says);
    const grasps = grips.map((grip, i) => eventOf(grip, identities[i] ?? {}, track, robot));
    const all = [
      ...track.notes,
      ...notes,
      ...grasps.flatMap((grasp) => notesOf(grasp, task, track)),
    ];
    if (grips.length === 0 && track.points.length > 0) all.push("nothing was grasped");
    return new KinematicTruth(task, robot, track, grasps, all);
  }

  /** The value of a measurement of the task at an image. */
  valueAt(
    { kind, subject, object }: Pick<Measurement, "kind" | "subject" | "object">,
    { stampNs, frameId }: Pick<CameraFrame, "stampNs" | "frameId">,
  ): KinematicValue {
    const { shape } = kindInfo(kind);
    if (kind === "elevation") return this.#elevationOf(subject.name, stampNs);
    if (object === undefined) return unknown(`${kind} depends on the object's shape`);
    const [a, b] = [this.placeOf(subject.name, stampNs), this.placeOf(object.name, stampNs)];
    if ("reason" in a) return unknown(a.reason);
    if ("reason" in b) return unknown(b.reason);
    const sigma = Math.hypot(a.sigmaM, b.sigmaM);
    const camera = this.#track.frameAt(frameId, stampNs);
    const seen = (point: Vec3) => (camera ? transformPoint(invertPose(camera), point) : point);
    const up = camera ? rotate(invertPose(camera).rotation, UP) : UP;
    const [from, to] = [seen(a.centreM), seen(b.centreM)];
    const value = betweenCentres(kind, from, to, up, camera ? "camera" : "anywhere");
    if (value === undefined) {
      const why = camera ? "depends on the objects' shapes" : `needs TF of ${frameId}`;
      return unknown(`${kind} ${why}`);
    }
    if (shape === "quantity") return { known: true, value, sigma };
    const [relation] = kindInfo(kind).relations;
    const ahead = relation === undefined ? 0 : Math.abs(lead(relation, from, to, up) ?? 0);
    if (ahead < 2 * sigma) return unknown("the difference is too small to decide");
    return { known: true, value, sigma: 0 };
  }

  /**
   * The centre of one of the task's objects in the fixed frame at a stamp, or why it is unknown.
   */
  placeOf(name: string, stampNs: bigint): Found {
    const { gripper, tracked } = this.#robot;
    if (name === gripper.name) {
      const at = this.#track.gripperAt(stampNs);
      return at ? { centreM: at.pose.position, sigmaM: 0 } : { reason: this.#noGripper() };
    }
    if (tracked.includes(name)) {
      const frame = this.#task.objects.get(name)?.frame ?? "";
      const pose = this.#track.frameAt(frame, stampNs);
      return pose
        ? { centreM: pose.position, sigmaM: 0 }
        : { reason: `no TF of the tracked "${frame}"` };
    }
    const stretch = this.#stretchOf(name, stampNs);
    if ("reason" in stretch) return stretch;
    if (stretch.restM) return { centreM: stretch.restM, sigmaM: stretch.sigmaM };
    const at = this.#track.gripperAt(stampNs);
    if (!at) return { reason: this.#noGripper() };
    const centreM = transformPoint(at.pose, this.#robot.graspPointM);
    return { centreM, sigmaM: stretch.sigmaM };
  }

  #elevationOf(name: string, stampNs: bigint): KinematicValue {
    const place = this.placeOf(name, stampNs);
    if ("reason" in place) return unknown(place.reason);
    const first = this.grasps.find(({ object }) => object === name);
    if (!first) return unknown("it was never grasped");
    const stretch = this.#stretchOf(name, stampNs);
    const [from, now] = [this.#track.gripperAt(first.fromNs), this.#track.gripperAt(stampNs)];
    const isHeld = !("reason" in stretch) && stretch.restM === undefined;
    if (isHeld && from && now && tilt(from, now) < UPRIGHT) {
      return unknown("it is tilted, so its lowest point is unknown");
    }
    // Before its first grasp it stood on the support.
    const value = Math.max(0, place.centreM[2] - first.pointM[2]);
    return { known: true, value, sigma: HELD_SIGMA_M };
  }

  #stretchOf(name: string, stampNs: bigint): Stretch | { readonly reason: string } {
    const history = this.#histories.get(name);
    const phrase = this.#task.objects.get(name)?.phrase ?? name;
    if (!history) {
      const why = this.grasps.find((grasp) => grasp.object === undefined)?.why;
      return { reason: why ?? `${phrase} was not grasped in this recording` };
    }
    // Of two that meet at a stamp, the later one: held rather than about to be.
    const found = history.stretches.findLast(
      ({ fromNs, toNs }) => stampNs >= fromNs && stampNs <= toNs,
    );
    if (found) return found;
    const doubt = history.doubts.findLast(({ fromNs }) => fromNs <= stampNs);
    return { reason: `${phrase}: ${doubt?.reason ?? "its position is unknown at that time"}` };
  }

  #noGripper(): string {
    return `no TF of "${this.#robot.gripperFrame}" at that time`;
  }
}

function unknown(reason: string): KinematicValue {
  return { known: false, reason };
}

function eventOf(grip: Grip, identity: Identity, track: RobotTrack, robot: RobotSpec): GraspEvent {
  const point = (pose: Pose) => transformPoint(pose, robot.graspPointM);
  const [pointM, releasePointM] = [point(grip.from.pose), point(grip.to.pose)];
  const dropped = droppedHow(grip, pointM, releasePointM, track);
  const play = ((grip.closing.opening ?? grip.opening) - grip.opening) / 2;
  const shiftM = track.hasLengths ? play / Math.sqrt(3) : UNKNOWN_SHIFT_M;
  return {
    ...identity,
    closingNs: grip.closing.stampNs,
    fromNs: grip.from.stampNs,
    toNs: grip.to.stampNs,
    end: grip.end === "unknown" ? "unknown" : dropped === undefined ? "placed" : "dropped",
    ...(grip.end !== "unknown" && dropped !== undefined && { endWhy: dropped }),
    pointM,
    releasePointM,
    sigmaM: HELD_SIGMA_M,
    beforeSigmaM: Math.hypot(HELD_SIGMA_M, shiftM),
  };
}

/** Why an object does not rest where it was released; undefined if it does. */
function droppedHow(
  grip: Grip,
  pointM: Vec3,
  releaseM: Vec3,
  track: RobotTrack,
): string | undefined {
  if (grip.end === "closed") return "it slipped out of the fingers, which closed fully";
  const rise = releaseM[2] - pointM[2];
  if (Math.abs(rise) > SAME_HEIGHT_M) {
    const way = rise > 0 ? "higher" : "lower";
    const by = (100 * Math.abs(rise)).toFixed(0);
    return `it was released ${by} cm ${way} than it was picked up: its resting place, or who took it, is unknown`;
  }
  if (tilt(grip.from, grip.to) < UPRIGHT) return "it was released tilted";
  if (speedAt(track, grip.to) > MOVING) return "it was released while the gripper moved";
  return undefined;
}

function speedAt(track: RobotTrack, point: TrackPoint): number {
  const index = track.indexOf(point.stampNs);
  const [before, after] = [track.points[Math.max(0, index - 2)], track.points[index + 1] ?? point];
  if (!before || after.timeS <= before.timeS) return 0;
  const way = addScaled(after.pose.position, before.pose.position, -1);
  return Math.hypot(...way) / (after.timeS - before.timeS);
}

function sizeOf(track: RobotTrack, grasps: readonly GraspEvent[]): GripperSize {
  const openings = track.points.flatMap(({ opening }) => opening ?? []);
  const widest = Math.max(0, ...openings);
  const isLength = track.hasLengths === true && grasps.length > 0;
  const span = widest - Math.min(widest, ...openings);
  return {
    reachM: isLength ? Math.max(0.06, widest + 0.02) : UNKNOWN_REACH_M,
    corridorM: isLength ? Math.max(0.02, widest / 2) : UNKNOWN_REACH_M / 2,
    isNarrower: (opening, than) => opening < than - 0.1 * span,
  };
}

function notesOf(grasp: GraspEvent, task: Task, track: RobotTrack): string[] {
  const at = `${(track.gripperAt(grasp.fromNs)?.timeS ?? 0).toFixed(1)} s`;
  if (grasp.object === undefined) return [`at ${at} something was grasped: ${grasp.why ?? ""}`];
  const phrase = task.objects.get(grasp.object)?.phrase ?? grasp.object;
  const by = {
    frame: "by its frame, which was attached to the gripper's",
    opening: "by the opening of its fingers",
    answers: "by the model's answers",
    order: "by the order of the stages, the only evidence",
  }[grasp.identifiedBy ?? "opening"];
  const end = grasp.endWhy === undefined ? [] : [`${phrase}: ${grasp.endWhy}`];
  return [`at ${at} the gripper grasped ${phrase}, ${by}`, ...end];
}
