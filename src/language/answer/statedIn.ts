import { kindInfo, type QuantityKind } from "../QuestionKind.js";
import { type Beside, besideAtFirst, besideWith, WITH_LENGTH } from "./besideLengths.js";
import { clausesIn } from "./clauses.js";
import { IMAGINED } from "./harmless.js";
import { type Marks, stripped } from "./introductions.js";
import { BY_THING, isWhole, type Meaning, PREMISE, saysOf } from "./meaningOf.js";
import type { PlainSentence } from "./plainSentences.js";

/** What a clause with a length says. */
export interface Stated {
  /**
   * `asked`: the quantity asked for; `bare`: a length and nothing of what it is; `other`: surely
   * something else; `unknown`: nobody knows.
   */
  readonly says: Meaning;
  /** Index of the length in the answer. */
  readonly length: number;
  readonly bound?: "upper" | "lower";
  readonly hedged: boolean;
  /** It draws a conclusion: "so the distance is 45 cm". */
  readonly concludes: boolean;
  /** It takes back what was said before: "wait, 45 cm". */
  readonly corrects: boolean;
  /** It names the quantity and all things that this is of. */
  readonly isNamed: boolean;
}

/** Whether a length can be the answer. */
export function isMeant({ says }: Stated): boolean {
  return says === "asked" || says === "bare";
}

const LENGTH = /[LUGN]\d+/g;

/** A sentence with what its lengths are read beside. */
interface Place {
  readonly sentence: PlainSentence;
  /** Its words, without what is all the same to the kind. */
  readonly text: string;
  readonly kind: QuantityKind;
  /** The sentence before, which can say what "it" is. */
  readonly before: PlainSentence | undefined;
}

/**
 * What the clauses of a sentence say, one for each of its lengths. A clause states the quantity only
 * if every word of it is accounted for, and the other clauses of its sentence are, too.
 *
 * @param before the sentence before
 * @param isZero whether a length is zero: what touches is at no other distance
 */
export function statedIn(
  sentence: PlainSentence,
  kind: QuantityKind,
  before: PlainSentence | undefined,
  isZero: (length: number) => boolean,
): readonly Stated[] {
  const text = plainText(sentence.text, kind);
  const place = { sentence, text, kind, before };
  const found: Stated[] = [];
  let beside = besideAtFirst(sentence, kind, before);
  let head = "";
  for (const clause of clausesIn(text)) {
    const numbers = clause.match(LENGTH);
    if (!numbers) {
      beside = besideWith(clause, beside, sentence, kind, found.length);
      continue;
    }
    const { rest, ...marks } = stripped(clause);
    const goesOn = head !== "" && rest === clause && /^[LUGN]\d/.test(rest);
    const full = goesOn ? `${head} ${rest}` : rest;
    const said: LengthClause = { clause, rest, full, isOnly: numbers.length === 1 };
    marks.corrects ||= beside.takenBack !== undefined;
    marks.concludes ||= found.length > 0 && /^(?:since|as|because|given that) /.test(sentence.text);
    const own = ownMeaning(said, place, found, beside);
    const says = own === "bare" ? bareBeside(said, place, found, beside, marks) : own;
    const isNamed = own === "asked" && namesAll(full, kind);
    // What a conclusion is drawn from may be said in any words.
    const isProved = marks.concludes && says === "asked" && !IMAGINED.test(sentence.text);
    beside = { ...beside, isAccounted: beside.isAccounted || isProved, last: WITH_LENGTH };
    const isAlone = AWAY_ALONE.test(full) && /\b[TC]\b/.test(`${before?.text} ${sentence.text}`);
    for (const number of numbers) {
      found.push({ ...statedAs(number, isAlone ? "unknown" : says, sentence, marks), isNamed });
    }
    head = PREMISE.test(rest) ? "" : rest.replace(/ ?[LUGN]\d.*$/, "");
  }
  return settled(found, beside, text, isZero);
}

/** A clause with its length. */
interface LengthClause {
  readonly clause: string;
  /** Without what introduces it. */
  readonly rest: string;
  /** With what it goes on from. */
  readonly full: string;
  readonly isOnly: boolean;
}

/** What a clause says of its length by its own words, of the things that its sentence speaks of. */
function ownMeaning(
  { clause, rest, full, isOnly }: LengthClause,
  { sentence, text, kind, before }: Place,
  found: readonly Stated[],
  { last }: Beside,
): Meaning {
  let says = isOnly ? saysOf(full, rest, kind, before) : "unknown";
  // "The mug is on the table, 35 cm away from the gripper."
  const [, subject] = SUBJECT.exec(sentence.text) ?? [];
  const isOwn = subject !== undefined && !OPEN.test(text);
  if ((says === "unknown" || PREMISE.test(rest)) && isOwn) {
    const said = ownStatement(rest, subject);
    if (said !== undefined) says = saysOf(said, rest, kind, before);
  }
  if (OF_REFERENCE.test(sentence.text) || (says === "bare" && last.isOfThing)) says = "other";
  const isNameless = !/\b[ABP]\b/.test(full);
  const isOfSubject = subject !== undefined && !IS_THING.test(sentence.text);
  if (last.introducesOther && isNameless && !isOfSubject) says = "other";
  // "Much shorter than the bottle, which is 25 cm tall".
  if (last.isOfThing && /^(?:which|that) /.test(clause)) says = "other";
  // "The gripper is 1.2 m from the camera, the mug 0.9 m": one thing's length is none of two.
  const isOfOne = kindInfo(kind).arity === 2 && /^[AB] (?:is )?[LUG]\d+$/.test(rest);
  if (says === "unknown" && isOfOne && found.at(-1)?.says === "other") says = "other";
  if (BESIDE.test(clause) && !(kind === "gap" && says === "asked")) says = "other";
  if (kind === "elevation") {
    // "The mug isn't resting on the table; it hangs 15 cm above it."
    const isAboveIt = /^(?:A|it) [a-z ]+ [LUG]\d+ (?:above|over|off) it$/.test(full);
    return isAboveIt && /\bS\b/.test(`${before?.text} ${sentence.text}`) ? "asked" : says;
  }
  // "The gripper is 25 cm above the table and the mug 11 cm above it."
  const named = /\b([ABPSTC])\b[^ABPSTC]*$/.exec(text.slice(0, text.indexOf(clause)))?.[1] ?? "A";
  const isOfIt = says === "asked" && OF_IT.test(full) && /[STC]/.test(named);
  return isOfIt ? "other" : says;
}

/** What a length without a word of what it is means beside the clauses before it. */
function bareBeside(
  { clause, rest }: LengthClause,
  { sentence, kind }: Place,
  found: readonly Stated[],
  { last, takenBack }: Beside,
  { concludes, corrects }: Marks,
): Meaning {
  const isLast = sentence.text.endsWith(clause) && !found.some(isMeant);
  if (last.isPremise && rest !== sentence.text && !isLast) return "other";
  if ((last.isOfOther && !concludes && !corrects) || isWhole(clause, kind)) return "other";
  const isAsked = concludes && (takenBack !== undefined || isAbout(sentence.text, kind));
  return isAsked ? "asked" : "bare";
}

/** The lengths of a sentence, those unknown that its other clauses may change. */
function settled(
  found: readonly Stated[],
  { isAccounted, isCalm, touches, isOnlyContact, takenBack }: Beside,
  text: string,
  isZero: (length: number) => boolean,
): readonly Stated[] {
  const product = Number(/L\d+ , [^LUGN]*= L(\d+)/.exec(text)?.[1] ?? -1);
  return found.map((it) => {
    // "10 cm (the mug's height) × 2.5 = 25 cm"
    if (it.length < product && it.says === "bare") return { ...it, says: "other" };
    // "30 cm, no wait, I can't tell".
    if (takenBack === found.length && takenBack > 0) return { ...it, says: "unknown" };
    // Who names the quantity and its things may say more beside it, unless that is not so, or not yet.
    const isClear = isAccounted || (it.isNamed && isCalm);
    // "No depth (0.00 m)" is no contact.
    const zero = isZero(it.length);
    const fits =
      (touches === undefined || zero === touches) && (!zero || it.says !== "bare" || isOnlyContact);
    return isMeant(it) && !(isClear && fits) ? { ...it, says: "unknown" } : it;
  });
}

const BESIDE =
  /^(?:(?:the|my|an?) )?(?:low(?:er)?|high(?:er)?|upper|min|minimum|max|maximum|best case|worst case|error|margin|uncertainty|confidence interval|range|tolerance|scale|reference|baseline|first|second|third|other|initial|earlier)\b[^:=]* (?:[:=]|is|of) (?:± )?[LUGN]\d|^(?:std|stdev|stddev|std dev|sigma|standard deviation|uncertainty|error|margin(?: of error)?|range)(?: [a-z]+)?(?: ,)?(?: (?:[:=]|is|of))?(?: ±)? [LUGN]\d/;

/** A sentence without what is all the same to the kind. */
function plainText(text: string, kind: QuantityKind): string {
  if (kind === "elevation") return withoutHolder(text);
  return kindInfo(kind).arity === 1 ? text.replace(OF_ITS_SORT, "$1 normal") : text;
}

/** "The gripper holds the mug 5 cm above the table": of the mug's elevation, who holds it is all the same. */
function withoutHolder(text: string): string {
  return text
    .replace(
      /\bT (?:has )?(?:picked up|lifted|grasped|gripped) A and (?:is )?(?:holds|holding|keeps) it\b/,
      "A is",
    )
    .replace(
      /\bT (?:is |has )?(?:holding|holds|lifting|lifts|lifted|raised|raising|carrying|grasping|gripping) A(?: up)?(?= (?:at )?[LUG]\d)/g,
      "A is",
    )
    .replace(/ (?:hanging|suspended) (?:in|from) T\b/g, "")
    .replace(
      / (?:being )?(?:held|suspended|kept)(?: up)? ([LUG]\d+ (?:above|over|off|from) S) by T\b/g,
      " $1",
    )
    .replace(
      / (?:being )?(?:held|lifted|grasped|gripped|raised|carried|suspended)(?: up)? by T\b(?: and is\b)?/g,
      "",
    );
}

/** "It is a standard coffee mug", of a mug. */
const OF_ITS_SORT =
  /\b((?:A|it|this) (?:is|appears to be|looks like|seems to be|looks to be)) (?:(?:likely|probably) )?an? (?:(?:standard|typical|regular|normal|ordinary|average|common|small|large|medium|coffee|ceramic|sized|size|tea) )+[AT]\b/;

/** "It is a tray". */
const IS_THING = /^(?:it|this|that) is (?:an?|another) /;

/** Whom a sentence speaks of, if it says first how or where that is. */
const SUBJECT =
  /^(?:[a-z ]+ , )?([ABP]|it|they) (?:is|are|appears|seems|looks|sits|stands|lies|rests|hovers)\b/;
/** "…, 35 cm away", "…, with a gap of 3 cm": what is said of the sentence's subject. */
function ownStatement(rest: string, subject: string): string | undefined {
  if (/^(?:[LUG]\d|at )/.test(rest)) return `${subject} is ${rest}`;
  const [, size] = /^with ((?:an? |[LUG]\d).+)$/.exec(rest) ?? [];
  if (size === undefined) return undefined;
  return /^an? (?:[a-z]+ )?(?:height|width|diameter) /.test(size) ? `${subject} has ${size}` : size;
}
/** Of a gripper that opens, a gap is between its fingers. */
const OPEN = /\b(?:open|opened|spread|closed)\b/;
/** What a sentence gives its lengths for. */
const OF_REFERENCE =
  /^(?:reference|references|scale|calibration|assumption|assumed|known|typical|standard|benchmark)\b[^:,]* :/;
const OF_IT = /\b(?:above|over|off|below|from|to|of) it\b/;

/** Whether a sentence speaks of the kind's quantity, and of no other thing in the first place. */
function isAbout(sentence: string, kind: QuantityKind): boolean {
  return !BY_THING.test(sentence) && (TOPICS[kind]?.test(sentence) ?? false);
}
const TOPICS: Readonly<Partial<Record<QuantityKind, RegExp>>> = {
  distance: /\b(?:between|apart|distance|separation|away)\b/,
  gap: /\b(?:gap|clearance|space between)\b/,
  height: /^(?!.*\b(?:wide|width|long|length)\b).*\b(?:tall|height|high)\b/,
  width: /^(?!.*\b(?:tall|height|long|length)\b).*\b(?:wide|width|diameter)\b/,
  vertical_distance: /\b(?:vertical|vertically|above|below|higher|lower)\b/,
  horizontal_distance: /\b(?:horizontal|horizontally|lateral)\b/,
  above_difference: /\b(?:above|higher|below|lower)\b/,
  below_difference: /\b(?:above|higher|below|lower)\b/,
  behind_difference: /\b(?:behind|farther|further|closer|in front)\b/,
  front_difference: /\b(?:behind|farther|further|closer|in front)\b/,
  left_difference: /\b(?:to the (?:left|right)|left of|right of)\b/,
  right_difference: /\b(?:to the (?:left|right)|left of|right of)\b/,
};

/** Whether a clause names all that its question is about. */
function namesAll(clause: string, kind: QuantityKind): boolean {
  if (kindInfo(kind).arity === 1) return /\bA\b/.test(clause);
  return /\bP\b|\bA\b.*\bB\b|\bB\b.*\bA\b/.test(clause);
}

/** "The mug is 1 m away": of what was named before. */
const AWAY_ALONE = /^(?:[AB]|it) [a-z ]+[LUG]\d+ away$/;

function statedAs(
  number: string,
  says: Stated["says"],
  { hedged }: PlainSentence,
  marks: Marks,
): Omit<Stated, "isNamed"> {
  const bound = number.startsWith("U") ? "upper" : number.startsWith("G") ? "lower" : undefined;
  const length = Number(number.slice(1));
  return { says, length, ...(bound && { bound }), ...marks, hedged: hedged || marks.hedged };
}
