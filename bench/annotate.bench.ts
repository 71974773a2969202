import { lastValueFrom } from "rxjs";
import { annotateAll } from "../src/annotate/index.js";
import type { CameraFrame } from "../src/camera/index.js";
import { rgbd } from "../src/models/index.js";
import { TabletopSim } from "../src/sim/index.js";
import { loadTask, taskQuestions } from "../src/task/index.js";
import type { BenchRow } from "./BenchRow.js";
import { elapsedMs } from "./elapsedMs.js";
import { median } from "./median.js";

const FRAMES = 40;
const ROUNDS = 7;

async function simulatedFrames(): Promise<CameraFrame[]> {
  const sim = await TabletopSim.create({ seed: 1, outcome: "success", width: 320, height: 240 });
  const frames: CameraFrame[] = [];
  while (frames.length < FRAMES) frames.push(...(await sim.step()).frames);
  sim.close();
  return frames;
}

async function* replay(frames: readonly CameraFrame[]): AsyncGenerator<CameraFrame> {
  yield* frames;
}

/** Questions, answers, filters, stages and rewards of a whole pipeline against only asking the model. */
export default async function annotateBench(): Promise<BenchRow[]> {
  const task = await loadTask(
    new URL("../examples/tasks/pick_and_place.yaml", import.meta.url).pathname,
  );
  const vlm = rgbd();
  const frames = await simulatedFrames();
  const questions = taskQuestions(task);
  const { signal } = new AbortController();

  const bare = async (): Promise<void> => {
    for (const frame of frames) await vlm.ask(frame, questions, signal);
  };
  const ours = (): Promise<unknown> => lastValueFrom(annotateAll(replay(frames), task, vlm));

  await bare();
  await ours();
  const bareMs: number[] = [];
  const oursMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bareMs.push(await elapsedMs(bare));
    oursMs.push(await elapsedMs(ours));
  }
  return [
    {
      name: "annotate pipeline, rgbd at 320x240",
      ours: median(oursMs) / frames.length,
      base: median(bareMs) / frames.length,
      unit: "ms/frame",
      baseName: "bare model loop",
      goalRatio: 1.05,
    },
  ];
}
