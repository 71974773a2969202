import { distanceBetween } from "../base/index.js";
import type { Pose } from "../camera/index.js";
import { LEAST_TRACK } from "./bars.js";
import type { PathPoint } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import { cameraMotionM, HELD_M } from "./cameraMotionM.js";
import type { Look } from "./Evidence.js";
import { LEAST_TILT } from "./judgeTilt.js";

/** Heights that are so far apart are two, m. */
const APART_M = 0.02;
/** A camera that stands still sees few planes in turns: a table, the floor, the top of a box. */
const LEAST_HEIGHTS = 4;
/** A turn is so high, m. What somebody puts down before a camera, or takes away, comes and goes once. */
const TURN_M = 0.03;
const LEAST_TURNS = 2;
/** A camera that is fixed never moves so far by TF, m, but for a calibration that is corrected. */
const NOT_FIXED_M = 0.03;

/**
 * Transforms that have stopped: they are the same to the last bit, and depth shows the camera rise and sink
 * over the scene's main plane. Of a camera that never moved by TF, nothing is known: the arm may be before it.
 *
 * @param restPath where the support's frame was told to be
 */
export function judgeStopped(
  looks: readonly Look[],
  restPath: readonly PathPoint[],
): Contradiction | undefined {
  for (const { rest, same } of runsOf(looks)) {
    if (same.length < LEAST_TRACK || !hasMovedFrom(rest, restPath)) continue;
    const known = same.flatMap((look) =>
      look.climb && (look.tilt ?? Infinity) < LEAST_TILT
        ? [{ heightM: look.climb.shownM, look }]
        : [],
    );
    const heightsM = known.map(({ heightM }) => heightM);
    if (heightsIn(heightsM) < LEAST_HEIGHTS || turnsIn(heightsM) < LEAST_TURNS) continue;
    if (showsStillCamera(known)) continue;
    const movedM = Math.max(...heightsM) - Math.min(...heightsM);
    return { kind: "stopped", movedM, images: known.length };
  }
  return undefined;
}

interface Run {
  readonly rest: Pose;
  readonly same: Look[];
}

/** Looks in a row with the same transforms; of the newest episode, as things are known of no other. */
function runsOf(looks: readonly Look[]): readonly Run[] {
  const runs: Run[] = [];
  const newest = looks.at(-1)?.episode;
  const begins = 1 + looks.findLastIndex(({ episode }) => episode !== newest);
  for (const look of looks.slice(begins)) {
    const { rest } = look;
    const last = runs.at(-1);
    if (!rest) continue;
    if (last && isSamePose(last.rest, rest)) last.same.push(look);
    else runs.push({ rest, same: [look] });
  }
  return runs;
}

function isSamePose(a: Pose, b: Pose): boolean {
  return (
    a.position.every((value, i) => value === b.position[i]) &&
    a.rotation.every((value, i) => value === b.rotation[i])
  );
}

function hasMovedFrom(rest: Pose, restPath: readonly PathPoint[]): boolean {
  return restPath.some(({ pose }) => cameraMotionM(rest, pose) > NOT_FIXED_M);
}

/** How many there are that are apart from each other. */
function heightsIn(heightsM: readonly number[]): number {
  const apart: number[] = [];
  for (const heightM of heightsM) {
    if (apart.every((other) => Math.abs(other - heightM) > APART_M)) apart.push(heightM);
  }
  return apart.length;
}

/** How often it rises after it sank, or the other way round. */
function turnsIn(heightsM: readonly number[]): number {
  let [turns, way] = [0, 0];
  let [low, high] = [Infinity, -Infinity];
  for (const heightM of heightsM) {
    [low, high] = [Math.min(low, heightM), Math.max(high, heightM)];
    const now =
      heightM - low > TURN_M && way <= 0 ? 1 : high - heightM > TURN_M && way >= 0 ? -1 : 0;
    if (now === 0) continue;
    if (way !== 0) turns += 1;
    [way, low, high] = [now, heightM, heightM];
  }
  return turns;
}

interface Known {
  readonly heightM: number;
  readonly look: Look;
}

/** Whether a thing stays where it is while the plane becomes another one; but what the gripper may hold. */
function showsStillCamera(known: readonly Known[]): boolean {
  return known.some(({ heightM, look }, i) =>
    known
      .slice(i + 1)
      .some(
        (other) => Math.abs(other.heightM - heightM) > TURN_M && hasSamePlace(look, other.look),
      ),
  );
}

function hasSamePlace({ seen, gripperId, told }: Look, other: Look): boolean {
  return [...seen].some(([id, { middle }]) => {
    const isHeld = told && distanceBetween(told.position, middle) < HELD_M;
    const then = other.seen.get(id);
    return id !== gripperId && !isHeld && then && distanceBetween(middle, then.middle) < APART_M;
  });
}
