import type { Step } from "./Step.js";

/** The words of a call: the question, the expression, the conclusion, or what could not be read. */
export function saidOf(call: Step["call"]): string {
  switch (call.tool) {
    case "ask":
      return call.question;
    case "calculate":
      return call.expression;
    case "conclude":
      return call.answer;
    case "unreadable":
      return call.said;
  }
}
