/**
 * Whether `rgbd?masks=clusters` keeps things apart through grasp, transport and occlusion: the simulator's
 * episodes without labels, two distances an image, compared with the truth. An answer that is more than
 * 5 cm off is about another thing; what shows fewer than 30 pixels has to be refused as lost.
 *
 *   npx tsx bench/clusters/run.ts [--seed 8100] [--episodes 10] [--rate 5] [--noise-mm 1]
 */
import { parseArgs } from "node:util";
import { distanceBetween, type Vec3 } from "../../src/base/index.js";
import { type CameraFrame, decodeLabels } from "../../src/camera/index.js";
import { askQuestion, type ObjectRef } from "../../src/language/index.js";
import { rgbd } from "../../src/models/index.js";
import { OUTCOMES, TabletopSim } from "../../src/sim/index.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "8100" },
    episodes: { type: "string", default: "10" },
    rate: { type: "string", default: "5" },
    "noise-mm": { type: "string", default: "1" },
  },
});
const SIGNAL = new AbortController().signal;
const OTHER_M = 0.05;
const HIDDEN_PX = 30;

const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };
const MUG: ObjectRef = { name: "mug", phrase: "the red mug" };
const TRAY: ObjectRef = { name: "tray", phrase: "the blue tray" };
const QUESTIONS = [askQuestion("distance", GRIPPER, MUG), askQuestion("distance", MUG, TRAY)];
/** By the simulator's labels. */
const MUG_ID = 2;
const TRAY_ID = 3;

interface Measured {
  readonly errorM?: number;
  readonly sigmaM?: number;
  readonly refusal?: string;
  readonly isHidden: boolean;
}

function placeOf(frame: CameraFrame, name: string): Vec3 {
  const pose = frame.poses?.get(name);
  if (!pose?.ok) throw new Error(`the simulator gives a pose of ${name}`);
  return pose.pose.position;
}

async function episode(seed: number, at: number): Promise<Measured[]> {
  const outcome = OUTCOMES[at % OUTCOMES.length] ?? "success";
  const rateHz = Number(options.rate);
  const sim = await TabletopSim.create({
    seed,
    outcome,
    rateHz,
    depthNoiseMm: Number(options["noise-mm"]),
  });
  await using model = rgbd({ clusters: {} });
  const measured: Measured[] = [];
  for (let step = sim.current(); ; step = sim.step()) {
    const [frame] = step.frames;
    if (!frame) throw new Error("the simulator gives an image a step");
    const { labels, labelNames: _, kinematics: __, ...seen } = frame;
    if (!labels) throw new Error("the simulator gives labels");
    const { ids } = decodeLabels(labels);
    const shown = (id: number) => ids.reduce((sum, it) => sum + (it === id ? 1 : 0), 0);
    const [mugPx, trayPx] = [shown(MUG_ID), shown(TRAY_ID)];
    const [gripper, mug, tray] = ["gripper", "red_mug", "blue_tray"].map((it) =>
      placeOf(frame, it),
    );
    if (!gripper || !mug || !tray) throw new Error("three places");
    const truths = [distanceBetween(gripper, mug), distanceBetween(mug, tray)];
    const answers = await model.ask(seen, QUESTIONS, SIGNAL);
    answers.forEach(({ value, refusal }, i) => {
      const isHidden = mugPx < HIDDEN_PX || (i === 1 && trayPx < HIDDEN_PX);
      if (value?.shape === "quantity")
        measured.push({
          errorM: Math.abs(value.valueM - (truths[i] ?? 0)),
          sigmaM: value.sigmaM,
          isHidden,
        });
      else measured.push({ refusal: `${refusal?.reason}: ${refusal?.detail}`, isHidden });
    });
    if (step.done) break;
  }
  sim.close();
  return measured;
}

const all: Measured[] = [];
for (let i = 0; i < Number(options.episodes); i++) {
  const some = await episode(Number(options.seed) + i, i);
  all.push(...some);
  console.log(`episode ${Number(options.seed) + i}: ${summary(some)}`);
}
console.log(`all: ${summary(all)}`);
const reasons = new Map<string, number>();
for (const { refusal } of all) {
  const reason = refusal?.replaceAll(/\d+(\.\d+)?/g, "N");
  if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1]))
  console.log(`${count} x ${reason}`);

function summary(some: readonly Measured[]): string {
  const answered = some.flatMap(({ errorM, sigmaM = 0, isHidden }) =>
    errorM === undefined ? [] : [{ errorM, sigmaM, isHidden }],
  );
  const errors = answered.map(({ errorM }) => errorM).sort((a, b) => a - b);
  const within = (k: number) =>
    (
      (100 * answered.filter(({ errorM, sigmaM }) => errorM <= k * sigmaM).length) /
      answered.length
    ).toFixed(0);
  const mm = (q: number) =>
    (1000 * (errors[Math.floor(q * errors.length)] ?? Number.NaN)).toFixed(1);
  return (
    `${answered.length} of ${some.length} answered, median ${mm(0.5)} mm, 95 % below ${mm(0.95)} mm, ` +
    `${errors.filter((m) => m > OTHER_M).length} over 5 cm, within 1, 2, 3 sigma ${[1, 2, 3].map(within).join(", ")} %; ` +
    `${answered.filter(({ isHidden }) => isHidden).length} answered of ${some.filter(({ isHidden }) => isHidden).length} hidden`
  );
}
