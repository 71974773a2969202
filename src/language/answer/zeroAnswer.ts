import { itemAt } from "../../base/index.js";
import type { QuantityKind } from "../QuestionKind.js";
import { contentWords, singular } from "../question/matchObject.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { isSaidOfThing, plainClauses } from "./clauses.js";
import { statesFreely } from "./freeStatements.js";
import { isHarmless } from "./harmless.js";
import type { PlainSentence } from "./plainSentences.js";
import { statesHolding, statesQuantity, statesZero } from "./statementForms.js";
import { isNumbering, type Token, wordSet } from "./tokens.js";

/** Sigma of contact that was said in words, or of a zero without a unit. */
const CONTACT_SIGMA_M = 0.01;
/** Sigma of things that are said to be level: nobody sees that to a centimetre. */
const LEVEL_SIGMA_M = 0.03;

/** "They are not touching", "no contact has been made". */
const DENIED =
  /\b(?:not|no(?! (?:gap|space|clearance|separation)\b)|without|never)\b[^,]*\b(?:touch|contact|hold|grasp|grip|grab)|\b(?:incorrect|wrong|false|untrue|not true|not the case)\b|\b(?:zero|no|low|little) confidence\b|: (?:no|false)$|\bnot$/;
/** What overlaps in a picture need not touch. */
const DOUBTFUL =
  /\b(?:image|picture|photo|view|viewpoint|frame|perspective|angle|visually|see|visible|would|should|will|was|were|or|but|if|whether)\b/;
/** A zero itself, of the quantity. */
const NUMBER =
  /^(?!no )(?:(?:the|its|their) )?(?:(?:[a-z]+ )?(?:gap|distance|clearance|elevation|height|offset|separation|difference)(?: (?:between|of|above|over) [ABPS](?: S)?)?(?: (?:is|:|=))? |(?:[ABP]|it|they) (?:is|are) )?zero$/;

/** Whether a sentence gives the quantity as zero: "The gap is zero". */
function givesZero(text: string, kind: QuantityKind): boolean {
  if (NUMBER.test(text)) return true;
  const length = text.replace(/ zero$/, " L0");
  return length !== text && (statesQuantity(length, kind) || statesFreely(length, kind));
}

/** Whether one of a sentence's clauses says that the quantity is zero. */
export function saysZero(sentence: string, kind: QuantityKind): boolean {
  return plainClauses(sentence).some((clause) => {
    const plain = clause.replace(/ (?:actually|effectively|essentially|basically|then)\b/g, "");
    return statesZero(plain, kind) || givesZero(plain, kind);
  });
}

/** Whether one of a sentence's clauses says that one of the things holds the other. */
export function saysHolding(sentence: string): boolean {
  return plainClauses(sentence).some(statesHolding);
}

/**
 * Sigma of a zero that a sentence states in words, of exactly these things and without a doubt: one
 * of its clauses says so, and the others change nothing. "Almost touching", "no gap visible", "the
 * mug is touching the table" say no zero.
 */
export function saidZeroSigmaM(
  sentences: readonly PlainSentence[],
  { kind }: TypedQuestion,
): number | undefined {
  if (sentences.some(({ text }) => DENIED.test(text))) return undefined;
  if (sentences.some((sentence, index) => isFlag(sentence, sentences[index - 1]))) return undefined;
  const quantity = kind as QuantityKind;
  const stated = sentences.some((sentence, index) => {
    if (sentence.asked || sentence.hedged || DOUBTFUL.test(sentence.text)) return false;
    const clauses = plainClauses(sentence.text);
    const says = clauses.map((clause) => {
      if (isSaidOfThing(clause, sentence, sentences[index - 1])) return false;
      return statesZero(clause, quantity) || givesZero(clause, quantity);
    });
    return (
      says.includes(true) &&
      clauses.every((it, i) => says[i] || isHarmless(it) || /[LU]\d/.test(it) || statesHolding(it))
    );
  });
  if (!stated) return undefined;
  return quantity === "gap" || quantity === "elevation" ? CONTACT_SIGMA_M : LEVEL_SIGMA_M;
}

/** "Gap visible: 0", "In contact? 0": a zero of something that is no length, and means no. */
function isFlag({ text }: PlainSentence, before: PlainSentence | undefined): boolean {
  if (/ [:=] zero\b/.test(text)) return !NUMBER.test(text) && !ANSWER.test(text);
  return text === "zero" && before?.asked === true && CONTACT.test(before.text);
}
const ANSWER = /^(?:(?:the|my|a) )?(?:[a-z]+ )?(?:answer|result|value|estimate) [:=] zero$/;
const CONTACT = /\b(?:touch|contact|hold|held|grasp|grip|grab)/;

/** What may stand beside a zero without a unit that is the answer. */
const AROUND_ZERO = wordSet(
  "the a answer is it it's they are distance gap clearance separation height width elevation offset difference " +
    "value result zero vertical horizontal final between and from to of apart unit units m cm",
);

/** Sigma of a zero without a unit, where the text is that number and what it is of. */
export function bareZeroSigmaM(
  tokens: readonly Token[],
  question: SpatialQuestion,
): number | undefined {
  const names = question.kind === "open" ? new Set<string>() : namesOf(question);
  const plain = tokens.every(({ type, text }, index) => {
    if (type === "number") return Number(text) === 0 && !isNumbering(tokens, index);
    if (type === "sign") return isPlainSign(tokens, index);
    return (
      AROUND_ZERO.has(text) ||
      text.split("_").every((part) => AROUND_ZERO.has(part)) ||
      names.has(singular(text))
    );
  });
  const isOne = tokens.filter(({ type }) => type === "number").length < 2;
  return plain && isOne ? CONTACT_SIGMA_M : undefined;
}

/** Signs that say nothing of a number, wherever they stand; and those that do not if it is not beside them. */
const PLAIN_SIGNS = new Set(".,:=\"'{}()[]!~≈\n");
const JOINING_SIGNS = new Set("/-–—→↔|&;");

function isPlainSign(tokens: readonly Token[], index: number): boolean {
  const { text } = itemAt(tokens, index);
  if (PLAIN_SIGNS.has(text)) return true;
  const isBeside = [index - 1, index + 1].some((at) => tokens[at]?.type === "number");
  return JOINING_SIGNS.has(text) && !isBeside;
}

/** The words that name the question's things. */
function namesOf({ subject, object }: TypedQuestion): ReadonlySet<string> {
  const things = object ? [subject, object] : [subject];
  return new Set(
    things.flatMap(({ phrase, name }) => contentWords(`${phrase} ${name.replaceAll("_", " ")}`)),
  );
}
