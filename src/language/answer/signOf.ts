import { itemAt } from "../../base/index.js";
import { oppositeOf, type QuestionKind, type Relation } from "../QuestionKind.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import type { Placed, Reading } from "./chooseLength.js";
import { IMAGINED } from "./harmless.js";
import { OTHER_VIEW } from "./relationForms.js";
import { relationStatements } from "./relations.js";
import type { Token } from "./tokens.js";

const DIRECTIONS: Readonly<Partial<Record<QuestionKind, Relation>>> = {
  left_difference: "left",
  right_difference: "right",
  above_difference: "above",
  below_difference: "below",
  behind_difference: "behind",
  front_difference: "front",
};

/** The directions in which some tokens point; undefined if they only speak of other things' sides. */
function relationsIn(
  tokens: readonly Token[],
  question: TypedQuestion,
  direction: Relation,
): ReadonlySet<Relation> | undefined {
  const stated = relationStatements(tokens, question, direction).filter(({ negated }) => !negated);
  const own = stated.filter(({ elsewhere }) => !elsewhere);
  if (own.length === 0 && stated.length > 0) return undefined;
  return new Set(own.map(({ relation }) => relation));
}

const OF_BOTH = /\bA\b.*\bB\b|\bB\b.*\bA\b/;
/** Where a thing is in the picture is no height: "35 cm higher in the image". */
const IN_PICTURE =
  /\b(?:higher|lower|above|below|up|down)(?: (?:up|down|it))* (?:in|on|within) (?:(?:the|this) )?(?:image|picture|photo|photograph|frame|P)\b/;

/** The kinds whose sides are others from elsewhere. */
const BY_VIEW = /^(?:left|right|behind|front)_/;

/**
 * +1 if the words around a length point the way that the kind counts, −1 if they point the other
 * way ("5 cm to the right" of a left_difference, "the bowl is 5 cm to the left"); undefined if they
 * point both ways, or nobody knows where.
 */
export function signOf(
  { sentence, statement }: Placed,
  { tokens, sentences }: Reading,
  question: TypedQuestion,
): 1 | -1 | undefined {
  const direction = DIRECTIONS[question.kind];
  if (direction === undefined) return 1;
  /** "It is 35 cm higher. The mug is above the gripper." */
  const deniesElsewhere = (told: Relation) =>
    sentences.some(
      ({ text, start, next, asked }) =>
        !asked &&
        OF_BOTH.test(text) &&
        !IMAGINED.test(text) &&
        relationsIn(tokens.slice(start, next), question, direction)?.has(oppositeOf(told)),
    );
  if (BY_VIEW.test(question.kind) && sentences.some(({ text }) => OTHER_VIEW.test(text)))
    return undefined;
  const { start, next, text } = itemAt(sentences, sentence);
  if (IN_PICTURE.test(text)) return undefined;
  const said = tokens.slice(start, next);
  const near = relationsIn(said, question, direction);
  // "It is to the right. The offset is 5 cm." speaks of one direction only, if not in one breath.
  const relations = near?.size ? near : relationsIn(tokens, question, direction);
  if (near?.size === 1 && deniesElsewhere([...near][0] ?? direction)) return undefined;
  if (relations === undefined) return undefined;
  const [relation = direction, other] = relations;
  if (other !== undefined) return undefined;
  if (statement.length.valueM >= 0) return relation === direction ? 1 : -1;
  // "-18 cm (the gripper is lower)" says one thing twice, "-5 cm to the right" who knows what.
  if (relations.size === 0) return 1;
  const part = partAt(said, statement.length.start - start);
  const isInPart = relationsIn(part, question, direction)?.size !== 0;
  return relation === direction || isInPart ? undefined : 1;
}

/** The words around a token up to the next commas and brackets. */
function partAt(tokens: readonly Token[], at: number): readonly Token[] {
  const isEnd = ({ text }: Token) => /^[,;:()]$/.test(text);
  const start = tokens.slice(0, at).findLastIndex(isEnd) + 1;
  const end = tokens.findIndex((token, index) => index > at && isEnd(token));
  return tokens.slice(start, end < 0 ? tokens.length : end);
}
