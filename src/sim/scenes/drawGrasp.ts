import { clamp, type Random } from "../../base/index.js";
import { FINGER_HALF_M, MAX_OPENING_M } from "../scene/constants.js";

/**
 * How the gripper is at one of the things: holds it in the air; has its fingers around it where it
 * stands; is a little above it; or none of these.
 */
export type Meeting = "carried" | "grasped" | "above" | "none";

/** What matters of a thing to the fingers; see `Thing`. Metres. */
interface Graspable {
  readonly halfHeightM: number;
  readonly footprintM: number;
  readonly graspM: number;
  readonly halfLengthM: number;
}

/** How fingers are at a thing; metres and radians. */
export interface Grasp {
  /** The gripper's centre above the thing's. */
  readonly riseM: number;
  /** The gripper's centre beside the thing's, along the world's x and y. */
  readonly asideM: readonly [x: number, y: number];
  readonly openingM: number;
  /** Of the thing, about the line through both fingertips. */
  readonly tiltRad: number;
  /** How far the thing reaches below its centre, and above it at most. */
  readonly reachM: number;
}

/** Free around the centre of what is grasped where it stands: room for the open fingers. */
export const FINGER_ROOM_M = 0.095;
/** The same within the tray's rim, however the tray is turned. */
export const TRAY_ROOM_M = 0.06;
/** Above the gripper's centre; the hand begins 1 mm higher. */
const HAND_M = FINGER_HALF_M.z + 0.001;
/** The fingertips stay above what the thing stands on. */
const TIP_AIR_M = 0.004;
/** Height of the fingers' hold on a thing, at the least. */
const HOLD_M = 0.015;
const LARGEST_TILT_RAD = 0.3;

export function drawMeeting(random: Random): Meeting {
  const chance = random.next();
  if (chance < 0.33) return "carried";
  if (chance < 0.53) return "grasped";
  return chance < 0.63 ? "above" : "none";
}

/** Closed fingers hold a thing anywhere they could have closed on it. */
export function drawGrasp(thing: Graspable, random: Random, isInAir: boolean): Grasp {
  const isTilted = isInAir && random.next() < 0.4;
  const drawn = isTilted ? 0.1 * random.normal() : 0;
  const tiltRad = clamp(drawn, -LARGEST_TILT_RAD, LARGEST_TILT_RAD);
  const reachM =
    thing.halfHeightM * Math.cos(tiltRad) + thing.footprintM * Math.abs(Math.sin(tiltRad));
  // Now and then taken off something else: the fingertips may then be lower than the thing.
  const isFromTable = !isInAir || random.next() < 0.8;
  const [low, high] = rises(thing, reachM, isFromTable);
  const hold = Math.min(HOLD_M, thing.halfHeightM);
  const riseM = random.uniform(low, Math.max(low, high - hold));
  // The widest part of what is round stays between the fingers.
  const play = 0.6 * FINGER_HALF_M.y + 0.5 * thing.halfLengthM;
  const asideM = [0, random.uniform(-play, play)] as const;
  return { riseM, asideM, openingM: Math.min(MAX_OPENING_M, thing.graspM), tiltRad, reachM };
}

/**
 * Open fingers around a thing that stands: about to grasp it, or having let go of it. They stay
 * within `roomM` of its centre.
 */
export function openAround(thing: Graspable, random: Random, roomM: number): Grasp {
  const reachM = thing.halfHeightM;
  const [low, high] = rises(thing, reachM, true);
  const most = widestIn(roomM);
  const openingM = random.next() < 0.5 ? most : random.uniform(thing.graspM, most);
  const within = Math.min((openingM - thing.graspM) / 2, roomM - outerM(openingM));
  const play = clamp(within - 0.001, 0, 0.012);
  return {
    riseM: random.uniform(low, high),
    asideM: [random.uniform(-play, play), random.uniform(-FINGER_HALF_M.y, FINGER_HALF_M.y)],
    openingM,
    tiltRad: 0,
    reachM,
  };
}

/** Widest opening of fingers that stay within `roomM` of what is between them. */
export function widestIn(roomM: number): number {
  return Math.min(MAX_OPENING_M, 2 * (roomM - outerM(0)));
}

/** From the gripper's middle to a finger's outer face. */
function outerM(openingM: number): number {
  return openingM / 2 + 2 * FINGER_HALF_M.x;
}

/** Rises at which the hand is above the thing and the fingers are beside it. */
function rises(
  { halfHeightM }: Graspable,
  reachM: number,
  isFromTable: boolean,
): readonly [low: number, high: number] {
  const underHand = reachM - HAND_M;
  const overTable = FINGER_HALF_M.z + TIP_AIR_M - halfHeightM;
  const low = Math.max(underHand, isFromTable ? overTable : 0);
  return [low, Math.max(low, halfHeightM + FINGER_HALF_M.z)];
}

/** Of a gripper that holds nothing: often closed or wide open, as before and after grasps. */
export function anyOpening(random: Random): number {
  const chance = random.next();
  if (chance < 0.3) return random.uniform(0, 0.012);
  return chance < 0.5 ? MAX_OPENING_M : random.uniform(0.01, MAX_OPENING_M);
}
