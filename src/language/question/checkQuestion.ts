import { isQuestionKind, kindInfo } from "../QuestionKind.js";
import { QuestionError } from "./askQuestion.js";

/**
 * Checks a question that a program without types has made.
 *
 * @throws QuestionError that says what was expected, and what came
 */
export function checkQuestion(question: unknown): void {
  const { kind, text, subject, object } = fieldsOf(question, "a question");
  if (typeof text !== "string") throw unexpected("the question's text", "a string", text);
  if (kind === "open") return;
  if (typeof kind !== "string" || !isQuestionKind(kind)) {
    throw unexpected("the question's kind", '"open" or one of the 43 kinds (KINDS)', kind);
  }
  checkObject(subject, "subject");
  if (kindInfo(kind).arity === 2) checkObject(object, "object");
}

function checkObject(object: unknown, role: string): void {
  const { name, phrase } = fieldsOf(object, `the question's ${role}`);
  if (typeof name === "string" && typeof phrase === "string") return;
  throw unexpected(`the question's ${role}`, "{ name: string, phrase: string }", object);
}

function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw unexpected(what, "an object (askQuestion makes one)", value);
}

function unexpected(what: string, expected: string, came: unknown): QuestionError {
  const said = JSON.stringify(came) ?? String(came);
  return new QuestionError(`Expected ${what} to be ${expected}, but it is ${said.slice(0, 80)}.`);
}
