import { formatValue, interpretQuestion } from "../../language/index.js";
import type { Call, Conversation } from "../Conversation.js";
import { readMultiStep } from "../multistep/index.js";
import type { Reasoner, Reply } from "../Reasoner.js";
import type { AskStep, CalculateStep } from "../Step.js";
import type { Plan } from "./Plan.js";
import { planFor } from "./plans.js";

/** The planner's id, and its name as a reasoner spec. */
export const PLANNER = "planner";

/**
 * A reasoner without a language model: it knows the kinds of `MULTI_STEP_KINDS` in our own
 * phrasings and the right way to take each apart, and nothing else. What it gets wrong, the model
 * that sees has got wrong: an upper bound for reasoners with the same eye, and no measure of
 * one.
 */
export function planner(): Reasoner {
  return {
    id: PLANNER,
    async next(conversation, signal): Promise<Reply> {
      signal.throwIfAborted();
      return { text: "", calls: nextCalls(conversation), tokens: 0 };
    },
  };
}

function nextCalls(conversation: Conversation): readonly Call[] {
  const plan = planOf(conversation);
  if (!plan) return [unknown("the planner knows no such question")];
  const steps = conversation.turns.flatMap((turn) => turn.steps);
  if (steps.length === 0) return plan.asks.map((question) => ({ tool: "ask", question }));
  const failed = steps.find(
    (step) =>
      step.call.tool !== "conclude" &&
      (step.kind === "rejected" || (step.kind === "ask" && step.name === undefined)),
  );
  if (failed) return [unknown(failed.told)];
  const asked = steps.filter((step): step is AskStep => step.kind === "ask");
  const results = steps.filter((step): step is CalculateStep => step.kind === "calculate");
  const expressions = plan.calculations(asked.map(({ name }) => name!));
  if (results.length < expressions.length) {
    return expressions.map((expression) => ({ tool: "calculate", expression }));
  }
  const conclusion = plan.conclude(
    results.map(({ result }) => result),
    asked.map(({ answer }) => answer),
  );
  return [{ tool: "conclude", ...conclusion }];
}

function planOf({ question, objects }: Conversation): Plan | undefined {
  const hard = readMultiStep(question);
  if (hard) return planFor(hard);
  const simple = interpretQuestion(question, objects);
  if (simple.kind === "open" || simple.kind === "problem") return undefined;
  return {
    asks: [question],
    calculations: () => [],
    conclude: (_, [answer]) => ({
      answer: answer?.value ? formatValue(answer.value) : "unknown",
      because: "that is what was answered",
    }),
  };
}

function unknown(because: string): Call {
  return { tool: "conclude", answer: "unknown", because };
}
