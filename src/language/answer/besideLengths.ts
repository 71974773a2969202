import { kindInfo, type QuantityKind } from "../QuestionKind.js";
import { IMAGINED, isComplete, isDisclaimer, isHarmless, STRANGE, UNREAL } from "./harmless.js";
import { stripped } from "./introductions.js";
import { introducesOther, labelOf } from "./labels.js";
import { statesOther } from "./meaningOf.js";
import type { PlainSentence } from "./plainSentences.js";
import { statesHolding, statesQuantity, statesZero } from "./statementForms.js";

/** What the clauses of a sentence that hold no length do to those that do. */
export interface Beside {
  /** All of them are known to change nothing. */
  readonly isAccounted: boolean;
  /** None is of another time, place or case. */
  readonly isCalm: boolean;
  /** Whether one says that the things touch, or that they do not. */
  readonly touches: boolean | undefined;
  /** They speak of contact and of nothing else. */
  readonly isOnlyContact: boolean;
  /** How many of the sentence's lengths are taken back ("35 cm, no wait"). */
  readonly takenBack: number | undefined;
  /** What the clause before was. */
  readonly last: LastClause;
}

interface LastClause {
  /** "Using the mug's typical height" */
  readonly isPremise: boolean;
  /** "The closest is the tray (22 cm)" */
  readonly isOfThing: boolean;
  /** "The lateral offset is small, maybe 10 cm" */
  readonly isOfOther: boolean;
  /** "I see a tray, 35 cm away" */
  readonly introducesOther: boolean;
  /** It held a length. */
  readonly isLength: boolean;
}
const NO_CLAUSE: LastClause = {
  isPremise: false,
  isOfThing: false,
  isOfOther: false,
  introducesOther: false,
  isLength: false,
};
export const WITH_LENGTH: LastClause = { ...NO_CLAUSE, isLength: true };

/** How a sentence begins. */
export function besideAtFirst(
  { text }: PlainSentence,
  kind: QuantityKind,
  before: PlainSentence | undefined,
): Beside {
  // What stood before "or 35 cm" is not known.
  const isScene = before === undefined ? /^or\b/.test(text) : setsScene(before.text, kind);
  const isAccounted = !isScene && !UNTRUE.test(text);
  return {
    isAccounted,
    isCalm: isAccounted,
    touches: undefined,
    isOnlyContact: true,
    takenBack: undefined,
    last: NO_CLAUSE,
  };
}

/** After one more clause without a length; `found` is how many lengths stand before it. */
export function besideWith(
  clause: string,
  beside: Beside,
  sentence: PlainSentence,
  kind: QuantityKind,
  found: number,
): Beside {
  const last: LastClause = {
    isPremise: PREMISE_FIRST.test(clause),
    isOfThing: /\b[TC]$/.test(clause) || MULTIPLE.test(clause),
    isOfOther: statesOther(`${clause} L0`, kind),
    introducesOther: !ASSUMED.test(clause) && introducesOther(clause, kind),
    isLength: false,
  };
  const { rest, corrects } = stripped(clause);
  // "35 cm, no wait, 45 cm".
  if (rest === "" && corrects && !/#|zero/.test(clause)) {
    return { ...beside, last, takenBack: found };
  }
  const isBehindLength = beside.last.isLength;
  const label = isBehindLength ? labelOf(clause, kind) : undefined;
  if (label === "other") return { ...beside, last, isAccounted: false, isCalm: false };
  if (label === "own") return { ...beside, last };
  const contact = FIRST_SIGHT.test(clause) ? undefined : contactIn(rest, kind);
  const isPlain =
    contact !== undefined ||
    (isKnown(clause) && !(found > 0 && MORE_NUMBERS.test(clause))) ||
    (kindInfo(kind).signed && OTHER_WAY.test(rest)) ||
    ((sentence.hedged || ESTIMATE.test(sentence.text)) && isDisclaimer(clause));
  // "35 cm (zebra)": a single word that nobody knows.
  const isWord = isBehindLength && !clause.includes(" ");
  const isReal = isPlain || !(UNREAL.test(clause) || isWord);
  return {
    ...beside,
    last,
    touches: beside.touches ?? contact,
    isOnlyContact: beside.isOnlyContact && contact === true,
    isAccounted: beside.isAccounted && isReal && (isPlain || !STRANGE.test(clause)),
    isCalm: beside.isCalm && isReal,
  };
}

/** "The width of the gripper is twice the mug's width (10 cm)": the length is what is multiplied. */
const MULTIPLE =
  /\b(?:twice|half|double|triple|thrice|times|third|quarter)\b.*\b[A-Z]'s (?:[a-z]+ )?(?:height|width|size|length|diameter)$/;

/** "Assuming a standard mug, the distance is 35 cm": of no mug that is there. */
const ASSUMED = /^(?:assuming|given) an? (?:standard|normal|typical|average|regular|usual) /;

/** "35 cm (scale 1:2)", "35 cm, rather 50": what a number after a length does to it is not known. */
const MORE_NUMBERS =
  /^(?!confidence\b|(?:and |but )?(?:i am )?(?:about |around |roughly |at |with |an? |the )*# % (?:sure|confident|certain|confidence|certainty)(?: (?:interval|level))?$).*#/;

/** A premise that names no length itself: "using the mug's typical height (10 cm)". */
const PREMISE_FIRST =
  /^(?:assuming|given|with|(?:estimated|inferred|derived|judged) (?:from|using|by)|based on|judging (?:by|from)|using|looking at|considering|comparing|measuring|scaling|subtracting|taking|seen against|compared (?:to|with)|relative to|accounting for|ignoring|for reference|after (?:examining|looking at|analy[sz]ing|inspecting|considering))\b/;

/** "If the mug were 10 cm tall": it is not. */
const UNTRUE = /\b(?:if(?! i had)|suppose|supposing|imagine)\b[^,]*\b(?:were|was|had)\b/;

const ESTIMATE = /\b(?:estimat|guess|approx|exact|precise)/;

/** "At first sight it looks as if they are touching". */
const FIRST_SIGHT = /^at first(?: sight| glance| look)?\b/;

/** Whether a clause without a length is known to change nothing. */
function isKnown(clause: string): boolean {
  return (
    FIRST_SIGHT.test(clause) ||
    isHarmless(stripped(clause).rest) ||
    isHarmless(clause) ||
    isComplete(clause) ||
    (PREMISE_FIRST.test(clause) && !/[:#]/.test(clause) && !IMAGINED.test(clause))
  );
}

/** "The gripper is not higher than the mug but 5 cm lower": who denies one direction gives the other. */
const OTHER_WAY =
  /^(?:A|B|it) is not (?:(?:actually|really) )?(?:(?:to |on )?the )?(?:left|right|above|below|behind|in front|higher|lower|farther|further|closer|nearer)(?: (?:away|from|of|than|to))*(?: [ABC])*$/;

/** Whether a clause says that the things touch, or that they do not; undefined for others. */
function contactIn(clause: string, kind: QuantityKind): boolean | undefined {
  if (statesZero(clause, kind) || (kind === "gap" && statesHolding(clause))) return true;
  const touches = clause
    .replace(/(?:^| )(?:not(?: yet| quite)?|almost|nearly|practically)\b/, "")
    .trim();
  return touches !== clause && statesZero(touches, kind) ? false : undefined;
}

/** "Here is the result:" */
const RESULT =
  /^(?:(?:sure|ok|okay|certainly|of course|yes) (?:, )?)?(?:here|this|below) (?:is|are) (?:the|my|your|an?|your requested|the requested) (?:results?|answers?|estimates?|estimation|measurements?|output|response|json|value)(?: (?:in|as) json)?$/;

/** "Target:", "Suppose that it moves." */
function setsScene(text: string, kind: QuantityKind): boolean {
  if (/^(?:imagine|suppose|supposing|assume|consider|let|picture|say)\b/.test(text)) return true;
  const heading = /^(.+?) ?:$/.exec(text)?.[1];
  if (heading === undefined || statesQuantity(`${heading} is L0`, kind)) return false;
  if (RESULT.test(heading)) return false;
  return !isHarmless(stripped(text).rest.replace(/ ?:$/, ""));
}
