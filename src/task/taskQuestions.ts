import { askQuestion, onSupport, type TypedQuestion } from "../language/index.js";
import type { Task } from "./Task.js";

/** The questions to ask about every frame: one for each measurement of the task, in their order. */
export function taskQuestions({
  measurements,
  support,
}: Pick<Task, "measurements" | "support">): readonly TypedQuestion[] {
  const questions = measurements.map(({ kind, subject, object, question }) => {
    const asked = askQuestion(kind, subject, object);
    return question === undefined ? asked : { ...asked, text: question };
  });
  return onSupport(questions, support);
}
