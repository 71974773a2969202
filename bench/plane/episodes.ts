/**
 * Lengths between mug, tray and gripper by `plane` in simulated episodes, by kind and by where the mug is: two
 * cameras that do not move, or one that moves (`--set-up "wrist, far"`, see bench/corruption/setUps.ts).
 *
 *   npx tsx bench/plane/episodes.ts [--seed 21000] [--episodes 10] [--set-up NAME] [--width 320]
 *
 * Intervals: 95 %, bootstrap of episodes.
 */
import { parseArgs } from "node:util";
import { distanceBetween, Random, type Vec3 } from "../../src/base/index.js";
import { type CameraFrame, invertPose, transformPoint } from "../../src/camera/index.js";
import {
  askQuestion,
  type ObjectRef,
  onSupport,
  type QuantityKind,
} from "../../src/language/index.js";
import { plane } from "../../src/models/index.js";
import { MUG_HALF_HEIGHT_M, TABLE_TOP_M, TRAY_HALF_M } from "../../src/sim/scene/constants.js";
import { drawn, SET_UPS } from "../corruption/setUps.js";
import { boxEpisode, CLASSES, labelBoxes } from "./boxEpisodes.js";
import { cellsOf, type Measured, measuredOf, refusalsOf } from "./figures.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "21000" },
    episodes: { type: "string", default: "10" },
    "set-up": { type: "string" },
    width: { type: "string", default: "320" },
  },
});
const SIGNAL = new AbortController().signal;
const WIDTH = Number(options.width);
/** The noise of an edge, pixels. */
const BOX_PX = WIDTH / 320;

const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };
const MUG: ObjectRef = { name: "mug", phrase: "the red mug", classIds: ["mug"] };
const TRAY: ObjectRef = { name: "tray", phrase: "the blue tray", classIds: ["tray"] };
const TABLE = { name: "table", phrase: "the table", frame: "world", heightM: TABLE_TOP_M };

async function framesOf(seed: number): Promise<readonly (readonly CameraFrame[])[]> {
  const name = options["set-up"];
  if (name === undefined) return [...(await boxEpisode(seed)).values()];
  const setUp = SET_UPS.get(name);
  if (!setUp) throw new Error(`no set-up ${name}`);
  const random = new Random(seed, "boxes");
  const frames = await drawn(name, seed, { ...setUp, width: WIDTH, rateHz: 4 });
  return [
    frames
      .filter(({ labels }) => labels)
      .map((frame) => {
        const { labels: _, depth: __, kinematics: ___, ...color } = frame;
        return { ...color, detections: labelBoxes(frame, CLASSES, random, BOX_PX) };
      }),
  ];
}

function placeOf({ poses }: CameraFrame, name: string): Vec3 {
  const [world, pose] = [poses?.get("world"), poses?.get(name)];
  if (!world?.ok || !pose?.ok) throw new Error(`the simulator gives a pose of ${name}`);
  return transformPoint(invertPose(world.pose), pose.pose.position);
}

type Row = readonly [kind: QuantityKind, a: ObjectRef, b: ObjectRef | undefined, truthM: number];

function rowsOf(frame: CameraFrame): { readonly where: string; readonly rows: readonly Row[] } {
  const [gripper, mug, tray] = [
    placeOf(frame, "gripper"),
    placeOf(frame, "red_mug"),
    placeOf(frame, "blue_tray"),
  ];
  const bottomM = mug[2] - TABLE_TOP_M - MUG_HALF_HEIGHT_M;
  const flat = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const isOnTray = bottomM < 0.03 && flat(mug, tray) < 0.08;
  return {
    where: bottomM < 0.004 ? "stands" : isOnTray ? "on the tray" : "lifted",
    rows: [
      ["distance", MUG, TRAY, distanceBetween(mug, tray)],
      ["vertical_distance", MUG, TRAY, Math.abs(mug[2] - tray[2])],
      ["horizontal_distance", MUG, TRAY, flat(mug, tray)],
      ["above_difference", MUG, TRAY, mug[2] + MUG_HALF_HEIGHT_M - tray[2] - TRAY_HALF_M.z],
      ["below_difference", MUG, TRAY, -bottomM],
      ["height", MUG, undefined, 2 * MUG_HALF_HEIGHT_M],
      ["height", TRAY, undefined, 2 * TRAY_HALF_M.z],
      ["elevation", MUG, undefined, Math.max(0, bottomM)],
      ["distance", GRIPPER, MUG, distanceBetween(gripper, mug)],
      ["vertical_distance", GRIPPER, MUG, Math.abs(gripper[2] - mug[2])],
      ["horizontal_distance", GRIPPER, MUG, flat(gripper, mug)],
    ],
  };
}

const results = new Map<string, Measured[]>();
for (let i = 0; i < Number(options.episodes); i++) {
  const seed = Number(options.seed) + i;
  for (const frames of await framesOf(seed)) {
    await using model = plane({ boxSigmaPx: 1.5 * BOX_PX });
    for (const frame of frames) {
      const { where, rows } = rowsOf(frame);
      const questions = rows.map(([kind, a, b]) => askQuestion(kind, a, b));
      const answers = await model.ask(frame, onSupport(questions, TABLE), SIGNAL);
      answers.forEach((answer, k) => {
        const row = rows[k];
        if (!row) return;
        const [kind, a, b, truthM] = row;
        const name = `${where} | ${kind} | ${a.name}${b ? ` to ${b.name}` : ""}`;
        const measured = measuredOf(answer, `${seed}`, truthM);
        results.set(name, [...(results.get(name) ?? []), measured]);
      });
    }
  }
}

console.log(
  "mug | kind | of | answered | median error cm | median sigma cm | within 1 | within 2 sigma % | beyond 3 sigma % (95 %) | refusals",
);
for (const [name, all] of [...results].sort(([a], [b]) => a.localeCompare(b))) {
  console.log([name, ...cellsOf(all), refusalsOf(all)].join(" | "));
}
