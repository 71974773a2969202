/**
 * Annotates a recording: facts and rewards of every image, as JSON lines.
 *
 *   npx tsx examples/annotateRecording.ts [run1.mcap] [rewards.jsonl]
 *
 * Without a recording it takes an episode of the simulator.
 */
import { join } from "node:path";
import {
  annotateRecording,
  createVlm,
  jsonLinesSink,
  loadTask,
  openSource,
} from "spatial-reward-bridge";

const [input = "sim?seed=7&width=160&height=120&rate=4", output = "out/rewards.jsonl"] =
  process.argv.slice(2);

const task = await loadTask(join(import.meta.dirname, "tasks/pick_and_place.yaml"));
await using vlm = await createVlm("rgbd");
await using source = await openSource(input);

let ended = "no end";
const frames = await annotateRecording(source, task, vlm, {
  sinks: [() => jsonLinesSink(output)],
  onAnnotation: ({ reward }) => {
    ended = reward.ended ?? ended;
  },
});
console.log(`${source.info.name}: ${ended}`);
console.log(`${frames.in} frames = ${frames.annotated} annotated + ${frames.failed} failed`);
console.log(`written to ${output}`);
