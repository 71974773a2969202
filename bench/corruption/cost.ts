/**
 * What it costs to see whether the parts of a recording's first images belong together, as a share of what `rgbd`
 * needs for them: CPU time, in turns, of images that come at 10 Hz, 640x480 (drawn at 160x120, of equal pixels).
 *
 *   npx tsx bench/corruption/cost.ts [--seed 20000] [--episodes 2] [--seconds 16] [--rounds 5]
 */
import { parseArgs } from "node:util";
import { secondsOf } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { rgbd } from "../../src/models/index.js";
import { loadTask, taskQuestions } from "../../src/task/index.js";
import { cpuMs } from "../../test/support/cpuMs.js";
import { median } from "../median.js";
import { enlarged } from "./looks.js";
import { drawn, SET_UPS } from "./setUps.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "20000" },
    episodes: { type: "string", default: "2" },
    seconds: { type: "string", default: "16" },
    rounds: { type: "string", default: "5" },
  },
});
const SIGNAL = new AbortController().signal;
const CAMERAS = ["main", "wrist that turns"];
const task = await loadTask("examples/tasks/pick_and_place.yaml");
const questions = taskQuestions(task);

async function firstFrames(name: string, seed: number): Promise<readonly CameraFrame[]> {
  const setUp = SET_UPS.get(name);
  if (!setUp) throw new Error(`no set-up is called ${name}`);
  const all = await drawn(name, seed, { ...setUp, rateHz: 10, drawnEvery: 1 });
  const startNs = all[0]?.stampNs ?? 0n;
  return all
    .filter(({ stampNs }) => secondsOf(stampNs - startNs) < Number(options.seconds))
    .map((frame) => enlarged(frame, 4, true));
}

console.log(
  "camera | rgbd, CPU ms | looks and judgements, CPU ms | share of it (lowest..highest of the rounds)",
);
for (const name of CAMERAS) {
  for (let i = 0; i < Number(options.episodes); i++) {
    const seed = Number(options.seed) + i;
    const frames = await firstFrames(name, seed);
    const rounds: { readonly model: number; readonly watch: number }[] = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      await using vlm = rgbd();
      const watched = new ConsistencyWatch(task);
      const model = await cpuMs(async () => {
        for (const frame of frames) await vlm.ask(frame, questions, SIGNAL);
      });
      const watch = await cpuMs(async () => {
        for (const frame of frames) await watched.see(frame);
      });
      rounds.push({ model, watch });
    }
    const shares = rounds.map(({ model, watch }) => (100 * watch) / model);
    const of = (part: "model" | "watch") => median(rounds.map((it) => it[part])).toFixed(0);
    const range = [Math.min(...shares), Math.max(...shares)].map((share) => share.toFixed(1));
    console.log(
      `${name} ${seed} | ${of("model")} | ${of("watch")} | ${median(shares).toFixed(1)} % (${range.join("..")})`,
    );
  }
}
