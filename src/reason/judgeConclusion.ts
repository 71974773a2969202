import type { CalculateStep, Call, Turn } from "./Conversation.js";
import type { Conclusion, Doubt } from "./Transcript.js";

type ConcludeCall = Extract<Call, { tool: "conclude" }>;

const COMPLAINTS: Readonly<Record<Doubt, string>> = {
  ungrounded:
    "no question about the image has been answered yet, so nothing is known: ask first, or conclude `unknown`",
  contradicts_calculation:
    "your last condition came out the other way: calculate the very condition that was asked about, or conclude what it says",
  contradicts_itself: "your answer and your reason disagree: decide for one",
};

/** What speaks against a conclusion, given all that was done before it. */
export function judgeConclusion(
  { answer, because }: ConcludeCall,
  turns: readonly Pick<Turn, "steps">[],
): Conclusion {
  const steps = turns.flatMap((turn) => turn.steps);
  const doubts: Doubt[] = [];
  const isGrounded = steps.some((step) => step.kind === "ask" && step.name !== undefined);
  if (!isGrounded) doubts.push("ungrounded");
  const said = yesOrNo(answer);
  const condition = steps.findLast(
    (step): step is CalculateStep => step.kind === "calculate" && step.result.shape === "condition",
  )?.result;
  const rests = said !== undefined && condition?.shape === "condition";
  if (rests && condition.holds !== said) doubts.push("contradicts_calculation");
  const reason = yesOrNo(because);
  if (said !== undefined && reason !== undefined && reason !== said) {
    doubts.push("contradicts_itself");
  }
  const agrees = rests && condition.holds === said;
  return { answer, because, doubts, ...(agrees && { confidence: condition.confidence }) };
}

/** What a reasoner is told about a doubt, so that it thinks again. */
export function complainOf(doubt: Doubt): string {
  return COMPLAINTS[doubt];
}

/** Whether an answer admits that the question cannot be answered. */
export function isUnknown(answer: string): boolean {
  return /^\W*(unknown|undecid|undetermin|unclear|cannot|can't|can not|not known|i (do not|don't) know|n\/a)/i.test(
    answer,
  );
}

function yesOrNo(text: string): boolean | undefined {
  const word = /^\W*(yes|no)\b/i.exec(text)?.[1]?.toLowerCase();
  return word === undefined ? undefined : word === "yes";
}
