import type { VariableKind } from "../expression/index.js";
import { kindInfo } from "../language/index.js";
import { BUILT_IN } from "./readMeasurements.js";
import type { Task } from "./Task.js";

/** The variables that the task's expressions may use: its measurements, then the built-in ones. */
export function taskVariables(
  task: Pick<Task, "measurements" | "stages">,
): ReadonlyMap<string, VariableKind> {
  const measured = task.measurements.map(
    ({ name, kind }) => [name, kindInfo(kind).shape === "quantity" ? "m" : "condition"] as const,
  );
  const builtIn = task.stages.length > 0 ? BUILT_IN : [["time", "s"] as const];
  return new Map([...measured, ...builtIn]);
}
