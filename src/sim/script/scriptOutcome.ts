import { clamp, itemAt, mapVec3, Random, type Vec3 } from "../../base/index.js";
import type { Outcome } from "../SimOptions.js";
import {
  FINGER_HALF_M,
  MAX_OPENING_M,
  REACH_M,
  TABLE_TOP_M,
  TRAY_BASE_M,
} from "../scene/constants.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import { above, EpisodeScript } from "./EpisodeScript.js";

/** Gap of the fingers at the start, metres. */
export const START_OPENING_M = 0.03;
const CLOSED_M = 0.01;
/** Fingertips above the table when the mug is grasped. */
const MUG_TIP_M = 0.025;

/** The gripper's plan for an outcome. The same seed and outcome give the same plan. */
export function scriptOutcome(layout: TabletopLayout, outcome: Outcome): EpisodeScript {
  const random = new Random(layout.seed, `script ${outcome}`);
  const script = new EpisodeScript(layout.start, START_OPENING_M);
  return SCRIPTS[outcome](script, layout, random);
}

type Scripter = (script: EpisodeScript, layout: TabletopLayout, random: Random) => EpisodeScript;

/*
 * In a success the gripper holds the mug for about a fifth of the time: approach 45 %, grasp,
 * carry and release 20 %, retreat 35 %. While it holds, the gripper-to-mug distance is constant
 * and ranks of measured against true distance are noise alone.
 */
const SCRIPTS: Readonly<Record<Outcome, Scripter>> = {
  success: (script, layout, random) =>
    script
      .descendTo(mugGrasp(layout), 5.1)
      .setOpening(CLOSED_M, 0.3)
      .carryTo(trayPlace(layout), 1.9)
      .setOpening(MAX_OPENING_M, 0.25)
      .retreatTo(awayFrom(trayPlace(layout), random), 3.9),

  failure: (script, layout, random) =>
    random.next() < 0.5 ? missTheMug(script, layout, random) : dropTheMug(script, layout, random),

  idle: (script, layout, random) => {
    for (let i = 0; i < 4; i++) script.moveTo(near(layout.start, 0.03, random), 2.6);
    return script;
  },

  regress: (script, layout, random) => {
    const grasp = mugGrasp(layout);
    const place = trayPlace(layout);
    // Close to the tray, in the air, but not over it.
    const close = mix(grasp, place, 0.72);
    return script
      .descendTo(grasp, 3.8)
      .setOpening(CLOSED_M, 0.3)
      .carryTo(above(close, 0.11), 1.7)
      .carryTo(grasp, 2.0, 0.05)
      .setOpening(MAX_OPENING_M, 0.3)
      .retreatTo(awayFrom(grasp, random), 3.2);
  },

  distract: (script, layout, random) => {
    const grasp = distractorGrasp(layout);
    return script
      .descendTo(grasp, 4.6)
      .setOpening(CLOSED_M, 0.4)
      .carryTo(above(grasp, 0.12), 1.2, 0.02)
      .moveTo(above(near(grasp, 0.02, random), 0.12), 1.2)
      .carryTo(grasp, 1.2, 0.02)
      .setOpening(MAX_OPENING_M, 0.3)
      .retreatTo(awayFrom(grasp, random), 2.6);
  },
};

/** Comes down short of the mug, closes on air, and goes through the motions. */
function missTheMug(script: EpisodeScript, layout: TabletopLayout, random: Random): EpisodeScript {
  const tooHigh = above(mugGrasp(layout), random.uniform(0.085, 0.11));
  const place = trayPlace(layout);
  return script
    .descendTo(tooHigh, 4.8)
    .setOpening(CLOSED_M, 0.4)
    .carryTo(above(place, 0.05), 2.2)
    .setOpening(MAX_OPENING_M, 0.3)
    .retreatTo(awayFrom(place, random), 3.4);
}

/** Lifts the mug a little and loses it on the way. */
function dropTheMug(script: EpisodeScript, layout: TabletopLayout, random: Random): EpisodeScript {
  const grasp = mugGrasp(layout);
  const place = trayPlace(layout);
  const slip = above(mix(grasp, place, random.uniform(0.02, 0.12)), random.uniform(0.03, 0.05));
  return script
    .descendTo(grasp, 4.8)
    .setOpening(CLOSED_M, 0.3)
    .carryTo(slip, 0.9, 0.02)
    .setOpening(MAX_OPENING_M, 0.2)
    .carryTo(above(place, 0.05), 1.8)
    .retreatTo(awayFrom(place, random), 3.2);
}

function mugGrasp({ mug }: TabletopLayout): Vec3 {
  return [mug.x, mug.y, TABLE_TOP_M + MUG_TIP_M + FINGER_HALF_M.z];
}

function trayPlace({ tray }: TabletopLayout): Vec3 {
  // A millimetre of air, so that the mug is not pressed into the tray.
  return [tray.x, tray.y, TABLE_TOP_M + TRAY_BASE_M + 0.001 + MUG_TIP_M + FINGER_HALF_M.z];
}

function distractorGrasp({ distractors }: TabletopLayout): Vec3 {
  const { x, y, shape } = itemAt(distractors, 0);
  // At its middle if the hand above the fingers has room for its upper half.
  const tip = Math.max(0.006, shape.halfHeightM - 0.03);
  return [x, y, TABLE_TOP_M + tip + FINGER_HALF_M.z];
}

/** A place in the air at a good distance. */
function awayFrom([x, y]: Vec3, random: Random): Vec3 {
  for (;;) {
    const away: Vec3 = [
      random.uniform(-0.34, 0.34),
      random.uniform(-0.12, 0.22),
      TABLE_TOP_M + random.uniform(0.27, 0.34),
    ];
    if (Math.hypot(away[0] - x, away[1] - y) > 0.24) return away;
  }
}

function near(center: Vec3, radiusM: number, random: Random): Vec3 {
  return mapVec3(center, (value, axis) =>
    clamp(value + random.uniform(-radiusM, radiusM), REACH_M.min[axis], REACH_M.max[axis]),
  );
}

function mix(a: Vec3, b: Vec3, share: number): Vec3 {
  return mapVec3(a, (value, axis) => value + share * (b[axis] - value));
}
