import type { Annotation } from "../annotate/index.js";
import { truthOf } from "../estimate/index.js";
import { validTerms } from "../reward/index.js";
import type { Task } from "../task/index.js";

/**
 * One line of the stable plain format: stamps as decimal strings of nanoseconds, lengths in metres,
 * `null` if there is no value. `refused`, `calibrated`, `basis`, `truth` and `predicted` are there only
 * where they say something. An invalid reward has no terms and no progress.
 *
 * @param task With it, `truth` is given where TF frames of the task's objects tell, and the value
 *   was not computed from these.
 * @example
 * {"stamp_ns":"1700000000000000000","camera":"front","episode":"run1","reward":0.12,"validity":"ok",
 *  "reason":"","progress":0.3,"stage":"reach","success":false,"ended":null,
 *  "terms":{"shaping":0.12},"measurements":{"reach":{"value":0.21,"sigma":0.004,"raw":0.212,
 *  "unit":"m","question":"What is …?","answer":"0.212 m","model":"rgbd",
 *  "validity":"ok","reason":""}},
 *  "latency_ms":8.1,"model":"rgbd"}
 */
export function jsonLine(annotation: Annotation, task?: Task): string {
  return JSON.stringify(annotationRow(annotation, task));
}

/** What `jsonLine` writes, as plain data. */
export function annotationRow(
  annotation: Annotation,
  task?: Task,
): Readonly<Record<string, unknown>> {
  const { frame, reward, measurements, facts, latencyMs, model, outcome } = annotation;
  return {
    stamp_ns: reward.stampNs.toString(),
    camera: reward.camera,
    episode: reward.episode,
    reward: reward.reward,
    validity: reward.validity,
    reason: reward.reason,
    progress: reward.progress,
    stage: reward.stage,
    success: reward.success,
    ended: reward.ended ?? null,
    terms: validTerms(reward),
    measurements: Object.fromEntries(
      measurements.map(
        ({ name, value, sigma, raw, unit, question, answer, validity, reason, ...more }, i) => {
          const own = facts.find((fact) => fact.name === name)?.answer;
          const said = { question: question.text, answer, model: own?.model ?? null };
          const { calibrated, basis } = more;
          const measurement = task?.measurements[i];
          const truth = measurement && truthOf(more, measurement, frame, task.support);
          const known = {
            // A value of other answers and the robot's kinematics does not tell what became of this one.
            ...(own?.refusal && { refused: `${own.refusal.reason}: ${own.refusal.detail}` }),
            ...(calibrated !== undefined && { calibrated }),
            ...(basis && { basis }),
            ...(truth !== undefined && { truth }),
          };
          return [name, { value, sigma, raw, ...known, unit, ...said, validity, reason }];
        },
      ),
    ),
    ...(outcome === "predicted" && { predicted: true }),
    latency_ms: Number(latencyMs.toFixed(3)),
    model,
  };
}
