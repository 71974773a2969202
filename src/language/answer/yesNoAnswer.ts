import { relationOf } from "../QuestionKind.js";
import { type AnswerReading, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { spokenConfidence } from "./doubt.js";
import { relationStatements } from "./relations.js";
import { clausesOf, isOneOf, type Stretch, type Token, wordSet } from "./tokens.js";

/** Reads yes or no; undefined if the text says neither. */
export function yesNoAnswer(
  tokens: readonly Token[],
  question: SpatialQuestion,
): AnswerReading | undefined {
  const lead = verdictAtStart(tokens) ?? lastVerdictAlone(tokens);
  // The verdict's own words ("right") are not a statement about the objects.
  const rest =
    lead === undefined ? tokens : [...tokens.slice(0, lead.start), ...tokens.slice(lead.next)];
  const stated = question.kind === "open" ? undefined : statedVerdict(rest, question);
  if (stated === "both") {
    return refuse("contradiction", "the answer says both yes and no");
  }
  if (lead !== undefined && stated !== undefined && lead.yes !== stated) {
    return refuse(
      "contradiction",
      `the answer says ${lead.yes ? "yes" : "no"}, but what it says of the objects means ${stated ? "yes" : "no"}`,
    );
  }
  const yes = stated ?? lead?.yes;
  if (yes === undefined) return undefined;
  return { value: { shape: "yes_no", yes, confidence: spokenConfidence(tokens) } };
}

/** The last clause that is a verdict and nothing else: "Looking at both, yes." */
function lastVerdictAlone(tokens: readonly Token[]): Verdict | undefined {
  return clausesOf(tokens)
    .map((clause) => verdictAlone(tokens, clause))
    .findLast((verdict) => verdict !== undefined);
}

/** The verdict of what is said about the question's relation; all statements must agree. */
function statedVerdict(
  tokens: readonly Token[],
  question: TypedQuestion,
): boolean | "both" | undefined {
  const relation = relationOf(question.kind);
  const verdicts = relationStatements(tokens, question, relation).flatMap((statement) => {
    if (statement.equal) return [false];
    const holds = statement.relation === relation;
    // Not right of it is not yet left of it.
    if (statement.negated) return holds ? [false] : [];
    return [holds];
  });
  if (verdicts.length === 0) return undefined;
  return verdicts.every((verdict) => verdict === verdicts[0]) ? verdicts[0] : "both";
}

/** Yes or no, and the tokens that say it. */
export interface Verdict extends Stretch {
  readonly yes: boolean;
}

const YES = wordSet(
  "yes yeah yep yup correct true indeed affirmative certainly absolutely definitely exactly agreed sure right y",
);
const NO = wordSet("no nope nah false incorrect wrong negative untrue n");
const NEGATIONS = wordSet("not isn't doesn't aren't wasn't don't");
/** Words that may stand before a verdict: "The answer is yes", "I would say no". */
const LEADS = wordSet(
  `the answer is are a b c d option it they it's that's that this i i'd would say think believe guess statement well actually most to me result response , : . ( [ { } ] ) " ' - \n probably likely maybe perhaps very does do`,
);
const SENTENCE_END = wordSet('. , ! ; \n really " )');

/** The verdict in the first words: "Yes, …", "That is correct.", "It is not.", "It does." */
function verdictAtStart(tokens: readonly Token[]): Verdict | undefined {
  return verdictIn(tokens, { start: 0, next: tokens.length });
}

/** The verdict of a clause that says nothing else. */
function verdictAlone(tokens: readonly Token[], clause: Stretch): Verdict | undefined {
  const verdict = verdictIn(tokens, clause);
  if (verdict === undefined) return undefined;
  const isMore = tokens.slice(verdict.next, clause.next).some(({ type }) => type === "word");
  return isMore ? undefined : verdict;
}

function verdictIn(tokens: readonly Token[], { start, next }: Stretch): Verdict | undefined {
  let index = start;
  while (index < next && isOneOf(tokens, index, LEADS)) index++;
  if (index >= next) return affirmation(tokens, { start, next });
  const here = (yes: boolean, count = 1): Verdict => ({ yes, start: index, next: index + count });
  if (isOneOf(tokens, index, NEGATIONS)) return denial(tokens, index, next);
  if (isOneOf(tokens, index, ["appears", "seems"])) return affirmation(tokens, { start, next });
  if (isOneOf(tokens, index, ["so"])) {
    return isOneOf(tokens, index - 1, ["think", "believe", "say"])
      ? here(true)
      : affirmation(tokens, { start, next });
  }
  if (isOneOf(tokens, index, YES)) {
    const direction =
      isOneOf(tokens, index, ["right"]) && isOneOf(tokens, index - 1, ["the", "to"]);
    const both = isOneOf(tokens, index + 1, ["and"]) && isOneOf(tokens, index + 2, NO);
    return direction || both ? undefined : here(true);
  }
  if (!isOneOf(tokens, index, NO)) return undefined;
  return isOneOf(tokens, index + 1, ["object", "objects", "way", "idea"]) ? undefined : here(false);
}

/** "It is not.", "Not correct", "I don't think so.", "It does not appear so." */
function denial(tokens: readonly Token[], index: number, next: number): Verdict | undefined {
  const after = index + 1;
  if (isOneOf(tokens, after, YES)) return { yes: false, start: index, next: index + 2 };
  if (isOneOf(tokens, after, NO)) return { yes: true, start: index, next: index + 2 };
  if (
    isOneOf(tokens, after, ["think", "believe", "appear", "seem"]) &&
    isOneOf(tokens, after + 1, ["so"])
  ) {
    return { yes: false, start: index, next: index + 3 };
  }
  // "It is not." ends there; "it is not clear" is not a verdict.
  const ends = after >= next || isOneOf(tokens, after, SENTENCE_END);
  return ends ? { yes: false, start: index, next: after } : undefined;
}

/** "It is.", "It does so.", "It appears so." */
function affirmation(tokens: readonly Token[], { start, next }: Stretch): Verdict | undefined {
  const said = tokens
    .slice(start, Math.min(next, start + 6))
    .filter((token) => token.type === "word")
    .map((token) => token.text)
    .join(" ");
  return /^(?:it|they|that) (?:(?:is|does|are|do)(?: so)?|(?:appears|seems) so)$/.test(said)
    ? { yes: true, start, next }
    : undefined;
}
