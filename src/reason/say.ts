import {
  type AnswerValue,
  formatQuantity,
  kindInfo,
  type SpatialAnswer,
  type SpatialQuestion,
  withWholeSigma,
} from "../language/index.js";
import type { Calculated, Step, Turn } from "./Conversation.js";
import type { Transcript } from "./Transcript.js";

/** A turn for people, a line or two for each step. */
export function sayTurn({ text, steps, remark }: Turn, number: number): string {
  const lines = steps.length > 0 ? steps.flatMap(sayStep) : [`says      ${oneLine(text)}`];
  if (remark !== undefined) lines.push(`told      ${remark}`);
  return lines.map((line, i) => `${(i === 0 ? `${number}.` : "").padEnd(4)}${line}\n`).join("");
}

/** The result, for people: the answer and its doubts, or why there is none. */
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

/** An answer as it is sent to a reasoner: "a1 = 34.2 ± 0.6 cm". */
export function sayAnswer(name: string | undefined, answer: SpatialAnswer): string {
  const { question, value, refusal } = withWholeSigma(answer);
  if (refusal) return `no answer (${refusal.reason}): ${refusal.detail}`;
  const sure = value.shape === "quantity" ? "" : ` (${percent(value.confidence)} sure)`;
  return `${name} = ${wordsOf(value, question)}${sure}`;
}

function wordsOf(value: AnswerValue, question: SpatialQuestion): string {
  switch (value.shape) {
    case "quantity":
      return formatQuantity(value.valueM, value.sigmaM);
    case "yes_no":
      return value.yes ? "yes" : "no";
    case "choice": {
      if (question.kind === "open") return value.choice;
      const isFirst = value.choice === "subject";
      const chosen = isFirst ? question.subject : question.object;
      return `${chosen?.phrase}, counts as ${isFirst ? 1 : 0}`;
    }
    case "class": {
      const first = question.kind !== "open" && kindInfo(question.kind).relations[0];
      return `${value.relation}, counts as ${value.relation === first ? 1 : 0}`;
    }
  }
}

/** A result as it is sent to a reasoner: "c1 = 0.012 ± 0.003", "c2 = true (97 % sure)". */
export function sayCalculated(name: string, result: Calculated): string {
  if (result.shape === "condition") {
    return `${name} = ${result.holds} (${percent(result.confidence)} sure)`;
  }
  const { value, sigma, unit } = result;
  if (unit === "m") return `${name} = ${formatQuantity(value, sigma)}`;
  const digits = (x: number) => String(Number(x.toPrecision(3)));
  const said = sigma > 0 ? `${digits(value)} ± ${digits(sigma)}` : digits(value);
  return `${name} = ${said}${unit === "s" ? " s" : ""}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
