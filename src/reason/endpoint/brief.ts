import { FUNCTIONS } from "../../expression/index.js";
import { type ObjectRef, phrasings, type QuestionKind } from "../../language/index.js";

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

const QUESTIONS = SHOWN.map(
  (kind) => `- ${phrasings(kind)[0]!.replace("{A}", "A").replace("{B}", "B")}`,
).join("\n");

/** What a language model is told of its task, whatever the protocol. */
export function brief(objects: readonly ObjectRef[]): string {
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
