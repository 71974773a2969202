import { distanceBetween, type Vec3 } from "../base/index.js";
import { invertPose, rotate, transformPoint } from "../camera/index.js";
import type { GraspEvent } from "./GraspEvent.js";
import type { RobotTrack, TrackPoint } from "./RobotTrack.js";

/** A time in which it is known where an object was: at a place, or in the gripper. */
export interface Stretch {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Its centre in the fixed frame; undefined while it is held. */
  readonly restM?: Vec3;
  readonly sigmaM: number;
}

/** What the grasps of one object show about where it was. */
export interface ObjectHistory {
  /** In order of time; between them its place is not known. */
  readonly stretches: readonly Stretch[];
  /** Why the place is not known, from a time on until the next stretch. */
  readonly doubts: readonly { readonly fromNs: bigint; readonly reason: string }[];
}

/** Two places that differ by more are two places, m. */
const SAME_PLACE_M = 0.03;
/** Time until a dropped object lies still again, s. */
const SETTLED_NS = 1_000_000_000n;
/** A final approach that wanders more than this many times its reach may have pushed the object. */
const WANDERING = 2.5;

/** What of the gripper's size and openings matters for what it can have touched. */
export interface GripperSize {
  /** Nearer than this to an object, the gripper can touch it, m. */
  readonly reachM: number;
  /** How far the gripper's way out may be from its way in, m. */
  readonly corridorM: number;
  /** Opening below which the fingers cannot be around the object that they hold at `opening`. */
  readonly isNarrower: (opening: number, than: number) => boolean;
}

/** Follows one object through its grasps, in order of time. */
export function followObject(
  events: readonly GraspEvent[],
  track: RobotTrack,
  size: GripperSize,
  graspPointM: Vec3,
): ObjectHistory {
  const stretches: Stretch[] = [];
  const doubts: { fromNs: bigint; reason: string }[] = [];
  const touch = (point: TrackPoint) => transformPoint(point.pose, graspPointM);
  let known: { readonly untilNs: bigint; readonly placeM?: Vec3 } | undefined;
  for (const [i, event] of events.entries()) {
    const startNs = known === undefined ? track.points[0]?.stampNs : known.untilNs;
    if (startNs === undefined) break;
    const placed = known?.placeM;
    if (placed && distanceBetween(placed, event.pointM) > SAME_PLACE_M) {
      const far = (100 * distanceBetween(placed, event.pointM)).toFixed(0);
      const last = stretches.pop();
      doubts.push({
        fromNs: last?.fromNs ?? startNs,
        reason: `it was grasped ${far} cm from where it had been released: it was moved in between`,
      });
    } else if (placed === undefined) {
      const { sinceNs, reason } = untouchedSince(event, startNs, track, size, touch);
      if (reason !== undefined) doubts.push({ fromNs: startNs, reason });
      stretches.push({
        fromNs: sinceNs,
        toNs: event.fromNs,
        restM: event.pointM,
        sigmaM: event.beforeSigmaM,
      });
    } else {
      const last = stretches.pop();
      if (last) stretches.push({ ...last, toNs: event.fromNs });
    }
    stretches.push({ fromNs: event.fromNs, toNs: event.toNs, sigmaM: event.sigmaM });

    const nextNs = events[i + 1]?.fromNs;
    if (event.end !== "placed") {
      const reason = event.endWhy ?? "the gripper's fingers are unknown after that";
      doubts.push({ fromNs: event.toNs, reason });
      known = { untilNs: event.toNs + SETTLED_NS };
      continue;
    }
    const after = untouchedUntil(event, nextNs, track, size, touch);
    if (after.reason !== undefined) doubts.push({ fromNs: after.untilNs, reason: after.reason });
    stretches.push({
      fromNs: event.toNs,
      toNs: after.untilNs,
      restM: event.releasePointM,
      sigmaM: event.sigmaM,
    });
    known =
      after.reason === undefined
        ? { untilNs: after.untilNs, placeM: event.releasePointM }
        : { untilNs: after.untilNs };
  }
  return { stretches, doubts };
}

/** Since when, before a grasp, the gripper cannot have moved the object. */
function untouchedSince(
  event: GraspEvent,
  startNs: bigint,
  track: RobotTrack,
  { reachM, isNarrower }: GripperSize,
  touch: (point: TrackPoint) => Vec3,
): { readonly sinceNs: bigint; readonly reason?: string } {
  const grasp = track.points[track.indexOf(event.fromNs)];
  if (!grasp) return { sinceNs: event.fromNs };
  const held = grasp.opening;
  let i = track.indexOf(event.closingNs);
  let pathM = 0;
  let isInside = true;
  for (; i >= 0; i--) {
    const point = track.points[i];
    if (!point || point.stampNs < startNs) return { sinceNs: startNs };
    const next = track.points[i + 1];
    if (point.part !== grasp.part) {
      const reason = "TF jumped or stopped between that time and the grasp";
      return { sinceNs: next?.stampNs ?? event.fromNs, reason };
    }
    const distanceM = distanceBetween(touch(point), event.pointM);
    if (isInside && distanceM > reachM) isInside = false;
    else if (!isInside && distanceM < reachM) {
      const reason = `the gripper passed ${cm(distanceM)} from it at ${point.timeS.toFixed(1)} s and may have moved it`;
      return { sinceNs: next?.stampNs ?? event.fromNs, reason };
    }
    if (!isInside) continue;
    if (next) pathM += distanceBetween(touch(point), touch(next));
    if (pathM > WANDERING * reachM) {
      const reason = `the gripper moved near it before grasping it, and may have pushed it`;
      return { sinceNs: next?.stampNs ?? event.fromNs, reason };
    }
    const isShut = held !== undefined && point.opening !== undefined;
    if (isShut && distanceM < reachM / 3 && isNarrower(point.opening, held)) {
      const reason = `the gripper was at its position at ${point.timeS.toFixed(1)} s with an opening smaller than its width: it was pushed there`;
      return { sinceNs: next?.stampNs ?? event.fromNs, reason };
    }
  }
  return { sinceNs: startNs };
}

/** Until when, after it was let go, the gripper cannot have moved the object again. */
function untouchedUntil(
  event: GraspEvent,
  nextNs: bigint | undefined,
  track: RobotTrack,
  { reachM, corridorM }: GripperSize,
  touch: (point: TrackPoint) => Vec3,
): { readonly untilNs: bigint; readonly reason?: string } {
  const from = track.points[track.indexOf(event.fromNs)];
  const begin = track.indexOf(event.toNs);
  const release = track.points[begin];
  const endNs = track.points.at(-1)?.stampNs ?? event.toNs;
  if (!from || !release) return { untilNs: endNs };
  const wayIn = waysOf(track.points.slice(0, track.indexOf(event.fromNs) + 1), from, reachM);
  let isInside = true;
  let last = release;
  for (let i = begin; i < track.points.length; i++) {
    const point = track.points[i];
    if (!point) break;
    if (nextNs !== undefined && point.stampNs >= nextNs) return { untilNs: nextNs };
    if (point.part !== release.part) {
      return { untilNs: last.stampNs, reason: "TF jumped or stopped after it was released" };
    }
    const distanceM = distanceBetween(touch(point), event.releasePointM);
    if (isInside && distanceM > reachM) isInside = false;
    else if (!isInside && distanceM < reachM) {
      // On the way to the next grasp of the same object, that grasp shows where it was.
      if (nextNs !== undefined) return { untilNs: nextNs };
      const reason = `the gripper came back to ${cm(distanceM)} from it at ${point.timeS.toFixed(1)} s and may have moved it`;
      return { untilNs: last.stampNs, reason };
    }
    if (isInside && distanceM > corridorM) {
      const [way] = waysOf([point], release, Number.POSITIVE_INFINITY);
      const offM = Math.min(...wayIn.map((each) => (way ? distanceBetween(way, each) : 0)));
      if (offM > corridorM) {
        const reason =
          "the gripper moved back on a different path than it came, and may have moved it";
        return { untilNs: last.stampNs, reason };
      }
    }
    last = point;
  }
  return { untilNs: endNs };
}

/** Where the gripper was, in its own frame at the given moment; only what is within reach. */
function waysOf(points: readonly TrackPoint[], at: TrackPoint, reachM: number): Vec3[] {
  const inverse = invertPose(at.pose);
  return points
    .filter(
      (point) =>
        point.part === at.part &&
        distanceBetween(point.pose.position, at.pose.position) < 1.5 * reachM,
    )
    .map((point) => transformPoint(inverse, point.pose.position));
}

function cm(metres: number): string {
  return `${(100 * metres).toFixed(0)} cm`;
}

/** Cosine of the angle by which a gripper has tilted from one moment to another. */
export function tilt(a: TrackPoint, b: TrackPoint): number {
  const up: Vec3 = rotate(invertPose(a.pose).rotation, [0, 0, 1]);
  return rotate(b.pose.rotation, up)[2];
}
