/**
 * How true the sigma of `rgbd` is through the simulator's episodes, by masks and depth with a sensor's noise:
 * gripper, mug and tray, apart and while the gripper is at the mug.
 *
 *   npx tsx bench/corruption/episodes.ts [--seed 9500] [--episodes 5] [--noise-mm 1]
 *     [--off-mm 10] [--turn-deg 1]
 *
 * With the latter, each camera's pose in TF is off by a place and a turn, whose directions are drawn for each
 * episode.
 *
 * Intervals: 95 %, bootstrap of episodes.
 */
import { parseArgs } from "node:util";
import { distanceBetween, Random } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { askQuestion, type ObjectRef, onSupport } from "../../src/language/index.js";
import { rgbd } from "../../src/models/index.js";
import { OUTCOMES, TabletopSim } from "../../src/sim/index.js";
import { quantile } from "../bootstrap.js";
import { placeOf } from "../placeOf.js";
import { withCameraOff, wrongPose } from "../wrongCamera.js";
import { beyond, errorOf, type Length, shareOf, within } from "./calibration.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "9500" },
    episodes: { type: "string", default: "5" },
    "noise-mm": { type: "string", default: "1" },
    "off-mm": { type: "string", default: "0" },
    "turn-deg": { type: "string", default: "0" },
  },
});
const SIGNAL = new AbortController().signal;
/** Nearer than this the gripper holds the mug, or is about to. */
const AT_MUG_M = 0.03;

const by = (name: string, label: number): ObjectRef => ({ name, phrase: name, labels: [label] });
const GRIPPER = by("gripper", 1);
const MUG = by("red_mug", 2);
const TRAY = by("blue_tray", 3);
const TF: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };
const PAIRS = [
  ["gripper to mug", GRIPPER, MUG],
  ["gripper (TF) to mug", TF, MUG],
  ["mug to tray", MUG, TRAY],
] as const;

const results = new Map<string, Length[]>();

/** Where TF says that all is, if the camera is not where it says: by the same error in an episode. */
function told(frame: CameraFrame, seed: number): CameraFrame {
  const [turnDeg, offM] = [Number(options["turn-deg"]), Number(options["off-mm"]) / 1000];
  return withCameraOff(frame, wrongPose(new Random(seed, frame.camera), turnDeg, offM));
}

async function episode(seed: number, at: number): Promise<void> {
  const outcome = OUTCOMES[at % OUTCOMES.length] ?? "success";
  const depthNoiseMm = Number(options["noise-mm"]);
  const sim = await TabletopSim.create({ seed, outcome, rateHz: 3, cameras: 2, depthNoiseMm });
  await using model = rgbd();
  const questions = onSupport(
    PAIRS.map(([, a, b]) => askQuestion("distance", a, b)),
    by("table", 4),
  );
  for (let step = sim.current(); ; step = sim.step()) {
    for (const frame of step.frames) {
      const answers = await model.ask(told(frame, seed), questions, SIGNAL);
      const nearM = distanceBetween(placeOf(frame, "gripper"), placeOf(frame, "red_mug"));
      answers.forEach(({ value }, i) => {
        const [name, a, b] = PAIRS[i] ?? PAIRS[0];
        if (value?.shape !== "quantity") return;
        const truthM = distanceBetween(placeOf(frame, a.name), placeOf(frame, b.name));
        const kind = `${name}, gripper ${nearM < AT_MUG_M ? "at the mug" : "elsewhere"}`;
        const measured = { table: seed, errorM: value.valueM - truthM, sigmaM: value.sigmaM };
        results.set(kind, [...(results.get(kind) ?? []), measured]);
      });
    }
    if (step.done) break;
  }
  sim.close();
}

for (let i = 0; i < Number(options.episodes); i++) await episode(Number(options.seed) + i, i);

const mm = (m: number) => (1000 * m).toFixed(1);

console.log(
  "what | answered | median error mm | 95 % below mm | median sigma mm | within 1 sigma % (95 %) | within 2 | beyond 3",
);
for (const [kind, all] of [...results].sort(([a], [b]) => a.localeCompare(b))) {
  const errors = all.map(errorOf);
  console.log(
    [
      kind,
      `${all.length}`,
      mm(quantile(errors, 0.5)),
      mm(quantile(errors, 0.95)),
      mm(
        quantile(
          all.map(({ sigmaM }) => sigmaM),
          0.5,
        ),
      ),
      ...[within(1), within(2), beyond].map((figure) => shareOf(all, figure)),
    ].join(" | "),
  );
}
