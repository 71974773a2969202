import type { Relation } from "../QuestionKind.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { clausesOf } from "./clauses.js";
import { type Mention, mentionsIn } from "./mentions.js";
import { oppositeOf, relationAt } from "./relationWords.js";
import type { Token } from "./tokens.js";

/** What a clause says of the question's subject. */
export interface RelationStatement {
  readonly relation: Relation;
  /** The clause denies the relation; its opposite need not hold then. */
  readonly negated: boolean;
  /** The clause names whom it speaks of. */
  readonly named: boolean;
  /** The clause holds both equal ("equally tall", "neither is taller"). */
  readonly equal: boolean;
}

const NEGATIONS = new Set("not isn't aren't doesn't don't can't nor never wasn't no".split(" "));

const EQUALS = new Set("neither both same equal equally identical".split(" "));

/**
 * The relations of the axis of `relation` that the clauses state, each as one of the question's
 * subject: "the bowl is to the right" of a question about mug and bowl says that the mug is left.
 */
export function relationStatements(
  tokens: readonly Token[],
  question: TypedQuestion,
  relation: Relation,
): readonly RelationStatement[] {
  const statements: RelationStatement[] = [];
  for (const { start, next } of clausesOf(tokens)) {
    const statement = clauseStatement(tokens.slice(start, next), question, relation);
    if (statement) statements.push(statement);
  }
  return statements;
}

function clauseStatement(
  clause: readonly Token[],
  question: TypedQuestion,
  axis: Relation,
): RelationStatement | undefined {
  const mentions = mentionsIn(clause, question);
  const inMention = (index: number) => mentions.some((m) => m.start <= index && index < m.next);
  const at = clause.findIndex(
    (_, index) => !inMention(index) && relationAt(clause, index, axis) !== undefined,
  );
  if (at === -1) return undefined;
  const said = relationAt(clause, at, axis)!;
  const spokenOf = grammaticalSubject(clause, mentions, at);
  return {
    relation: spokenOf?.who === "object" ? oppositeOf(said) : said,
    negated: clause.slice(0, at).some((token) => NEGATIONS.has(token.text)),
    named: spokenOf !== undefined,
    equal: clause.some((token) => EQUALS.has(token.text)),
  };
}

/** Before the name of what something is compared with. */
const COMPARING = new Set("to with than of from".split(" "));
const ARTICLES = new Set("the a an".split(" "));
const VERBS = new Set("is are sits lies stands would = :".split(" "));

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
  const before = mentions.find(({ start }) => start < at && !isCompared(clause, start));
  if (before) return before;
  const last = mentions.at(-1);
  if (last === undefined || last.start < at) return last && other(last);
  const afterVerb = clause
    .slice(Math.max(at, mentions.at(-2)?.next ?? 0), last.start)
    .some((token) => VERBS.has(token.text));
  return afterVerb ? last : other(mentions.find(({ start }) => start > at)!);
}

function isCompared(clause: readonly Token[], start: number): boolean {
  let index = start - 1;
  while (index >= 0 && ARTICLES.has(clause[index]!.text)) index--;
  return index >= 0 && COMPARING.has(clause[index]!.text);
}

function other(mention: Mention): Mention {
  return { ...mention, who: mention.who === "subject" ? "object" : "subject" };
}
