import { oppositeOf, type Relation, relationOf } from "../QuestionKind.js";
import type { AnswerValue } from "../SpatialAnswer.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import type { Length } from "./lengths.js";
import { Names } from "./names.js";
import { plainSentences } from "./plainSentences.js";
import { statementsOf } from "./statements.js";
import { tokenise } from "./tokens.js";

/** What is compared, and which relation has the larger length. */
type Measure = "height" | "width" | "range" | "elevation";
const MEASURES: Readonly<Partial<Record<Relation, readonly Measure[]>>> = {
  tall: ["height"],
  wide: ["width"],
  big: ["height", "width"],
  above: ["elevation"],
  behind: ["range"],
};
const NOUNS: Readonly<Record<string, Measure>> = {
  tall: "height",
  high: "height",
  height: "height",
  wide: "width",
  across: "width",
  width: "width",
  diameter: "width",
};

const NOUN = "height|width|diameter";
const STATES =
  "is|are|measures|stands|sits|hovers|spans|seems|appears|looks|has|with|of|at|to be|a|an|just|only|,|:|=";
/** What a length is of, where it is said; without that, it is of what is asked. */
const OF =
  "(?: (?:in )?(tall|high|height|wide|across|width|diameter)| (?:away )?(?:from|to) (C)| (?:above|over|off) (S)(?: surface)?| away)?";
const END = "(?= ,| and\\b| while\\b| whereas\\b| but\\b| vs\\b| versus\\b| is\\b|$)";
const STATED = new RegExp(
  `\\b([AB])(?:'s (${NOUN}))? (?:(?:${STATES}) )*(?:(${NOUN}) (?:of )?)?L(\\d+)${OF}${END}`,
  "g",
);
const NAMED = new RegExp(`\\b(${NOUN}) of ([AB]) (?:(?:${STATES}) )*L(\\d+)\\b`, "g");
/** "It is shorter: 7 cm versus 10 cm": of whom the sentence speaks, and of the other. */
const AGAINST =
  /^[^ABL]*\b(A|B|it|they) .*?L(\d+)(?: [a-z]+)? (?:, )?(?:vs \.?|vs|versus|against|compared (?:to|with)) (?:[AB]'s )?L(\d+)\b/;

interface Said {
  readonly who: "A" | "B";
  readonly measure: Measure | undefined;
  readonly length: Length;
}

/**
 * Whether the lengths that an answer gives for both things say the opposite of its verdict: "Yes,
 * it is taller: the gripper is 8 cm tall and the mug is 12 cm tall".
 */
export function lengthsContradict(
  normalised: string,
  value: AnswerValue,
  question: TypedQuestion,
): boolean {
  const relation = relationSaid(value, question);
  if (relation === undefined) return false;
  // Who says no may hold both equal.
  const isNo = value.shape === "yes_no" && !value.yes;
  const equalM = (a: Length, b: Length) => (isNo ? a.slackM + b.slackM : 0) + 1e-9;
  const isLarger = MEASURES[relation] !== undefined;
  const measures = MEASURES[isLarger ? relation : oppositeOf(relation)] ?? [];
  const said = lengthsIn(normalised, question);
  const compared = measures.flatMap((measure) => {
    const of = (who: "A" | "B") =>
      said.findLast((it) => it.who === who && (it.measure ?? measure) === measure)?.length;
    const [a, b] = [of("A"), of("B")];
    if (!a || !b || Math.abs(a.valueM - b.valueM) <= equalM(a, b)) return [];
    return [a.valueM > b.valueM === isLarger];
  });
  return compared.length > 0 && !compared.includes(true);
}

/** The relation of the subject to the object that an answer comes to; a "no" denies the larger. */
function relationSaid(value: AnswerValue, { kind }: TypedQuestion): Relation | undefined {
  switch (value.shape) {
    case "yes_no":
      return value.yes ? relationOf(kind) : oppositeOf(relationOf(kind));
    case "choice":
      return value.choice === "subject" ? relationOf(kind) : oppositeOf(relationOf(kind));
    case "class":
      return value.relation;
    default:
      return undefined;
  }
}

function lengthsIn(normalised: string, question: TypedQuestion): readonly Said[] {
  const tokens = tokenise(normalised);
  const { lengths } = statementsOf(tokens);
  if (lengths.length < 2) return [];
  const said = (who: string | undefined, measure: Measure | undefined, at: string | undefined) => {
    const length = lengths[Number(at)]?.length;
    return length ? [{ who: who === "B" ? ("B" as const) : ("A" as const), measure, length }] : [];
  };
  return plainSentences(tokens, lengths, new Names(question)).flatMap(({ text, asked }) => {
    if (asked) return [];
    const stated = [...text.matchAll(STATED)].flatMap(
      ([, who, own, noun, at, of, camera, ground]) =>
        said(who, camera ? "range" : ground ? "elevation" : NOUNS[own ?? noun ?? of ?? ""], at),
    );
    const named = [...text.matchAll(NAMED)].flatMap(([, noun = "", who, at]) =>
      said(who, NOUNS[noun], at),
    );
    const [, who, first, second] = AGAINST.exec(text) ?? [];
    const other = who === "B" ? "A" : "B";
    const against = who ? [...said(who, undefined, first), ...said(other, undefined, second)] : [];
    return [...stated, ...named, ...against];
  });
}
