import { UserError } from "../base/index.js";
import { describeProblems, type YamlProblem } from "../yaml/index.js";

/** One mistake in a task file. */
export type TaskProblem = YamlProblem;

/** A task file that cannot be used. The message shows every problem with its line and a caret. */
export class TaskError extends UserError {
  override readonly code = "task.invalid";

  constructor(
    readonly file: string,
    readonly problems: readonly TaskProblem[],
  ) {
    super(describeProblems("task file", file, problems));
  }
}
