/** Distances of a recording by `rgbd`, against the truth. */
import { distanceBetween } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { askQuestion, onSupport } from "../../src/language/index.js";
import { rgbd } from "../../src/models/index.js";
import type { Task } from "../../src/task/index.js";

const SIGNAL = new AbortController().signal;
/** Images of which distances are measured. */
const MEASURED = 12;

/** By the names of their TF frames, which only the truth is taken from. */
const TRUTHS: readonly (readonly [string, string])[] = [
  ["gripper", "red_mug"],
  ["red_mug", "blue_tray"],
];

export interface Measured {
  /** How many standard errors it is off. */
  readonly sigmas: number;
  readonly errorM: number;
  readonly sigmaM: number;
}

/** Gripper to mug, and mug to tray, in images that are spread over the recording. */
export async function measured(
  task: Task,
  frames: readonly CameraFrame[],
  truth: readonly CameraFrame[],
): Promise<readonly Measured[]> {
  const pairs = TRUTHS.flatMap(([a, b]) => {
    const [subject, object] = [a, b].map((name) =>
      [...task.objects.values()].find(({ frame, name: own }) => (frame ?? `blue_${own}`) === name),
    );
    return subject && object
      ? [{ truth: [a, b] as const, question: askQuestion("distance", subject, object) }]
      : [];
  });
  const questions = onSupport(
    pairs.map(({ question }) => question),
    task.support,
  );
  await using model = rgbd();
  const found: Measured[] = [];
  const whole = [...frames.entries()].filter(([, { depth }]) => depth);
  for (let i = 0; i < MEASURED; i++) {
    const [at = 0, frame] = whole[Math.floor(((i + 0.5) * whole.length) / MEASURED)] ?? [];
    const sound = truth[at];
    if (!frame || !sound) continue;
    const answers = await model.ask(frame, questions, SIGNAL);
    answers.forEach(({ value }, k) => {
      const [a, b] = (pairs[k]?.truth ?? []).map((name) => sound.poses?.get(name));
      if (value?.shape !== "quantity" || !a?.ok || !b?.ok) return;
      const truthM = distanceBetween(a.pose.position, b.pose.position);
      const { valueM, sigmaM } = value;
      const errorM = Math.abs(valueM - truthM);
      found.push({ sigmas: errorM / sigmaM, errorM, sigmaM });
    });
  }
  return found;
}
