import { itemAt } from "../../base/index.js";
import { oppositeOf, type Relation } from "../QuestionKind.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { lengthAt } from "./lengths.js";
import { type Mention, mentionsIn } from "./mentions.js";
import { Names } from "./names.js";
import { clausesOf, isOneOf, type Token, touches, wordSet } from "./tokens.js";

/** What a clause says of the question's subject. */
export interface RelationStatement {
  readonly relation: Relation;
  /** The clause denies the relation; its opposite need not hold then. */
  readonly negated: boolean;
  /** Its word belongs to another thing: "the left edge of the table", "over the table". */
  readonly elsewhere: boolean;
}

const NEGATIONS = wordSet("not isn't aren't doesn't don't can't nor never wasn't no");

/**
 * The relations of the axis of `relation` that the clauses state, each as one of the question's
 * subject: "the bowl is to the right" of a question about mug and bowl says that the mug is left.
 */
export function relationStatements(
  tokens: readonly Token[],
  question: TypedQuestion,
  relation: Relation,
): readonly RelationStatement[] {
  const names = new Names(question);
  return clausesOf(tokens).flatMap(({ start, next }) =>
    withoutAsides(tokens.slice(start, next), question)
      .flatMap(partsOf)
      .flatMap((part) => clauseStatements(part, question, relation, names)),
  );
}

/** "12 cm right (gripper left of mug)", "… - the gripper is left of the mug": statements of their own. */
function withoutAsides(
  clause: readonly Token[],
  question: TypedQuestion,
): readonly (readonly Token[])[] {
  const isDash = (at: number) =>
    isOneOf(clause, at, DASHES) && !touches(clause, at - 1) && !touches(clause, at);
  const start = [...clause.keys()].find(
    (at) => at > 0 && (isOneOf(clause, at, ["("]) || isDash(at)),
  );
  if (start === undefined) return [clause];
  const isBracket = isOneOf(clause, start, ["("]);
  const close = clause.findIndex(({ text }, at) => at > start && text === ")");
  const end = isBracket && close > 0 ? close : clause.length;
  const aside = clause.slice(start + 1, end);
  const who = new Set(mentionsIn(aside, question).map((it) => it.who));
  if (who.size < 2) return [clause];
  return [[...clause.slice(0, start), ...clause.slice(end + 1)], aside];
}
const DASHES = wordSet("- \u2013 \u2014");

/** "It isn't lower: the gripper is 15 cm higher", "… by 5 cm (with the mug to its right)". */
function partsOf(clause: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of clause) {
    if (PART_ENDS.has(token.text)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  // "Taller: the mug" is one statement.
  return parts[0]?.some(({ text }) => SAYS.test(text)) ? parts : [clause];
}
const SAYS = /^(?:is|are|isn't|aren't|sits|lies|stands|.+'s)$/;
const PART_ENDS = new Set([":", "(", ")"]);

function clauseStatements(
  clause: readonly Token[],
  question: TypedQuestion,
  axis: Relation,
  names: Names,
): readonly RelationStatement[] {
  const mentions = mentionsIn(clause, question);
  const mentionAt = (index: number) => mentions.find((m) => m.start <= index && index < m.next);
  return [...clause.keys()].flatMap((at) => {
    const said = mentionAt(at) ? undefined : relationAt(clause, at, axis);
    if (said === undefined) return [];
    const spokenOf = grammaticalSubject(clause, mentions, at);
    return {
      relation: spokenOf?.who === "object" ? oppositeOf(said) : said,
      negated: clause.slice(0, at).some((token) => NEGATIONS.has(token.text)),
      elsewhere: isElsewhere(clause, at, names, (index) => mentionAt(index) !== undefined),
    };
  });
}

/** Words of sides that also tell one of several things from another. */
const SIDES = wordSet("left right upper lower front back rear");
/** What may follow such a word where it says a relation. */
const AFTER_SIDE = wordSet(
  "of from than to by in on at with and or as but while when because so for along across between is are was would that which the a an it its " +
    "relative compared about roughly approximately around nearly almost only just away down up side hand direction difference " +
    "offset distance displacement shift separation hand-side",
);
/** Whose left is that of the picture. */
const VIEWERS = wordSet("camera's viewer's observer's image's picture's photo's its their");

/**
 * Whether the word of a relation belongs to another thing: "the left edge", "the right-hand mug",
 * "on the left side of the table", "over the table", "to the lamp's left".
 */
function isElsewhere(
  clause: readonly Token[],
  at: number,
  names: Names,
  isMentioned: (index: number) => boolean,
): boolean {
  const isOther = (index: number) => /^[ST]$/.test(names.at(clause, index)?.symbol ?? "");
  const before = clause[at - 1]?.text ?? "";
  const owner = names.at(clause, at - 2);
  const isOwn = owner?.next === at && (owner.symbol === "A" || owner.symbol === "B");
  if (/'s?$/.test(before) && !isMentioned(at - 1) && !isOwn && !VIEWERS.has(before)) return true;
  let next = at + 1;
  if (SIDES.has(itemAt(clause, at).text)) {
    if (isOneOf(clause, next, ["-"])) next++;
    if (isOneOf(clause, next, ["hand"])) next++;
    if (isOneOf(clause, next, ["-"])) next++;
    const { type, text = "" } = clause[next] ?? {};
    const isAdverb = AFTER_SIDE.has(text) || text.endsWith("ly");
    if (type === "word" && !isAdverb && !lengthAt(clause, next)) return true;
    if (text === "side") next++;
  }
  const named = isOneOf(clause, next, COMPARING) ? next + 1 : next;
  return isOther(named) && !isMentioned(named);
}

/** Before the name of what something is compared with. */
const COMPARING = wordSet("to with than of from");
const ARTICLES = wordSet("the a an");
const VERBS = wordSet("is are sits lies stands would = :");

/**
 * Whom a clause speaks of: the first that it names before its relation, other than by way of
 * comparison ("compared to the bowl, …"); else whom it names last after a verb ("left of the
 * bowl is the mug"). A single one named after the relation without a verb between is what an
 * unnamed subject is compared with ("it is left of the bowl").
 */
function grammaticalSubject(
  clause: readonly Token[],
  mentions: readonly Mention[],
  at: number,
): Mention | undefined {
  const before = mentions.filter(({ start }) => start < at && !isCompared(clause, start));
  // "The gripper has the mug 5 cm below it": the mug is below.
  const had = before.slice(1).find(({ start }) => isHad(clause, start));
  if (had) return had;
  if (before[0]) return before[0];
  const last = mentions.at(-1);
  if (last === undefined || last.start < at) return last && other(last);
  const afterVerb = clause
    .slice(Math.max(at, mentions.at(-2)?.next ?? 0), last.start)
    .some((token) => VERBS.has(token.text));
  return afterVerb ? last : other(mentions.find(({ start }) => start > at) ?? last);
}

function isCompared(clause: readonly Token[], start: number): boolean {
  let index = start - 1;
  while (index >= 0 && ARTICLES.has(itemAt(clause, index).text)) index--;
  // "With the gripper to the right" compares nothing, "compared with the gripper" does.
  if (isOneOf(clause, index, ["with"])) return isOneOf(clause, index - 1, COMPARED_WITH);
  return index >= 0 && COMPARING.has(itemAt(clause, index).text);
}
/** After these, a thing stands where the clause's subject has it. */
const HAVING = wordSet("has have having keeps holds with sees finds");

function isHad(clause: readonly Token[], start: number): boolean {
  let index = start - 1;
  while (index >= 0 && ARTICLES.has(itemAt(clause, index).text)) index--;
  return isOneOf(clause, index, HAVING);
}
const COMPARED_WITH = wordSet("compared comparison respect line level");

function other(mention: Mention): Mention {
  return { ...mention, who: mention.who === "subject" ? "object" : "subject" };
}

/** Single words that say a relation, on the axis where they can mean it. */
export const RELATION_WORDS: Readonly<Record<Relation, ReadonlySet<string>>> = {
  left: wordSet("left leftmost leftward leftwards"),
  right: wordSet("right rightmost rightward rightwards"),
  above: wordSet("above over higher highest atop upper up upward upwards taller"),
  below: wordSet("below under beneath underneath lower lowest down downward downwards shorter"),
  behind: wordSet("behind farther further farthest furthest back rear background deeper beyond"),
  front: wordSet("front closer closest nearer nearest ahead foreground forward"),
  tall: wordSet("tall taller tallest high higher highest greater"),
  short: wordSet("short shorter shortest low lower lowest lesser"),
  wide: wordSet("wide wider widest broad broader broadest thicker thickest fatter"),
  thin: wordSet(
    "thin thinner thinnest narrow narrower narrowest slim slimmer slimmest slender slenderer skinnier skinniest",
  ),
  big: wordSet("big bigger biggest large larger largest greater greatest bulkier bulkiest huge"),
  small: wordSet("small smaller smallest little tiny tinier tiniest littlest compact"),
};

/** The relation that the token at `index` says, of `relation` and its opposite. */
function relationAt(
  tokens: readonly Token[],
  index: number,
  relation: Relation,
): Relation | undefined {
  const word = itemAt(tokens, index).text;
  const opposite = oppositeOf(relation);
  const said = RELATION_WORDS[relation].has(word)
    ? relation
    : RELATION_WORDS[opposite].has(word)
      ? opposite
      : undefined;
  if (said === undefined || isOtherwiseMeant(tokens, index)) return undefined;
  return isOneOf(tokens, index - 1, ["less"]) ? oppositeOf(said) : said;
}

/** "right" as "correct" or "exactly", "over there", "further" before another relation. */
function isOtherwiseMeant(tokens: readonly Token[], index: number): boolean {
  const word = itemAt(tokens, index).text;
  if (word === "right") {
    const alone = tokens.length === 1;
    const exact = isOneOf(
      tokens,
      index + 1,
      wordSet("above below behind next beside under over in at on"),
    );
    const agrees =
      isOneOf(tokens, index - 1, ["that's", "you're"]) ||
      (index === 0 && isOneOf(tokens, 1, [",", "!"])) ||
      (isOneOf(tokens, index - 1, ["is", "are"]) &&
        isOneOf(tokens, index - 2, ["that", "this", "it"]) &&
        tokens[index + 1]?.text !== "of");
    return !alone && (exact || agrees);
  }
  if (word === "farther" || word === "further") {
    return (
      isOneOf(tokens, index + 1, wordSet("left right up down to forward")) &&
      !towardsCamera(tokens, index)
    );
  }
  // "Under 2 cm above" bounds the length.
  if (BOUNDS.has(word) && lengthAt(tokens, afterHedge(tokens, index + 1))) return true;
  return word === "over" && isOneOf(tokens, index + 1, ["there", "here"]);
}
const BOUNDS = wordSet("over under above below beyond up");

function afterHedge(tokens: readonly Token[], index: number): number {
  return isOneOf(tokens, index, ["to", "about", "roughly", "approximately"]) ? index + 1 : index;
}

function towardsCamera(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens, index + 1, ["to"]) && isOneOf(tokens, index + 3, ["back", "rear"]);
}
