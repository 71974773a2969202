import type { LifecycleState, LifecycleTransition } from "../RosNode.js";

/** A state or a transition as lifecycle_msgs has it. */
export interface Labelled {
  readonly id: number;
  readonly label: string;
}

/** What a node goes through on a transition: numbers and names of lifecycle_msgs. */
export interface LifecycleStep {
  readonly name: LifecycleTransition;
  readonly transition: Labelled;
  readonly from: LifecycleState;
  /** The state while the node works on it. */
  readonly during: Labelled;
  readonly onSuccess: LifecycleState;
  readonly onFailure: LifecycleState;
  /** The first of three numbers: of success, of failure, of an error on the way. */
  readonly outcomeId: number;
}

export const STATES: Readonly<Record<LifecycleState, Labelled>> = {
  unconfigured: { id: 1, label: "unconfigured" },
  inactive: { id: 2, label: "inactive" },
  active: { id: 3, label: "active" },
  finalized: { id: 4, label: "finalized" },
};

const CONFIGURING: Labelled = { id: 10, label: "configuring" };
const CLEANING_UP: Labelled = { id: 11, label: "cleaningup" };
const SHUTTING_DOWN: Labelled = { id: 12, label: "shuttingdown" };
const ACTIVATING: Labelled = { id: 13, label: "activating" };
const DEACTIVATING: Labelled = { id: 14, label: "deactivating" };
const ERROR_PROCESSING: Labelled = { id: 15, label: "errorprocessing" };

/** https://design.ros2.org/articles/node_lifecycle.html */
export const STEPS: readonly LifecycleStep[] = [
  step("configure", 1, "unconfigured", CONFIGURING, "inactive", 10),
  step("cleanup", 2, "inactive", CLEANING_UP, "unconfigured", 20),
  step("activate", 3, "inactive", ACTIVATING, "active", 30),
  step("deactivate", 4, "active", DEACTIVATING, "inactive", 40),
  step("shutdown", 5, "unconfigured", SHUTTING_DOWN, "finalized", 50),
  step("shutdown", 6, "inactive", SHUTTING_DOWN, "finalized", 50),
  step("shutdown", 7, "active", SHUTTING_DOWN, "finalized", 50),
];

function step(
  name: LifecycleTransition,
  id: number,
  from: LifecycleState,
  during: Labelled,
  onSuccess: LifecycleState,
  outcomeId: number,
): LifecycleStep {
  const transition = { id, label: name };
  const onFailure = name === "shutdown" ? "finalized" : from;
  return { name, transition, from, during, onSuccess, onFailure, outcomeId };
}

/** lifecycle_msgs/msg/TransitionDescription */
export interface TransitionDescription {
  readonly transition: Labelled;
  readonly start_state: Labelled;
  readonly goal_state: Labelled;
}

export function describeStep({ transition, from, during }: LifecycleStep): TransitionDescription {
  return { transition, start_state: STATES[from], goal_state: during };
}

/** How a step ends. After an error on the way, the node is cleaned up and starts again. */
export function describeOutcomes(
  step: LifecycleStep,
): [success: TransitionDescription, failure: TransitionDescription, error: TransitionDescription] {
  const { during, onSuccess, onFailure, outcomeId } = step;
  const outcome = (offset: number, label: string, goal: Labelled): TransitionDescription => ({
    transition: { id: outcomeId + offset, label: `transition_${label}` },
    start_state: during,
    goal_state: goal,
  });
  return [
    outcome(0, "success", STATES[onSuccess]),
    outcome(1, "failure", STATES[onFailure]),
    outcome(2, "error", ERROR_PROCESSING),
  ];
}

export const ERROR_HANDLED: TransitionDescription = {
  transition: { id: 60, label: "transition_success" },
  start_state: ERROR_PROCESSING,
  goal_state: STATES.unconfigured,
};

/** The whole graph, as `ros2 lifecycle list -a` shows it. */
export function transitionGraph(): TransitionDescription[] {
  const outcomes = STEPS.filter(({ transition }) => transition.id <= 5).flatMap(describeOutcomes);
  return [...STEPS.map(describeStep), ...outcomes, ERROR_HANDLED];
}

/** Every state there is. */
export function allStates(): Labelled[] {
  const during = STEPS.slice(0, 5).map((step) => step.during);
  return [{ id: 0, label: "unknown" }, ...Object.values(STATES), ...during, ERROR_PROCESSING];
}
