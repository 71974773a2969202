import { itemAt } from "../../base/index.js";
import { kindInfo } from "../QuestionKind.js";
import { contentWords } from "../question/matchObject.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { canMean, type NounPhrase, nounPhrasesIn, VERBS } from "./nounPhrases.js";
import { clauseAround } from "./selectStatement.js";
import type { Statement } from "./statements.js";
import { endsSentence, isOneOf, type Stretch, type Token, wordSet } from "./tokens.js";

/** Nouns of what is said, and not of what it is said of. */
const QUANTITIES = wordSet(
  "distance separation gap clearance space spacing height width elevation altitude difference offset " +
    "displacement length size extent diameter breadth dimension measurement measure estimate estimation " +
    "answer result value number total sum range approximation guess average margin figure interval",
);
/** Nouns of the picture, and of places in it. */
const PLACES = wordSet(
  "image picture photo scene view frame perspective viewpoint angle scale reference line way direction " +
    "plane axis point left right front back side center centre middle camera viewer lens rest two pair " +
    "question context case information analysis ruler step other level air assistant output response " +
    "ai bot note summary conclusion",
);
/** Parts of things: ends of a distance, but not the thing whose size is asked. */
const PARTS = wordSet(
  "edge top bottom base rim tip end handle corner surface fingertip body lid lip opening face",
);
const SURFACES = wordSet(
  "table tabletop surface desk worktop counter countertop floor ground support shelf",
);

/** Whether a clause speaks of a thing that the question does not ask about, so that its length is that one's. */
export function isForeign(
  tokens: readonly Token[],
  { length }: Statement,
  question: SpatialQuestion,
): boolean {
  if (question.kind === "open") return false;
  const clause = clauseAround(tokens, length);
  const described = describedBy(tokens, length, clause);
  if (described) return isStranger(described, question, "whose");
  const phrases = nounPhrasesIn(tokens, clause);
  const whose = owners(tokens, phrases, length, clause);
  if (whose.some((phrase) => isStranger(phrase, question, "whose"))) return true;
  return phrases.some(
    (phrase) =>
      isReference(tokens, phrase, question, length) && isStranger(phrase, question, "reference"),
  );
}

/** The thing of "the 20 cm tall bottle". */
function describedBy(
  tokens: readonly Token[],
  { start, next }: Stretch,
  clause: Stretch,
): NounPhrase | undefined {
  if (!isOneOf(tokens, start - 1, ["the", "a", "an", "this", "that"])) return undefined;
  let at = next;
  while (isOneOf(tokens, at, ["tall", "high", "wide", "long", "deep", "-"])) at++;
  if (tokens[at]?.type !== "word") return undefined;
  const [phrase] = nounPhrasesIn([{ ...itemAt(tokens, at), text: "the" }, ...tokens.slice(at)], {
    start: 0,
    next: clause.next - at + 1,
  });
  return phrase?.start === 0 ? phrase : undefined;
}

const PRONOUNS = wordSet("it they this that these both he she");
const PREPOSITIONS = wordSet(
  "in on at by with from to of between than near above below over under beneath behind beside off " +
    "against into onto across along as for like within inside using via around per through",
);

/** Whom the clause is about: the last thing before the length that no preposition ties to another. */
function owners(
  tokens: readonly Token[],
  phrases: readonly NounPhrase[],
  length: Stretch,
  clause: Stretch,
): readonly NounPhrase[] {
  const before = phrases.filter(({ next }) => next <= length.start);
  const relative = antecedentOf(tokens, length);
  if (relative) return [relative];
  const free = before.filter(({ start }) => !PREPOSITIONS.has(tokens[start - 1]?.text ?? ""));
  const last = free.at(-1);
  if (last) {
    // "The gripper and the tray are 12 cm apart."
    const joined = isOneOf(tokens, last.start - 1, ["and"])
      ? before.filter(({ next }) => next === last.start - 1)
      : [];
    return [...joined, last];
  }
  const pronoun = tokens.slice(clause.start, length.start).some(({ text }) => PRONOUNS.has(text));
  if (pronoun || !VERBS.has(tokens[clause.start]?.text ?? "")) return [];
  // "The box, which stands by the mug, is 20 cm tall": the clause goes on about the sentence's first.
  let first = clause.start;
  while (first > 0 && !endsSentence(itemAt(tokens, first - 1))) first--;
  return nounPhrasesIn(tokens, { start: first, next: clause.start }).slice(0, 1);
}

/** The shelf of "on a shelf that is 1.4 m high", "on the shelf, which measures 1.4 m". */
function antecedentOf(tokens: readonly Token[], length: Stretch): NounPhrase | undefined {
  let at = length.start - 1;
  while (at > length.start - 6 && !isOneOf(tokens, at, ["that", "which"])) {
    const { type, text } = tokens[at] ?? {};
    if (type !== "word" || !(VERBS.has(text ?? "") || MODIFIERS.has(text ?? ""))) return undefined;
    at--;
  }
  if (!isOneOf(tokens, at, ["that", "which"])) return undefined;
  let first = at;
  while (first > 0 && !endsSentence(itemAt(tokens, first - 1))) first--;
  const phrase = nounPhrasesIn(tokens, { start: first, next: at }).at(-1);
  const gap = phrase && tokens.slice(phrase.next, at).filter(({ text }) => text !== ",");
  return gap?.length === 0 ? phrase : undefined;
}
const MODIFIERS = wordSet("about around approximately roughly only just nearly almost exactly");

const FROM = wordSet("from of between than to");
const BESIDE = wordSet(
  "compared relative next close similar according due respect parallel nearer",
);
const OVER = wordSet("above below over under beneath behind off");

/** Whether the clause measures to this thing: "35 cm from the tray". */
function isReference(
  tokens: readonly Token[],
  { start }: NounPhrase,
  { kind }: TypedQuestion,
  length: Stretch,
): boolean {
  const at = isOneOf(tokens, start - 1, ["and"]) ? joinedAt(tokens, start - 1) : start - 1;
  if (isOneOf(tokens, at, ["to", "with"]) && isOneOf(tokens, at - 1, BESIDE)) return false;
  if (isOneOf(tokens, at, ["of"]) && isOneOf(tokens, at - 1, ["front"])) {
    return kindInfo(kind).arity === 2;
  }
  if (isOneOf(tokens, at, FROM)) return true;
  const over = isOneOf(tokens, at, OVER) && at >= length.next;
  return over && kind !== "height" && kind !== "width";
}

/** The "between" of "between the gripper and …". */
function joinedAt(tokens: readonly Token[], and: number): number {
  for (let index = and - 1; index > Math.max(0, and - 10); index--) {
    if (isOneOf(tokens, index, ["between", "from"])) return index;
  }
  return and;
}

function isStranger(
  phrase: NounPhrase,
  question: TypedQuestion,
  role: "whose" | "reference",
): boolean {
  const { subject, object, kind, support } = question;
  const objects = object ? [subject, object] : [subject];
  const noun = phrase.words.at(-1) ?? "";
  if (phrase.owner !== undefined) {
    const owner = { ...phrase, words: [phrase.owner] };
    return !objects.some((one) => canMean(owner, one)) && !phrase.words.some((w) => PLACES.has(w));
  }
  if (objects.some((one) => canMean(phrase, one))) return false;
  // Marks on the picture are the question's things, where that does not name marks itself.
  if (phrase.words[0] === "region" && !/\bregion\b/i.test(question.text)) return false;
  if (QUANTITIES.has(noun) || PLACES.has(noun)) {
    return phrase.words.some((word) => SURFACES.has(word)) && noun !== "surface";
  }
  const isSize = kind === "height" || kind === "width";
  if (PARTS.has(noun)) return isSize && role === "whose";
  if (role === "whose") return true;
  if (kind === "elevation" && SURFACES.has(noun)) return false;
  const asked = new Set(contentWords(`${question.text} ${support?.phrase ?? ""}`));
  return !asked.has(noun);
}
