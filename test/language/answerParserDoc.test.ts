import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type AnswerReading,
  askQuestion,
  interpretQuestion,
  isQuestionKind,
  kindInfo,
  parseAnswer,
  type SpatialQuestion,
} from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

const doc = readFileSync(new URL("../../docs/answer-parser.md", import.meta.url), "utf8");

interface Example {
  readonly question: string;
  readonly answer: string;
  readonly readAs: string;
}

/** The rows of the tables: | rule | question | answer | read as |. */
const examples: readonly Example[] = doc.split("\n").flatMap((line) => {
  const cells = line.split("|").map((cell) => cell.trim());
  const [, , question, answer, readAs] = cells;
  if (cells.length !== 6 || question === "question" || question?.startsWith("---")) return [];
  return [{ question: question!, answer: answerIn(answer!), readAs: readAs! }];
});

function answerIn(cell: string): string {
  return cell === "(empty)" ? "" : cell.replace(/^(`+) ?(.*?) ?\1$/, "$2");
}

function questionIn(cell: string): SpatialQuestion {
  if (isQuestionKind(cell)) {
    return askQuestion(cell, gripper, kindInfo(cell).arity === 2 ? mug : undefined);
  }
  const question = interpretQuestion(cell.replaceAll('"', ""), [gripper, mug]);
  if (question.kind === "problem") throw new Error(question.detail);
  return question;
}

function say(reading: AnswerReading): string {
  if (reading.refusal) return `refusal: ${reading.refusal.reason}`;
  const { value } = reading;
  switch (value.shape) {
    case "quantity":
      return `${Number(value.valueM.toPrecision(4))} ± ${Number(value.sigmaM.toPrecision(2))} m`;
    case "yes_no":
      return `${value.yes ? "yes" : "no"}, ${value.confidence}`;
    case "choice":
      return `${value.choice}, ${value.confidence}`;
    case "class":
      return `${value.relation}, ${value.confidence}`;
  }
}

describe("docs/answer-parser.md", () => {
  it("has an example of every rule", () => {
    expect(examples.length).toBeGreaterThan(90);
  });

  it.each(examples)("$question: $answer reads as $readAs", ({ question, answer, readAs }) => {
    expect(say(parseAnswer(answer, questionIn(question)))).toBe(readAs);
  });
});
