import type { Relation } from "../QuestionKind.js";
import { kindInfo } from "../QuestionKind.js";
import type { SpatialQuestion } from "../SpatialQuestion.js";
import { type AnswerReading, refuse } from "./AnswerReading.js";
import { spokenConfidence } from "./confidence.js";
import { relationStatements } from "./relationStatement.js";
import { isOneOf, type Token } from "./tokens.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const YES = words(
  "yes yeah yep yup correct true indeed affirmative certainly absolutely definitely exactly agreed sure right y",
);
const NO = words("no nope nah false incorrect wrong negative untrue n");
const NEGATED = words("not isn't doesn't aren't wasn't don't");
/** Words that may stand before the verdict: "The answer is yes", "I think so", "I would say no". */
const LEADS = words(
  `the answer is a it's that's i i'd would say think believe guess it that this statement well actually most to me , : . ( [ { " ' - \n probably likely maybe perhaps very`,
);

/** Reads a verdict; undefined where the text holds none. */
export function yesNoAnswer(
  tokens: readonly Token[],
  question: SpatialQuestion,
): AnswerReading | undefined {
  const lead = leadingVerdict(tokens);
  const stated = question.kind === "open" ? undefined : statedVerdict(tokens, question);
  if (stated === "both") {
    return refuse("contradiction", "the answer says both yes and no");
  }
  if (lead !== undefined && stated !== undefined && lead !== stated) {
    return refuse(
      "contradiction",
      `the answer begins with ${lead ? "yes" : "no"}, but what it goes on to say means ${stated ? "yes" : "no"}`,
    );
  }
  const yes = stated ?? lead;
  if (yes === undefined) return undefined;
  return { value: { shape: "yes_no", yes, confidence: spokenConfidence(tokens) } };
}

/** The verdict in the first words: "Yes, …", "That is correct.", "It is not." */
function leadingVerdict(tokens: readonly Token[]): boolean | undefined {
  let index = 0;
  while (index < tokens.length && LEADS.has(tokens[index]!.text)) index++;
  const negated = isOneOf(tokens, index, NEGATED);
  if (negated) {
    const after = tokens[index + 1]?.text ?? "";
    if (YES.has(after)) return false;
    if (NO.has(after)) return true;
    // "It is not." and "It doesn't." end there; "it is not clear" is no verdict.
    return after === "" || /^[.,!;\n]$/.test(after) || after === "really" ? false : undefined;
  }
  const text = tokens[index]?.text;
  if (text === undefined) return shortAffirmation(tokens);
  if (YES.has(text))
    return isOneOf(tokens, index + 1, ["and"]) && isOneOf(tokens, index + 2, NO) ? undefined : true;
  if (NO.has(text))
    return isOneOf(tokens, index + 1, ["object", "objects", "way", "idea"]) ? undefined : false;
  if (text === "so" && isOneOf(tokens, index - 1, ["think", "believe", "say"])) return true;
  return shortAffirmation(tokens);
}

/** "It is.", "It does." */
function shortAffirmation(tokens: readonly Token[]): boolean | undefined {
  const said = tokens
    .filter((token) => token.type === "word")
    .map((token) => token.text)
    .join(" ");
  return /^(?:it|they|that) (?:is|does|are|do)(?: so)?$/.test(said) ? true : undefined;
}

/** The verdict of the statements about the question's relation: they must agree. */
function statedVerdict(
  tokens: readonly Token[],
  question: Exclude<SpatialQuestion, { kind: "open" }>,
): boolean | "both" | undefined {
  const relation: Relation = kindInfo(question.kind).relations[0]!;
  const verdicts = relationStatements(tokens, question, relation).flatMap(
    ({ relation: said, negated }) =>
      negated ? (said === relation ? [false] : []) : [said === relation],
  );
  if (verdicts.length === 0) return undefined;
  return verdicts.every((verdict) => verdict === verdicts[0]) ? verdicts[0] : "both";
}
