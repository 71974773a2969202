import { UserError } from "../base/index.js";
import type { Task } from "../task/index.js";
import { type Estimator, type EstimatorOptions, estimators } from "./Estimator.js";
import { FilterEstimator } from "./FilterEstimator.js";
import { FusionEstimator } from "./FusionEstimator.js";

/** A task chooses an estimator that is not there. */
export class EstimatorError extends UserError {
  override readonly code = "estimator.unknown";
}

/**
 * The estimator of an episode: the one that the task's `estimator` chooses, which a plugin may
 * have added; else the one that suits the task: with a robot its kinematics are used, where frames
 * have them.
 *
 * @throws EstimatorError naming those that are there
 */
export function createEstimator(task: Task, options: EstimatorOptions = {}): Estimator {
  if (task.estimator === undefined) return suited(task, options);
  const create = estimators.get(task.estimator);
  if (create) return create(task, options);
  const known = estimators.names().join(", ") || "none";
  throw new EstimatorError(
    `the task ${task.name} chooses the estimator ${task.estimator}, which is not registered ` +
      `(registered: ${known}). If a plugin adds it, load it: --plugin NAME`,
  );
}

function suited(task: Task, options: EstimatorOptions): Estimator {
  const filter = new FilterEstimator(task, options);
  const { robot } = task;
  return robot ? new FusionEstimator({ ...task, robot }, filter, options) : filter;
}
