import type { QuantityKind } from "../QuestionKind.js";
import { statesFreely } from "./freeStatements.js";
import { type PlainSentence, UNIT } from "./plainSentences.js";
import { statesQuantity, TAIL } from "./statementForms.js";

/** What a clause says with its length. */
export type Meaning = "asked" | "bare" | "other" | "unknown";

/** What was once thought or true. */
const SUPERSEDED =
  /^(?:at first(?: glance)?|initially|originally|previously|formerly|before|first|earlier|once|i (?:first|initially|said|thought)|my (?:first|initial|previous))\b|\b(?:used to be|at first|before|previously|down from|up from|at the start|in the beginning)\b/;
const BY_CENTERS = /\b(?:center|centre)s?\b/;
const BY_SURFACES = /\b(?:edge to edge|surface to surface|(?:surface|edge)s)\b/;
/** A length that is wanted, and one that bounds or explains others. */
const WANTED =
  /\b(?:goal|target|aim|required|(?:needs?|has|have) to|must|succeeds?|threshold|limit|tolerance)\b/;
/** Sizes of one thing: their nouns, and what is said after their lengths. */
const SIZES: readonly (readonly [kind: QuantityKind | undefined, noun: string, after: string])[] = [
  ["height", "height", "tall|high|in height"],
  ["width", "width|diameter|breadth", "wide|broad|across|in width|in diameter"],
  [
    undefined,
    "length|radius|thickness|depth|size|circumference",
    "long|thick|deep|each|in length|in depth",
  ],
];

/** Whether a clause gives a size that is not the kind's. */
function isOtherSize(clause: string, kind: QuantityKind): boolean {
  return SIZES.some(([own, noun, after]) => {
    if (own === kind) return false;
    const named = `\\b(?:${noun})(?: of (?:the |its )?[ABTS])?(?:,? (?:${UNIT}))?(?: (?:is|of|was))?(?: [:=,])? [LUGN]\\d`;
    return new RegExp(`[LUGN]\\d+ (?:${after})\\b|${named}`).test(clause);
  });
}
const OF_THING =
  /\b(?:from|to|of|than|above|below|over|under|behind|off|between) (?:(?:the|a|an|its|another) )?(?:[a-z]+ ){0,2}[TCS]\b/;
const LABEL_OF_THING = /\b[TCS](?:'s)?\b[^,]* (?:[:=] )[LUGN]\d/;
export const BY_THING = /^(?:(?:the|a|an|its|another|each|one) )?(?:[a-z]+ ){0,3}[TCS](?:'s)?\b/;
/** A sentence whose "it" is some other thing. */
export const ABOUT_THING =
  /^(?:(?:the|a|an|its|another|each|one) )?(?:[a-z]+ )?[TCS](?: [a-z]+)? (?:is|are|has|have|stands?|sits?|lies|measures|appears|looks|can|reaches|shows)\b/;
/** What a premise begins with. */
export const PREMISE =
  /^(?:(?:seen|viewed) from|comparing|subtracting|scaling|taking|if|assuming|assume|suppose|supposing|given|for reference|with|seen against|based on|judging by|using|looking at|considering|compared (?:to|with)|since|ignoring)\b|\b(?:typical|typically|standard|usually)\b/;

/** Words for the axis along which a clause measures. */
export const VERTICALLY =
  "vertically|(?:in terms of|in) height|(?:in|along) the vertical(?: direction| axis)?|vertically speaking";
export const HORIZONTALLY =
  "horizontally|laterally|(?:in|along) the horizontal(?: direction| axis| plane)?|in the plane of S|(?:measured )?(?:on|along|across|parallel to) S(?: surface| plane)?|projected on(?:to)? S|seen from above|(?:ignoring|disregarding|neglecting) (?:the )?height(?: difference)?|horizontally speaking";
const along = (axis: string) => new RegExp(`(?:^|(?<= ))(?:${axis})(?: ,)?(?: |$)`);
const AXES = {
  vertical_distance: along(VERTICALLY),
  horizontal_distance: along(`${HORIZONTALLY}|sideways`),
} as const;
const ANY_AXIS = Object.values(AXES);

/** "They are separated by 5 cm vertically": a distance along the axis that is asked for. */
function statesAlong(clause: string, kind: QuantityKind): boolean {
  if (kind !== "vertical_distance" && kind !== "horizontal_distance") return false;
  const rest = clause.replace(AXES[kind], "").trim();
  if (rest === clause || ANY_AXIS.some((axis) => axis.test(rest))) return false;
  if (/^(?:there is )?(?:an? )?[LUG]\d+ (?:difference|offset)$/.test(rest)) return true;
  return (
    (BARE.test(rest) && !/^is\b/.test(rest)) ||
    statesQuantity(rest, "distance") ||
    statesFreely(rest, "distance")
  );
}

/** How high a thing is held says nothing of its height. */
const IN_THE_AIR = /\b(?:held|suspended|hover\w*|float\w*|hang\w*)\b/;
/** What was so before, and what is only an example. */
const PAST = /\b(?:was|were|had been|used to be|whose)\b/;
const EXAMPLE = /\b(?:for example|such as)\b/;
/** "(from a horizontal offset of 0.3 m and …)" */
const FROM = /^(?:from|of|using|with|plus|over) (?=an? )/;

/**
 * The kinds whose statements are none of another kind's quantity, each with what one of its
 * statements must hold: large forms are only built for clauses that may fit them.
 */
const OTHER_KINDS: readonly (readonly [kind: QuantityKind, cue: RegExp])[] = [
  ["height", /[LUG]\d/],
  ["width", /[LUG]\d/],
  [
    "distance",
    /\b(?:away|apart|distance|separat\w+|spac\w+|between|from|to|gap|clearance|dist|d|off|A B|B A)\b/,
  ],
  ["elevation", /\bS\b|\b(?:elevation|clearance|lifted|raised|elevated)\b/],
  [
    "vertical_distance",
    /\b(?:vertical\w*|height|elevation|above|over|below|under|beneath|underneath|higher|lower)\b/,
  ],
  [
    "horizontal_distance",
    /\b(?:horizontal\w*|lateral\w*|ground|planar|along|across|above|height)\b/,
  ],
  ["left_difference", /\b(?:left|right|difference|offset|by)\b/],
  [
    "behind_difference",
    /\b(?:behind|front|farther|further|closer|nearer|deeper|difference|offset|by)\b/,
  ],
];

/** Of what is measured along an axis, the whole distance is something else. */
const OF_AXIS: ReadonlySet<QuantityKind> = new Set(["vertical_distance", "horizontal_distance"]);
const WHOLE_DISTANCE =
  /\b(?:total|overall|full|direct|euclidean|straight line|3d|# d) (?:straight line )?(?:distance|separation)\b/;

/** "Total: 26 cm", beside the parts along its axes. */
export function isWhole(clause: string, kind: QuantityKind): boolean {
  return OF_AXIS.has(kind) && /^(?:the )?(?:total|overall|combined|diagonal)\b/.test(clause);
}

/** Whether a clause states the quantity of another kind. */
function statesOtherKind(clause: string, kind: QuantityKind): boolean {
  return OTHER_KINDS.some(
    ([other, cue]) => other !== kind && cue.test(clause) && statesQuantity(clause, other),
  );
}

/** A length, and nothing of what it is. */
const BARE = new RegExp(
  `^(?:(?:it|this one) [UG]\\d+|(?:(?:it |this one )?(?:(?:is|may be|might be|could be)|(?:seems|appears|looks)(?: like| to be)?) )?[LUG]\\d+)(?: (?:${TAIL}))*$`,
);

/** What a clause with one length says of it. */
export function saysOf(
  full: string,
  rest: string,
  kind: QuantityKind,
  before: PlainSentence | undefined,
): Meaning {
  if (/N\d/.test(full) || SUPERSEDED.test(rest)) return "other";
  if (kind === "height" && IN_THE_AIR.test(full)) return "other";
  if (BARE.test(full)) {
    return before && ABOUT_THING.test(before.text) && full.startsWith("it") ? "unknown" : "bare";
  }
  if (statesQuantity(full, kind)) {
    return /^it\b/.test(full) && before && ABOUT_THING.test(before.text) ? "unknown" : "asked";
  }
  if (statesAlong(full, kind) || (!PREMISE.test(full) && statesFreely(full, kind))) return "asked";
  const isOther =
    (kind === "distance" && ANY_AXIS.some((axis) => axis.test(full))) ||
    BY_THING.test(full) ||
    OF_THING.test(full) ||
    (kind === "gap" && BY_CENTERS.test(full)) ||
    (kind === "distance" && BY_SURFACES.test(full)) ||
    WANTED.test(full) ||
    LABEL_OF_THING.test(full) ||
    PREMISE.test(full) ||
    isOtherSize(full, kind) ||
    PAST.test(full) ||
    EXAMPLE.test(full) ||
    (OF_AXIS.has(kind) && WHOLE_DISTANCE.test(full)) ||
    statesOtherKind(full.replace(FROM, ""), kind) ||
    (rest !== full && statesOtherKind(rest, kind));
  return isOther ? "other" : "unknown";
}

/** "The lateral offset is small": a clause about another quantity, whose length may stand beside it. */
export function statesOther(clause: string, kind: QuantityKind): boolean {
  const plain = clause.replace(
    / (?:(?:very|quite|rather|fairly|relatively|much) )?(?:small|large|larger|smaller|greater|bigger|short|long|significant|negligible)(?= L0$)/,
    "",
  );
  return (plain !== clause && statesOtherKind(plain, kind)) || isOtherSize(clause, kind);
}
