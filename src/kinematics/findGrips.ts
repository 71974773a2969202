import type { GripSpec } from "../task/index.js";
import type { RobotTrack, TrackPoint } from "./RobotTrack.js";

/** A time in which the fingers were stopped by something between them. */
export interface Grip {
  /** The fingers begin to close. */
  readonly closing: TrackPoint;
  /** They have stopped on it. */
  readonly from: TrackPoint;
  /** The last moment at which it is surely held. */
  readonly to: TrackPoint;
  /** How it ended: the fingers opened, closed further (it slipped out), or nothing more is known. */
  readonly end: "opened" | "closed" | "unknown";
  /** Between the fingers while they hold it: m, or rad; 0 where frames tell what is held. */
  readonly opening: number;
  /** The object that is held, where its frame tells. */
  readonly object?: string;
}

export interface Grips {
  readonly grips: readonly Grip[];
  /** What was seen but is not a grip, in words. */
  readonly notes: readonly string[];
}

/** Shares of the span of openings: the fingers are closing; they stand still; it was let go. */
const CLOSING = 0.08;
const STILL = 0.03;
const RELEASED = 0.06;
/** Nearer than this share of the span to the lowest opening is fully closed. */
const CLOSED = 0.05;
/** A gripper that closes to less than this share of its widest opening is closed, or holds a sheet. */
const NEARLY_CLOSED = 0.15;
/** For so long the fingers stand still before they count as stopped. */
const STALL_S = 0.15;
/** Longer without joints, and what the fingers did meanwhile is not known. */
const LONGEST_GAP_S = 0.5;
/** Openings that vary less over an episode are not informative, m or rad. */
const LEAST_SPAN = 0.004;

type Opened = TrackPoint & { readonly opening: number };

/**
 * Finds when the gripper held something: its fingers were closing and stopped before they were
 * closed. Thresholds that the task does not give are learnt from the openings of the episode.
 */
export function findGrips(track: RobotTrack, grip: GripSpec): Grips {
  const notes: string[] = [];
  if (grip.attachable) return { grips: attachedGrips(track), notes };
  const points = track.points.filter((point): point is Opened => point.opening !== undefined);
  if (points.length === 0) return { grips: [], notes };
  const openings = points.map(({ opening }) => opening);
  const [low, high] = [Math.min(...openings), Math.max(...openings)];
  const closedBelow = grip.closedBelow ?? closedOf(low, high, track.hasLengths === true);
  const span = high - Math.min(low, closedBelow ?? low);
  if (high - low < LEAST_SPAN) {
    notes.push("the gripper's fingers never move in this recording");
    return { grips: [], notes };
  }
  const grips: Grip[] = [];
  let i = 0;
  while (i < points.length) {
    const stop = findStop(points, i, span);
    if (!stop) break;
    const { closing, from } = stop;
    i = from + 1;
    const [start, held] = [points[closing], points[from]];
    if (!start || !held) break;
    const at = `${held.timeS.toFixed(1)} s`;
    if (closedBelow === undefined && held.opening < low + CLOSED * span) {
      notes.push(
        `at ${at} the fingers stopped at ${shown(held.opening, track)}, the smallest opening of this ` +
          "recording: the task must say whether that is fully closed (closed_below or closed_above)",
      );
      continue;
    }
    if (closedBelow !== undefined && held.opening <= closedBelow) {
      notes.push(`at ${at} the gripper closed on nothing`);
      continue;
    }
    if (grip.openAbove !== undefined && held.opening >= grip.openAbove) continue;
    const { to, end, next } = findEnd(points, from, span, closedBelow);
    i = Math.max(next, i);
    const last = points[to];
    if (!last) break;
    if (end === "further") {
      // Objects do not get thinner: the fingers had stopped on nothing, as before an approach.
      continue;
    }
    grips.push({ closing: start, from: held, to: last, end, opening: held.opening });
  }
  return { grips, notes };
}

/** The times in which one object's frame is attached to the gripper's, within one part of the track. */
function attachedGrips({ points }: RobotTrack): Grip[] {
  const grips: Grip[] = [];
  let from: TrackPoint | undefined;
  for (const [i, point] of points.entries()) {
    const next = points[i + 1];
    if (point.attached === undefined) continue;
    from ??= point;
    if (next?.attached === point.attached && next.part === point.part) continue;
    const end = next === undefined || next.part !== point.part ? "unknown" : "opened";
    grips.push({ closing: from, from, to: point, end, opening: 0, object: point.attached });
    from = undefined;
  }
  return grips;
}

/** The opening up to which the gripper is fully closed, according to the episode. */
function closedOf(low: number, high: number, hasLengths: boolean): number | undefined {
  if (!hasLengths || low < 0) return undefined;
  const lowest = low < NEARLY_CLOSED * high ? low : 0;
  return lowest + CLOSED * (high - lowest);
}

/** The next time that the fingers close and stop; indices of the points. */
function findStop(
  points: readonly Opened[],
  begin: number,
  span: number,
): { readonly closing: number; readonly from: number } | undefined {
  let peak = begin;
  for (let i = begin; i < points.length; i++) {
    const point = points[i];
    const top = points[peak];
    if (!point || !top) return undefined;
    const gapS = point.timeS - (points[i - 1]?.timeS ?? point.timeS);
    if (gapS > LONGEST_GAP_S || point.opening >= top.opening) peak = i;
    if (top.opening - point.opening < CLOSING * span || !standsStill(points, i, span)) continue;
    let closing = i;
    while (closing > peak && (points[closing]?.opening ?? 0) < top.opening - STILL * span)
      closing--;
    return { closing, from: i };
  }
  return undefined;
}

function standsStill(points: readonly Opened[], index: number, span: number): boolean {
  const start = points[index];
  if (!start) return false;
  for (let i = index; i < points.length; i++) {
    const point = points[i];
    if (!point) return false;
    if (Math.abs(point.opening - start.opening) > 0.5 * STILL * span) return false;
    if (point.timeS - start.timeS >= STALL_S) return true;
  }
  return false;
}

/** How a grip continues; `next`: where to look for the next one. */
function findEnd(
  points: readonly Opened[],
  from: number,
  span: number,
  closedBelow: number | undefined,
): { readonly to: number; readonly end: Grip["end"] | "further"; readonly next: number } {
  const held = points[from]?.opening ?? 0;
  let quiet = from;
  for (let i = from + 1; i < points.length; i++) {
    const [before, point] = [points[i - 1], points[i]];
    if (!before || !point) break;
    if (point.timeS - before.timeS > LONGEST_GAP_S) return { to: quiet, end: "unknown", next: i };
    if (point.opening - held > RELEASED * span) return { to: quiet, end: "opened", next: i };
    if (closedBelow !== undefined && point.opening <= closedBelow) {
      return { to: quiet, end: "closed", next: i };
    }
    if (held - point.opening > 2 * RELEASED * span && standsStill(points, i, span)) {
      return { to: quiet, end: "further", next: from + 1 };
    }
    if (Math.abs(point.opening - held) <= STILL * span) quiet = i;
  }
  return { to: quiet, end: "unknown", next: points.length };
}

function shown(opening: number, { hasLengths }: RobotTrack): string {
  return hasLengths ? `${(100 * opening).toFixed(1)} cm` : `${opening.toFixed(2)} rad`;
}
