import { FUNCTIONS } from "../../expression/index.js";
import { type ObjectRef, phrasings, type QuestionKind } from "../../language/index.js";
import type { ChatMessage } from "../../models/index.js";
import type { Conversation, Turn } from "../Conversation.js";
import { sayCall, sayResults, TEXT_PROTOCOL } from "./textProtocol.js";
import { toolCallOf } from "./tools.js";

/** A conversation as messages, with calls of tools. */
export function toolMessages({ question, objects, turns }: Conversation): readonly ChatMessage[] {
  return [
    { role: "system", content: brief(objects) },
    { role: "user", content: question },
    ...turns.flatMap(toolTurn),
  ];
}

function toolTurn({ text, steps, remark }: Turn, index: number): ChatMessage[] {
  const called = steps.map(({ call, told }, step) => ({
    ...{ call, told, id: `call_${index + 1}_${step + 1}` },
  }));
  const toolCalls = called.map(({ call, id }) => toolCallOf(call, id));
  return [
    { role: "assistant", content: text, ...(toolCalls.length > 0 && { toolCalls }) },
    ...called.map(({ told, id }): ChatMessage => ({ role: "tool", toolCallId: id, content: told })),
    ...(remark ? [{ role: "user" as const, content: remark }] : []),
  ];
}

/** A conversation as messages in plain text. */
export function textMessages({ question, objects, turns }: Conversation): readonly ChatMessage[] {
  return [
    { role: "system", content: `${brief(objects)}\n\n${TEXT_PROTOCOL}` },
    { role: "user", content: question },
    ...turns.flatMap((turn): ChatMessage[] => [
      {
        role: "assistant",
        content: turn.text || turn.steps.map(({ call }) => sayCall(call)).join("\n"),
      },
      { role: "user", content: sayResults(turn) },
    ]),
  ];
}

/** Kinds that stand for all in the list of questions that one can ask; the rest follow from them. */
const SHOWN: readonly QuestionKind[] = [
  "distance",
  "gap",
  "height",
  "width",
  "elevation",
  "vertical_distance",
  "horizontal_distance",
  "above_difference",
  "behind_difference",
  "left_difference",
  "left_predicate",
  "above_predicate",
  "behind_predicate",
  "tall_choice",
  "wide_choice",
  "big_choice",
];

const QUESTIONS = SHOWN.flatMap((kind) => phrasings(kind).slice(0, 1))
  .map((phrasing) => `- ${phrasing.replace("{A}", "A").replace("{B}", "B")}`)
  .join("\n");

/** What a language model is told about its task, for any protocol. */
function brief(objects: readonly ObjectRef[]): string {
  const things =
    objects.length > 0
      ? `The things in the image that can be asked about, by the only names they go by:\n${objects
          .map(({ phrase }) => `- ${phrase}`)
          .join("\n")}`
      : "Name the things in the image as the question names them.";
  return `You answer a question about an image that you cannot see. Another model sees it; it answers simple spatial questions about one or two things. Take the question apart, ask what you need, calculate, and conclude. Never guess a measurement, and never do arithmetic in your head.

${things}

Simple questions that the other model understands, with A and B standing for things:
${QUESTIONS}

Answers come as a1, a2, … with their standard deviation; yes, the thing named first, and the relation named first count as 1. An answer may be refused: ask differently, or do without.

A calculation is one expression over a1, a2, …, results c1, c2, … of earlier calculations, and numbers with units, such as \`abs(a1 - a2) < 5 cm\`. Lengths are in metres. There are + - * / ^, comparisons, and, or, not, \`a ? b : c\`, and ${[...FUNCTIONS.keys()].join(", ")}. A comparison gives true or false with the probability that it holds.

Conclude once, with a bare answer: yes or no, the name of a thing, names in order with commas between, one word, or a number with its unit. If it cannot be told, the answer is unknown.`;
}
