import { kindInfo, type QuantityKind } from "../QuestionKind.js";
import { IMAGINED, isComplete, isDisclaimer, isHarmless, STRANGE, UNREAL } from "./harmless.js";
import { type Marks, stripped } from "./introductions.js";
import {
  ABOUT_THING,
  BY_THING,
  HORIZONTALLY,
  isWhole,
  type Meaning,
  PREMISE,
  saysOf,
  statesOther,
  VERTICALLY,
} from "./meaningOf.js";
import type { PlainSentence } from "./plainSentences.js";
import { statesHolding, statesQuantity, statesZero } from "./statementForms.js";

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

const LENGTH = /[LUGN]\d+/g;
const BESIDE =
  /^(?:(?:the|my|an?) )?(?:low(?:er)?|high(?:er)?|upper|min|minimum|max|maximum|best case|worst case|error|margin|uncertainty|confidence interval|range|tolerance|scale|reference|baseline|first|second|third|other|initial|earlier)\b[^:=]* (?:[:=]|is|of) (?:± )?[LUGN]\d/;

/** A premise that names no length itself: "using the mug's typical height (10 cm)". */
const PREMISE_FIRST =
  /^(?:assuming|given|with|(?:estimated|inferred|derived|judged) (?:from|using|by)|based on|judging (?:by|from)|using|looking at|considering|comparing|measuring|scaling|subtracting|taking|seen against|compared (?:to|with)|relative to|accounting for|ignoring|for reference)\b/;

/**
 * What the clauses of a sentence say, one for each of its lengths. A clause states the quantity only
 * if every word of it is accounted for, and the other clauses of its sentence are, too.
 *
 * @param before the sentence before, which can say what "it" is
 * @param isZero whether a length is zero: what touches is at no other distance
 */
export function statedIn(
  sentence: PlainSentence,
  kind: QuantityKind,
  before: PlainSentence | undefined,
  isZero: (length: number) => boolean,
): readonly Stated[] {
  const found: Stated[] = [];
  let head = "";
  let isAccounted =
    (before === undefined || !setsScene(before.text, kind)) && !UNTRUE.test(sentence.text);
  // What stood before "or 35 cm" is not known.
  if (before === undefined && /^or\b/.test(sentence.text)) isAccounted = false;
  let isCalm = isAccounted;
  let touches: boolean | undefined;
  let isPremise = false;
  let isOnlyContact = true;
  let afterThing = false;
  let isCorrected = false;
  let afterOther = false;
  // How many lengths the sentence's last correction takes back.
  let lastBefore = 0;
  const [, subject] = SUBJECT.exec(sentence.text) ?? [];
  const text =
    kind === "elevation"
      ? withoutHolder(sentence.text)
      : kindInfo(kind).arity === 1
        ? sentence.text.replace(OF_ITS_SORT, "$1 normal")
        : sentence.text;
  for (const clause of joined(text.split(CLAUSE_ENDS))) {
    const numbers = clause.match(LENGTH);
    const wasPremise: boolean = isPremise;
    // "The closest is the tray (22 cm)".
    const endsWithThing: boolean = afterThing;
    afterThing = !numbers && /\b[TC]$/.test(clause);
    // "The lateral offset is small, maybe 10 cm".
    const isOfOther: boolean = afterOther;
    afterOther = !numbers && statesOther(`${clause} L0`, kind);
    isPremise = !numbers && PREMISE_FIRST.test(clause);
    if (!numbers) {
      const opening = stripped(clause);
      // "35 cm, no wait, 45 cm".
      if (opening.rest === "" && opening.corrects && !/#|zero/.test(clause)) {
        isCorrected = true;
        lastBefore = found.length;
        continue;
      }
      const contact = FIRST_SIGHT.test(clause) ? undefined : contactIn(opening.rest, kind);
      touches ??= contact;
      isOnlyContact &&= contact === true;
      if (
        contact !== undefined ||
        (isKnown(clause) && !(found.length > 0 && MORE_NUMBERS.test(clause))) ||
        (kindInfo(kind).signed && OTHER_WAY.test(opening.rest)) ||
        ((sentence.hedged || ESTIMATE.test(sentence.text)) && isDisclaimer(clause))
      )
        continue;
      isAccounted &&= !UNREAL.test(clause) && !STRANGE.test(clause);
      isCalm &&= !UNREAL.test(clause);
      continue;
    }
    const { rest, ...marks } = stripped(clause);
    const full =
      head !== "" && rest === clause && /^[LUGN]\d/.test(rest) ? `${head} ${rest}` : rest;
    marks.corrects ||= isCorrected;
    let says = numbers.length > 1 ? "unknown" : saysOf(full, rest, kind, before);
    // "The mug is on the table, 35 cm away from the gripper."
    const isOwn = subject !== undefined && !OPEN.test(text);
    if ((says === "unknown" || PREMISE.test(rest)) && isOwn) {
      const said = ownStatement(rest, subject);
      if (said !== undefined) says = saysOf(said, rest, kind, before);
    }
    if (OF_REFERENCE.test(sentence.text) || (says === "bare" && endsWithThing)) says = "other";
    // "Much shorter than the bottle, which is 25 cm tall".
    if (endsWithThing && /^(?:which|that) /.test(clause)) says = "other";
    // "The gripper is 1.2 m from the camera, the mug 0.9 m": one thing's length is none of two.
    const isOfOne = kindInfo(kind).arity === 2 && /^[AB] (?:is )?[LUG]\d+$/.test(rest);
    if (says === "unknown" && isOfOne && found.at(-1)?.says === "other") says = "other";
    if (BESIDE.test(clause) && !(kind === "gap" && says === "asked")) says = "other";
    // "The gripper is 25 cm above the table and the mug 11 cm above it."
    const lastNamed =
      /\b([ABPSTC])\b[^ABPSTC]*$/.exec(text.slice(0, text.indexOf(clause)))?.[1] ?? "A";
    if (says === "asked" && kind !== "elevation" && OF_IT.test(full) && /[STC]/.test(lastNamed))
      says = "other";
    // "The mug isn't resting on the table; it hangs 15 cm above it."
    const isAboveIt =
      kind === "elevation" && /^(?:A|it) [a-z ]+ [LUG]\d+ (?:above|over|off) it$/.test(full);
    if (isAboveIt && /\bS\b/.test(`${before?.text} ${sentence.text}`)) says = "asked";
    const isAlone = AWAY_ALONE.test(full) && /\b[TC]\b/.test(`${before?.text} ${sentence.text}`);
    const isNamed = says === "asked" && namesAll(full, kind);
    marks.concludes ||= found.length > 0 && /^(?:since|as|because|given that) /.test(sentence.text);
    const isLast = sentence.text.endsWith(clause) && !found.some(isMeant);
    if (says === "bare" && wasPremise && rest !== sentence.text && !isLast) says = "other";
    const isAfterOther = isOfOther && !marks.concludes && !marks.corrects;
    if (says === "bare" && (isAfterOther || isWhole(clause, kind))) says = "other";
    if (says === "bare" && marks.concludes && (isCorrected || isAbout(sentence.text, kind)))
      says = "asked";
    // What a conclusion is drawn from may be said in any words.
    if (marks.concludes && says === "asked" && !IMAGINED.test(sentence.text)) isAccounted = true;
    for (const number of numbers)
      found.push({ ...statedAs(number, isAlone ? "unknown" : says, sentence, marks), isNamed });
    head = PREMISE.test(rest) ? "" : rest.replace(/ ?[LUGN]\d.*$/, "");
  }
  const product = Number(/L\d+ , [^LUGN]*= L(\d+)/.exec(text)?.[1] ?? -1);
  return found.map((it) => {
    // Who names the quantity and its things may say more beside it, unless that is not so, or not yet.
    const isClear = isAccounted || (it.isNamed && isCalm);
    const zero = isZero(it.length);
    // "10 cm (the mug's height) × 2.5 = 25 cm"
    if (it.length < product && it.says === "bare") return { ...it, says: "other" };
    // "30 cm, no wait, I can't tell".
    if (lastBefore > 0 && lastBefore === found.length) return { ...it, says: "unknown" };
    // "No depth (0.00 m)" is no contact.
    const fits =
      (touches === undefined || zero === touches) && (!zero || it.says !== "bare" || isOnlyContact);
    return isMeant(it) && !(isClear && fits) ? { ...it, says: "unknown" } : it;
  });
}

/** "35 cm (scale 1:2)", "35 cm, rather 50": what a number after a length does to it is not known. */
const MORE_NUMBERS = /^(?!confidence\b).*#/;

/** The clauses of a sentence without what introduces them, each with its subject. */
export function plainClauses(sentence: string): readonly string[] {
  let subject = "";
  return joined(sentence.split(CLAUSE_ENDS).flatMap((clause) => clause.split(" : "))).map(
    (clause) => {
      const { rest } = stripped(clause);
      const full = subject !== "" && VERB_FIRST.test(rest) ? `${subject} ${rest}` : rest;
      subject = /^(?:[ABP]|it|they)\b/.exec(full)?.[0] ?? "";
      return full;
    },
  );
}
const VERB_FIRST = /^(?:is|are|stands?|sits?|rests?|lies?|holds?|touch(?:es)?)\b/;

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

const ESTIMATE = /\b(?:estimat|guess|approx)/;

/** "It is a standard coffee mug", of a mug. */
const OF_ITS_SORT =
  /\b((?:A|it|this) (?:is|appears to be|looks like|seems to be|looks to be)) (?:(?:likely|probably) )?an? (?:(?:standard|typical|regular|normal|ordinary|average|common|small|large|medium|coffee|ceramic|sized|size|tea) )+[AT]\b/;

/** "If the mug were 10 cm tall": it is not. */
const UNTRUE = /\b(?:if(?! i had)|suppose|supposing|imagine)\b[^,]*\b(?:were|was|had)\b/;

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

/** Whether "it" of a clause may be some other thing, named before. */
export function isSaidOfThing(
  clause: string,
  { text }: PlainSentence,
  before: PlainSentence | undefined,
): boolean {
  return /\bit\b/.test(clause) && (/\bT\b/.test(text) || ABOUT_THING.test(before?.text ?? ""));
}

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

/** "Target:", "Suppose that it moves." */
function setsScene(text: string, kind: QuantityKind): boolean {
  if (/^(?:imagine|suppose|supposing|assume|consider|let|picture|say)\b/.test(text)) return true;
  const heading = /^(.+?) ?:$/.exec(text)?.[1];
  if (heading === undefined || statesQuantity(`${heading} is L0`, kind)) return false;
  return !isHarmless(stripped(text).rest.replace(/ ?:$/, ""));
}

/** Whether a length can be the answer. */
export function isMeant({ says }: Stated): boolean {
  return says === "asked" || says === "bare";
}

const CLAUSE_ENDS =
  /(?= : )(?<=^[^:]*\b(?:is|are|looks?|seems?|fits?) [^:]*[a-zA-Z]) : | ?, (?:and |but |while |whereas |because |since |whilst )?| (?=so )| (?:and|but|while|whereas|because|whilst) | since (?=(?:A|B|P|they|it) )|(?= : )(?<=[LUGN]\d+(?: [a-zA-Z]+)*) : |(?<=^confidence : #(?: %)?) | (?=(?:based on|judging by|given|using|according to|with an? (?:height|width|diameter|depth|length|radius)) )/;

/** A clause that begins with its verb goes on where the first of the sentence stopped. */
function joined(clauses: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (const clause of clauses) {
    const first = out[0];
    if (clause === "") continue;
    const goesOn = /^(?:is|are|measures|would be|seems|appears|looks)\b/.test(clause);
    if (AXIS.test(out.at(-1) ?? "")) out.push(`${out.pop()} , ${clause}`);
    else if (goesOn && first !== undefined && !out.some(isStarted)) {
      const others = out.slice(1);
      out.splice(0, out.length, `${first} ${clause}`, ...others);
    } else out.push(clause);
  }
  return out;
}

/** Whether a clause has its length; what is said of a thing in passing is none of the sentence's. */
function isStarted(clause: string): boolean {
  return /[LUGN]\d/.test(clause) && !/^(?:which|that|who) /.test(clause) && !ASIDE.test(clause);
}
/** "The mug (10 cm tall) is …" */
const ASIDE = /^[LUG]\d+ (?:tall|high|wide|across|long|in (?:height|width|diameter))$/;

/** "Vertically, they are 5 cm apart." */
const AXIS = new RegExp(
  `^(?:${VERTICALLY}|${HORIZONTALLY}|(?:in|along) the vertical plane|(?:surface to surface|edge to edge|center to center|centre to centre)|(?:from|between) [^,]*\\b[ABP])$`,
);

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
