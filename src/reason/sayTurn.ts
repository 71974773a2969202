import type { Turn } from "./Conversation.js";
import type { Step } from "./Step.js";
import { saidOf } from "./saidOf.js";
import type { Transcript } from "./Transcript.js";

/** A turn for people, a line or two for each step. */
export function sayTurn({ text, steps, remark }: Turn, number: number): string {
  const lines = steps.length > 0 ? steps.flatMap(sayStep) : [`says      ${oneLine(text)}`];
  if (remark !== undefined) lines.push(`told      ${remark}`);
  return lines.map((line, i) => `${(i === 0 ? `${number}.` : "").padEnd(4)}${line}\n`).join("");
}

/** What came out of it, for people: the answer and its doubts, or why there is none. */
export function sayEnding({ ending, detail, conclusion }: Transcript): string {
  if (!conclusion) return `no answer (${ending.replaceAll("_", " ")}): ${detail}\n`;
  const { answer, because, confidence, doubts } = conclusion;
  const sure = confidence === undefined ? "" : ` (${Math.round(confidence * 100)} % sure)`;
  const reason = because === "" ? "" : `: ${because}`;
  const doubt = doubts.map((each) => `doubt: ${each.replaceAll("_", " ")}\n`).join("");
  return `${answer}${sure}${reason}\n${doubt}`;
}

function sayStep(step: Step): string[] {
  switch (step.kind) {
    case "ask":
      return [`asks      ${step.call.question}`, `          ${step.told}`];
    case "calculate":
      return [`computes  ${step.call.expression}`, `          ${step.told}`];
    case "conclude":
      return [`concludes ${step.call.answer}`];
    case "rejected":
      return [`tries     ${oneLine(tried(step.call))}`, `          ${step.told}`];
  }
}

function tried(call: Step["call"]): string {
  return call.tool === "conclude" ? `to conclude ${saidOf(call)}` : saidOf(call);
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 160 ? line : `${line.slice(0, 160)}…`;
}
