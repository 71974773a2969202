/**
 * Is a reward any good? Simulates attempts that succeed and fail, annotates them, and holds
 * measurements and rewards against what really happened.
 *
 *   npx tsx examples/evaluateReward.ts [model]
 *
 * Exits with 1 where a success is not worth more than a failure.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  annotatedBagSink,
  annotateRecording,
  createVlm,
  loadTask,
  openSource,
} from "spatial-reward-bridge";
import {
  type EvaluatedEpisode,
  evaluateRewards,
  formatMetrics,
  readEpisodes,
} from "spatial-reward-bridge/evaluate";
import { BagWriter, openBag } from "spatial-reward-bridge/rosbag";
import { recordEpisode } from "spatial-reward-bridge/sim";

const [model = "rgbd"] = process.argv.slice(2);
const task = await loadTask(join(import.meta.dirname, "tasks/pick_and_place.yaml"));
await using vlm = await createVlm(model);
const folder = await mkdtemp(join(tmpdir(), "evaluate-reward-"));

const episodes: EvaluatedEpisode[] = [];
for (const outcome of ["success", "failure", "idle"] as const) {
  const recorded = join(folder, `${outcome}.mcap`);
  const writer = await BagWriter.create(recorded);
  const small = { width: 160, height: 120, rateHz: 1, workers: 0 };
  await recordEpisode(writer, { seed: 7, outcome, ...small });
  await writer.close();

  const annotated = join(folder, `${outcome}.annotated.mcap`);
  await using source = await openSource(recorded);
  const options = { task, source, model: vlm.id, withImages: false };
  await annotateRecording(source, task, vlm, {
    sinks: [() => annotatedBagSink(annotated, options)],
  });
  await using bag = await openBag(annotated);
  episodes.push(...(await readEpisodes(bag)));
}
await rm(folder, { recursive: true });

const metrics = evaluateRewards(episodes);
console.log(formatMetrics(metrics));
if (metrics.episodes.auroc.value !== 1) process.exitCode = 1;
