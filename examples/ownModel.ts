/**
 * A model of one's own: it answers distances from the poses that the robot's TF tells, and
 * refuses all else.
 *
 *   npx tsx examples/ownModel.ts
 *
 * A model answers every question, in order. What it does not know it refuses, with the reason.
 * To use one by name on the command line, see examples/plugin.
 */
import { join } from "node:path";
import {
  annotateAll,
  type CameraFrame,
  loadTask,
  type ObjectRef,
  openSource,
  type SpatialVlm,
} from "spatial-reward-bridge";

const ID = "poses";

const poses: SpatialVlm = {
  id: ID,
  // Names all that can change an answer: caches and --resume compare it.
  fingerprint: `${ID} 1`,
  concurrency: 1,
  needs: ["poses"],
  async ask(frame, questions) {
    return questions.map((question) => {
      const common = { question, model: ID, latencyMs: 0 };
      if (question.kind !== "distance" || question.object === undefined) {
        const refusal = { reason: "unsupported_question", detail: "it knows distances" } as const;
        return { ...common, text: "", refusal };
      }
      const a = positionOf(frame, question.subject);
      const b = positionOf(frame, question.object);
      if (!a || !b) {
        const refusal = { reason: "no_object", detail: "TF does not tell both" } as const;
        return { ...common, text: "", refusal };
      }
      const valueM = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      const value = { shape: "quantity", valueM, sigmaM: 0.002 } as const;
      return { ...common, text: `${valueM.toFixed(3)} m`, value };
    });
  },
  async close() {},
};

function positionOf(frame: CameraFrame, { frame: tf }: ObjectRef) {
  const found = tf === undefined ? undefined : frame.poses?.get(tf);
  return found?.ok ? found.pose.position : undefined;
}

const task = await loadTask(join(import.meta.dirname, "tasks/reach.yaml"));
await using source = await openSource("sim?seed=7&width=64&height=48&rate=4");
const frames = source.frames({
  cameras: source.cameras(task.cameras),
  tfFrames: ["gripper", "red_mug"],
});
let best = Number.POSITIVE_INFINITY;
let sum = 0;
await annotateAll(frames, task, poses).forEach(({ reward, measurements: [reach] }) => {
  best = Math.min(best, reach?.value ?? best);
  sum += reward.reward ?? 0;
});
console.log(`the gripper came to ${(100 * best).toFixed(1)} cm; the return is ${sum.toFixed(2)}`);
