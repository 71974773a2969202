import { askQuestion, kindInfo, parseAnswer, type QuestionKind } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

/** The length read from an answer about the gripper and the mug, or about the mug; in metres. */
export function readM(kind: QuestionKind, text: string): number | undefined {
  const isPair = kindInfo(kind).arity === 2;
  const question = askQuestion(kind, isPair ? gripper : mug, isPair ? mug : undefined);
  const { value } = parseAnswer(text, question);
  return value?.shape === "quantity" ? value.valueM : undefined;
}
