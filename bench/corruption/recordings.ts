/**
 * What is noticed of images, masks, depth, lens and transforms that do not belong together, and how true
 * the sigma of `rgbd` is where nothing is said: simulated episodes of all outcomes, with one damage at a
 * time, whose size is drawn at random.
 *
 *   npx tsx bench/corruption/recordings.ts [--seed 20000] [--episodes 20] [--task pick_and_place]
 *     [--camera camera|side_camera] [--height] [--only "fx 1.05"]... [--verbose]
 *
 * "Wrong" is an episode in which nothing was said and more than a fifth of the distances between gripper,
 * mug and tray are beyond 3 sigma. With `--height` the task tells where the table's top is. Frames are kept in the folder for temporary files.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import { judged } from "../../src/annotate/index.js";
import { Random } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { OUTCOMES, TabletopSim } from "../../src/sim/index.js";
import { loadTask } from "../../src/task/index.js";
import { wilson } from "../wilson.js";
import { DAMAGES } from "./damages.js";
import { DEPTH_DAMAGES } from "./depthDamages.js";
import { measured } from "./measured.js";
import { studied } from "./studied.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "20000" },
    episodes: { type: "string", default: "20" },
    task: { type: "string", default: "pick_and_place" },
    camera: { type: "string", default: "camera" },
    only: { type: "string", multiple: true },
    verbose: { type: "boolean", default: false },
    height: { type: "boolean", default: false },
  },
});

async function framesOf(seed: number, camera: string): Promise<readonly CameraFrame[]> {
  const pathOf = (name: string) => join(tmpdir(), `recordings-${seed}-${name}.v8`);
  if (!existsSync(pathOf(camera))) {
    const outcome = OUTCOMES[seed % OUTCOMES.length] ?? "success";
    using sim = await TabletopSim.create({ seed, outcome, width: 160, height: 120, cameras: 2 });
    const all = new Map<string, CameraFrame[]>();
    for (let step = sim.current(); ; step = sim.step()) {
      for (const { kinematics: _, ...frame } of step.frames) {
        all.set(frame.camera, [...(all.get(frame.camera) ?? []), frame]);
      }
      if (step.done) break;
    }
    for (const [name, frames] of all) writeFileSync(pathOf(name), serialize(frames));
  }
  return deserialize(readFileSync(pathOf(camera))) as CameraFrame[];
}

const plain = await loadTask(`examples/tasks/${options.task}.yaml`);
const task =
  options.height && plain.support ? { ...plain, support: { ...plain.support, heightM: 0 } } : plain;
interface Told {
  readonly isNoticed: boolean;
  readonly beyond: number;
  readonly sigmaM: number;
  readonly answered: number;
}
const results = new Map<string, Told[]>();
for (let i = 0; i < Number(options.episodes); i++) {
  const seed = Number(options.seed) + i;
  const frames = await framesOf(seed, options.camera);
  const others = await framesOf(seed + 1, options.camera);
  for (const [name, damage] of [...DAMAGES, ...DEPTH_DAMAGES]) {
    if (options.only && !options.only.some((start) => name.startsWith(start))) continue;
    const random = new Random(seed, name);
    const damaged = damage(frames, random, others);
    const watch = await studied(task, damaged);
    const finding = watch.findingOf(options.camera);
    const isNoticed = finding !== undefined;
    const shown = damaged.map((frame) => judged(frame, watch));
    const all = isNoticed ? [] : await measured(task, shown, frames);
    const sigmas = all.map(({ sigmaM }) => sigmaM).sort((a, b) => a - b);
    const beyond = all.filter(({ sigmas }) => sigmas > 3).length;
    results.set(name, [
      ...(results.get(name) ?? []),
      {
        ...{ isNoticed, answered: all.length, sigmaM: sigmas[sigmas.length >> 1] ?? Number.NaN },
        beyond: all.length > 0 ? beyond / all.length : 0,
      },
    ]);
    if (options.verbose)
      console.error(
        `${seed} ${name}: ${finding ?? `-, ${beyond} of ${all.length} beyond 3 sigma`}`,
      );
  }
}

console.log(
  "damage | noticed (95 %) | unnoticed and wrong | beyond 3 sigma, unnoticed % | median sigma mm",
);
for (const [name, all] of results) {
  const silent = all.filter(({ isNoticed }) => !isNoticed);
  const answered = silent.reduce((sum, it) => sum + it.answered, 0);
  const beyond = silent.reduce((sum, it) => sum + it.beyond * it.answered, 0);
  const sigmas = silent.map(({ sigmaM }) => sigmaM).sort((a, b) => a - b);
  console.log(
    [
      name,
      `${all.length - silent.length} of ${all.length} (${wilson(all.length - silent.length, all.length)})`,
      silent.filter((it) => it.beyond > 0.2).length,
      answered === 0 ? "-" : ((100 * beyond) / answered).toFixed(1),
      ((sigmas[sigmas.length >> 1] ?? Number.NaN) * 1000).toFixed(1),
    ].join(" | "),
  );
}
