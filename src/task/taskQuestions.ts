import { askQuestion, type TypedQuestion } from "../language/index.js";
import type { Task } from "./Task.js";

/** The questions to ask about every frame: one for each measurement of the task, in their order. */
export function taskQuestions(task: Pick<Task, "measurements">): TypedQuestion[] {
  return task.measurements.map(({ kind, subject, object, question }) => {
    const asked = askQuestion(kind, subject, object);
    return question === undefined ? asked : { ...asked, text: question };
  });
}
