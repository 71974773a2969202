import type { Task } from "../task/index.js";
import type { Estimator, EstimatorOptions } from "./Estimator.js";
import { FilterEstimator } from "./FilterEstimator.js";

/** The estimator that suits a task: with a robot its kinematics are used, where frames have them. */
export function createEstimator(task: Task, _options: EstimatorOptions = {}): Estimator {
  return new FilterEstimator(task);
}
