/**
 * Rewards of a live camera. The camera here is the simulator, ten images a second; any
 * `Observable<CameraFrame>` does.
 *
 *   npx tsx examples/liveCamera.ts
 *
 * While the model works on an image, the newest one waits, and what it replaces is dropped and
 * counted.
 */
import { join } from "node:path";
import { concatMap, interval, take } from "rxjs";
import { annotate, createVlm, FrameCounters, loadTask } from "spatial-reward-bridge";
import { TabletopSim } from "spatial-reward-bridge/sim";

const task = await loadTask(join(import.meta.dirname, "tasks/reach.yaml"));
await using vlm = await createVlm("rgbd");
const sim = await TabletopSim.create({ seed: 7, width: 160, height: 120, rateHz: 10 });

const startNs = sim.current().truth.stampNs;
const camera$ = interval(100).pipe(
  take(30),
  concatMap(() => sim.step().frames),
);
const frames = new FrameCounters();
await camera$
  .pipe(annotate(task, vlm, { mode: "live", counters: frames }))
  .forEach(({ reward, measurements: [reach] }) => {
    const said = reach?.value === null ? reach.reason : `${reach?.value.toFixed(3)} m`;
    const seconds = (Number(reward.stampNs - startNs) / 1e9).toFixed(1);
    console.log(`${seconds} s  ${said}  reward ${reward.reward?.toFixed(3)}`);
  });
sim.close();

const { in: all, annotated, dropped, failed } = frames;
console.log(`${all} in = ${annotated} annotated + ${dropped} dropped + ${failed} failed`);
