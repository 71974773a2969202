import { oppositeOf, type Relation } from "../QuestionKind.js";
import { RELATION_WORDS } from "./relations.js";

/** What a clause says in one of the known forms. */
export type Evidence =
  | { readonly says: "verdict"; readonly yes: boolean; readonly soft: boolean }
  | {
      readonly says: "relation";
      /** The relation of the question's subject to its object. */
      readonly relation: Relation;
      readonly negated: boolean;
      /** The clause names whom it speaks of. */
      readonly named: boolean;
      /** Whose side of the picture it gives: "the gripper is on the left side of the image". */
      readonly placed?: "A" | "B" | "it";
    }
  | { readonly says: "equal" }
  | { readonly says: "name"; readonly who: "subject" | "object" };

/** Adverbs of how sure one is. */
export const SURE =
  "(?:very|most|quite|absolutely|definitely|certainly|indeed|clearly|really|probably|likely|maybe|perhaps|possibly|still|simply|also)";

/** Adverbs and prepositions before the word of a relation. */
const BEFORE =
  "(?:more|much|far|slightly|somewhat|noticeably|clearly|visibly|significantly|considerably|notably|obviously|definitely|certainly|probably|likely|perhaps|maybe|a (?:bit|little|lot)|bit|directly|immediately|indeed|now|currently|actually|even|marginally|substantially|well|vertically|physically|visually|overall|the|to|on|in|at|towards|toward|both|of|further|farther|about|# (?:cm|m|mm|inch|inches|feet|ft|meters|metres|centimeters|centimetres|centimetre|meter|metre)|(?:cm|m|mm))";
const PLACED =
  "(?:located|positioned|situated|placed|standing|sitting|lying|resting|hovering|held|found|being)";
const VERB = `(?:(?:is|are|sits|stands|lies|hovers|rests|remains|looks|seems|appears|has(?= (?:a|the) )|(?:may|might|could) be|would be|=)(?: (?:(?:currently|now|clearly|indeed|definitely|probably|likely|${PLACED}) )*${PLACED})?(?: to be| like)?(?: ${PLACED})?)`;
const PERSPECTIVE =
  "from (?:(?:the|this|our|my|a) )?(?:C(?:'s)?|viewer's|observer's|camera's|image's|this|our)(?: (?:perspective|viewpoint|point of view|view|angle|side))?";
/** What may follow a statement without changing it. */
export const TAIL = `(?: (?:in (?:the|this|our) (?:image|picture|photo|scene|view|frame|foreground|background)|${PERSPECTIVE}|here|indeed|as (?:seen|shown|viewed)(?: (?:in|from) (?:the|this) (?:image|picture|photo|scene)| ${PERSPECTIVE})?|by (?:about )?# [a-z]+|at the moment|right now|currently|now|horizontally|vertically|overall))*`;
/** "The left side of the image", "higher up in the image than". */
const IN_IMAGE = "(?<place> (?:of|in) (?:the|this) (?:image|picture|photo|scene|view|frame))?";
const ONE = "(?: (?:one|object|item|thing))?(?: (?:(?:out )?(?:of|among|between) )?(?:P|two))?";

/** What may stand after the word of a relation on its axis, before whom it is compared with. */
const AFTER: Readonly<Record<Relation, string>> = {
  left: "(?: (?:hand side|side|hand))?",
  right: "(?: (?:hand side|side|hand))?",
  above:
    "(?: (?:up|in (?:height|elevation|position|the air|space)|position|level|elevation|height))*",
  below: "(?: (?:down|in (?:height|elevation|position)|position|level|elevation|height))*",
  behind:
    "(?: (?:away|back|in depth|in the (?:background|back|distance|scene)|from C|from the viewer|from us|to the (?:back|rear)))*",
  front: "(?: (?:to C|to the (?:viewer|front|foreground)|to us|in depth))*",
  tall: "(?: (?:in height|in stature|height))?",
  short: "(?: (?:in height|in stature|height))?",
  wide: "(?: (?:in width|in diameter|width))?",
  thin: "(?: (?:in width|in diameter|width))?",
  big: "(?: (?:in (?:overall )?(?:size|volume)|overall|size|volume))?",
  small: "(?: (?:in (?:overall )?(?:size|volume)|overall|size|volume))?",
};
const COMPARED =
  "(?: ,)?(?: (?:of|from|than|to|as|(?:when )?compared (?:to|with)|relative to|with respect to|in comparison (?:to|with)))?";
/** These say a relation only with what they are compared with, or with a noun. */
const POSITIVE = new Set(
  "low high deeper up down over back rear tall short wide broad large big small little tiny thin narrow slim slender compact huge".split(
    " ",
  ),
);

interface Forms {
  readonly statement: RegExp;
  readonly inverted: RegExp;
  readonly bare: RegExp;
}
const compiled = new Map<Relation, Forms>();

function formsOf(relation: Relation): Forms {
  const known = compiled.get(relation);
  if (known) return known;
  const opposite = oppositeOf(relation);
  const word = `(?<word>${[...RELATION_WORDS[relation], ...RELATION_WORDS[opposite]].join("|")})`;
  const after = `(?:${AFTER[relation]}|${AFTER[opposite]})${IN_IMAGE}${ONE}`;
  const said = `(?<before>(?:${BEFORE} |less )*)${word}${after}`;
  const compared = `(?:${COMPARED} (?:that of )?(?<than>[AB]|it|the other(?: one| object)?))?`;
  const made = {
    statement: new RegExp(
      `^(?:(?<who>[AB]|it)(?:'s (?:position|center|centre|height|width|size))? (?<verb>${VERB}|does not (?:appear|seem|look)(?: to be)?)(?<not> not)? )(?<not2>not )?${said}${compared}${TAIL}$`,
    ),
    inverted: new RegExp(
      `^(?:(?:standing|sitting|being|positioned|located|placed|situated) )?(?<before>(?:${BEFORE} |less |one |object |item )*)${word}${after}${compared} (?:is|would be|:) (?<who>[AB])${TAIL}$`,
    ),
    bare: new RegExp(
      `^(?:(?<who>[AB]) (?=.* [AB]$))?(?<not>not )?${said}(?:${compared}${TAIL}| of| than)$`,
    ),
  };
  compiled.set(relation, made);
  return made;
}

/** Words that speak of the relation or of its opposite, or say that there is none. */
export function sidesOf(relation: Relation): RegExp {
  const words = [...RELATION_WORDS[relation], ...RELATION_WORDS[oppositeOf(relation)]];
  return new RegExp(`\\b(?:${words.join("|")}|in line|level|aligned|same)\\b`);
}

/** What a clause says of the relation between the two things, as one of the question's subject. */
export function relationIn(clause: string, axis: Relation): Evidence | undefined {
  const { statement, inverted, bare } = formsOf(axis);
  const full = statement.exec(clause) ?? inverted.exec(clause);
  const match = full ?? bare.exec(clause);
  const { word = "", before = "", who, than, verb = "", not, not2, place } = match?.groups ?? {};
  if (!match || (who !== undefined && who !== "it" && who === than)) return undefined;
  if (
    POSITIVE.has(word) &&
    than === undefined &&
    !/\b(?:the|in|at|more|less|farther|further) $/.test(before)
  ) {
    return undefined;
  }
  // "It is right" agrees, "A is left" may be what remains: a side has its preposition or its object.
  const isSide = word === "left" || word === "right";
  if (
    isSide &&
    full &&
    than === undefined &&
    !/\b(?:the|on|to|more|further|farther) $/.test(before)
  ) {
    return undefined;
  }
  const stated = RELATION_WORDS[axis].has(word) ? axis : oppositeOf(axis);
  const said = /\bless $/.test(before) ? oppositeOf(stated) : stated;
  const spokenOf = who === "A" || who === "B" ? who : than === "A" ? "B" : "A";
  return {
    says: "relation",
    relation: spokenOf === "B" ? oppositeOf(said) : said,
    negated: (not ?? not2) !== undefined || verb.includes(" not"),
    named: full !== null && (who !== "it" || than === "A" || than === "B"),
    ...((place?.startsWith(" of ") || /ground$/.test(word)) &&
      than === undefined && { placed: sideOf(who) }),
  };
}

/** Seen from elsewhere than the camera, left may be right and behind in front. */
export const OTHER_VIEW =
  /\bfrom (?:behind|(?:the )?(?:back|rear|other side|opposite side|far side|side|above|top|below))\b(?! of\b)|\b(?:T|A|B|robot)'s (?:perspective|point|view|viewpoint|frame|eyes?|left hand|right hand)\b|\b(?:[ABT]|robot)'s own (?:perspective|point|view|viewpoint|frame|eyes?|side|left|right)\b|\b(?:its|their) own (?:perspective|point|view|viewpoint|frame|eyes?|side|left|right)\b|\bseen from (?:[ABT]|the robot)\b|\bperspective of (?:the )?[ABT]\b|\b(?:mirrored|flipped)\b/;

function sideOf(who: string | undefined): "A" | "B" | "it" {
  return who === "A" || who === "B" ? who : "it";
}

/** What holds both things equal. */
export const EQUAL = new RegExp(
  `^(?:(?:P|they|A|B|it|neither(?: of P)?) (?:is|are|have|has|appears?|seems?|looks?)(?: to be| to have)? )?(?:P |on S )*(?:${BEFORE} |roughly |approximately |almost |nearly |exactly )*(?:same|equal|equally|identical)(?: (?:tall|high|wide|big|large|height|width|size|level|depth|heights?|horizontal|vertical|lateral|side|line|distance|far|in|as|to|from|C|A|B|the|at|position|horizontally|vertically))*${TAIL}$|^neither(?: (?:one|of P|is|A|B|taller|wider|bigger|larger))*$`,
);
