import { colorNamed } from "../colorWords.js";
import { type QuestionKind, RELATIONS, type Relation } from "../QuestionKind.js";
import type { Composed } from "./compose.js";
import { withCues } from "./cues.js";
import { type Known, type Marked, markThings, type Thing, thingOf } from "./findThings.js";
import { isOpenClause } from "./openClauses.js";
import { PAUSE, wordSet } from "./words.js";

/** Words that say nothing in a question, in whatever order they stand. */
export const SILENT = wordSet(
  "a an the this that these those is are am be being do does has have it its they them their there here of in at on by to with for as 's " +
    "what so well please pls plz kindly object objects thing things item items one ones two pair but " +
    "stand stands standing sit sits sitting lies lying rest rests resting located positioned placed situated found appear appears seem seems look looks " +
    "measure measures measured measuring estimate estimated estimating compute calculate determine find report state provide output return print give say get tell check decide judge classify compare comparing compared quantify reply respond confirm verify " +
    "estimation measurement question attribute quantity property relation target kind " +
    "um uh er hmm like ok okay hey hi hello yeah oh really actually roughly approximately exactly precisely approx maybe perhaps probably " +
    "record log note write deliver specify supply submit derive infer gauge assess evaluate retrieve extract obtain fetch share offer indicate present identify establish approximate eyeball guesstimate appreciate " +
    "thx " +
    "considering regarding btw current span spans spanning advise clarify guess anyway yo stuff " +
    "given following if between in whichever until till whats",
);

export function secondReading(
  words: readonly string[],
  known: Known,
  isAsked: boolean,
): Composed | undefined {
  const named = lettered(markThings(words, known, new Map()), known);
  if (named === undefined) return undefined;
  const row = rowOf(named.text);
  if (row === undefined) return undefined;
  const said = named.things.flatMap((thing, at) =>
    row.includes(LETTERS.charAt(at)) ? [{ thing, letter: LETTERS.charAt(at) }] : [],
  );
  // "Before I grasp the mug, how tall is it?"
  if (said.length === 0) return decided(row, named.things, isAsked);
  const letters = said.map(({ letter }) => letter);
  const ordered = row.map((it) => LETTERS.charAt(letters.indexOf(it)) || it);
  return decided(
    ordered,
    said.map(({ thing }) => thing),
    isAsked,
  );
}

const LETTERS = "ABCDE";

interface Lettered {
  readonly text: string;
  readonly things: readonly Thing[];
}

/** The words as a text in which A and B stand for the things. */
function lettered(marked: Marked, known: Known): Lettered | undefined {
  const things: Thing[] = [];
  const said = marked.map((it) => {
    if (typeof it === "string") return it === PAUSE ? "," : it;
    const { thing, rest } = surely(it, known);
    if (thing === undefined) return rest;
    const name = nameOf(thing);
    let at = things.findIndex((other) => nameOf(other) === name);
    if (at < 0) at = things.push(thing) - 1;
    return `${LETTERS.charAt(at)} ${rest}`.trim();
  });
  return things.length === 0 || things.length > 4 ? undefined : { text: said.join(" "), things };
}

const nameOf = ({ found }: Thing): string | undefined =>
  found.match === "one" ? found.object.name : undefined;

/** "the mug amounts": what is surely a thing, and the words behind it. */
function surely(
  { phrase }: Thing,
  known: Known,
): { readonly thing?: Thing; readonly rest: string } {
  const words = phrase.split(" ");
  for (let end = words.length; end > 0; end--) {
    const thing = thingOf(words.slice(0, end), known);
    if (isSurely(thing, known)) return { thing, rest: words.slice(end).join(" ") };
  }
  return { rest: phrase };
}

function isSurely({ phrase, found }: Thing, { objects, isNoun }: Known): boolean {
  if (found.match !== "one") return false;
  if (objects.length > 0) return true;
  const words = phrase.replace(/ on the (?:left|right)$/, "").split(" ");
  const last = words.at(-1) ?? "";
  return isNoun?.(last) === true && (words.length > 1 || colorNamed(last) === undefined);
}

type Row = readonly string[];

function rowOf(text: string): Row | undefined {
  const clauses = text
    .replace(/ , if any ,/g, "")
    .replace(/ (us|me) , the (?:camera|viewer|observer) ,/g, " $1")
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "");
  const row: string[] = [];
  for (const [index, clause] of clauses.entries()) {
    const tokens = tokensOf(clause) ?? withoutReason(clause);
    if (tokens) row.push(...(row.length > 0 ? [","] : []), ...tokens);
    else if (!isOpenClause(clause, index === 0)) return undefined;
  }
  return row;
}

/** The cues and letters of a clause; undefined where a word is neither nor silent. */
function tokensOf(clause: string): Row | undefined {
  const cued = withCues(clause);
  // "The mug's number" is no mug.
  if (/'s (?=\p{Ll})/u.test(cued)) return undefined;
  const tokens = cued.split(" ").filter((word) => word !== "" && !SILENT.has(word));
  if (!tokens.every((it) => /^(?:[A-Z]+|>)$/.test(it))) return undefined;
  const isAsked =
    /^(?:(?:VIEW|IMG|CAM|METRIC|AXIS|so|um|uh|well|ok|okay|now|and|whether|if|please) )*(?:is|are|does|do) /.test(
      cued,
    ) || / (?:whether|if) (?:\p{L}+ )?[A-E]\b/u.test(cued);
  return isAsked ? ["ASK", ...tokens] : tokens;
}

const HEAD =
  /(?<=\p{L} )(?:i|we|what|how|which|whether|is|are|the|and|give|tell|report|measure|estimate|please|could|can) /gu;
const isLetter = (token: string): boolean => /^[A-E]$/.test(token);
const START = /(?<=\p{L} )(?:for|to|so|because|since|as|in order to|before) /gu;

/** "I need the width of A | to set the opening": a reason behind, or before a question. */
function withoutReason(clause: string): Row | undefined {
  for (const { index } of clause.matchAll(START)) {
    const reason = clause.slice(index);
    if (!isOpenClause(reason, false)) continue;
    const tokens = tokensOf(clause.slice(0, index).trim());
    if (tokens?.some(isLetter)) return tokens;
  }
  // "My boss wants to know | how far A is from B"
  for (const { index } of clause.matchAll(HEAD)) {
    const tokens = tokensOf(clause.slice(index));
    if (!tokens?.some(isLetter)) continue;
    if (isOpenClause(clause.slice(0, index).trim(), false)) return tokens;
  }
  return undefined;
}

const CUE_OF: Readonly<Record<string, Relation>> = {
  LEFT: "left",
  RIGHT: "right",
  ABOVE: "above",
  BELOW: "below",
  BEHIND: "behind",
  FRONT: "front",
  TALLER: "tall",
  SHORTER: "short",
  WIDER: "wide",
  THINNER: "thin",
  BIGGER: "big",
  SMALLER: "small",
};
const OPPOSITES: readonly (readonly [Relation, Relation, QuestionKind])[] = [
  ["left", "right", "left_right"],
  ["above", "below", "above_below"],
  ["behind", "front", "behind_front"],
  ["tall", "short", "tall_short"],
  ["wide", "thin", "wide_thin"],
  ["big", "small", "big_small"],
];
const MEASURED: Readonly<Partial<Record<Relation, string>>> = {
  tall: "HEIGHT VERT",
  short: "HEIGHT VERT",
  wide: "WIDTH",
  thin: "WIDTH",
  above: "VERT CAM POS UP",
  below: "VERT CAM POS DOWN",
  behind: "AXIS CAM POS",
  front: "AXIS CAM POS",
  left: "AXIS CAM POS",
  right: "AXIS CAM POS",
};

function decided(row: Row, things: readonly Thing[], isAsked: boolean): Composed | undefined {
  const cues = new Set(row.filter((it) => !/^(?:[A-E]|,)$/.test(it)));
  // "The width in the image" is not that of the thing.
  if (cues.has("IMG")) {
    const isLate = row.indexOf("IMG") > row.indexOf("A");
    const pictured = [
      "WIDTH",
      "WIDE",
      "HEIGHT",
      "TALL",
      "HORIZ",
      "VERT",
      "TALLER",
      "SHORTER",
      "WIDER",
      "THINNER",
      "BIGGER",
      "SMALLER",
    ];
    if (isLate && pictured.some((it) => cues.has(it)) && !cues.has("METRIC")) return undefined;
  }
  const isSeen = cues.has("VIEW") || cues.has("CAM");
  if (cues.delete("REMOTE")) {
    if (!isSeen && !(cues.has("FRONT") && cues.has("OR"))) return undefined;
    cues.add("BEHIND");
  }
  if (cues.delete("CLOSE")) {
    if (!isSeen && !(cues.has("BEHIND") && cues.has("OR"))) return undefined;
    cues.add("FRONT");
  }
  for (const it of ["METRIC", "VIEW", "IMG"]) cues.delete(it);
  const isCompared = !["MUCH", "FAR", "DIST", "OFFSET"].some((it) => cues.has(it));
  for (const [more, less, measure] of [
    ["WIDER", "THINNER", "WIDTH"],
    ["TALLER", "SHORTER", "HEIGHT"],
  ] as const) {
    if (!isCompared || !cues.has(measure)) continue;
    if (cues.delete("BIGGER")) cues.add(more);
    if (cues.delete("SMALLER")) cues.add(less);
  }
  const only = (allowed: string) => {
    const set = wordSet(allowed);
    return [...cues].every((it) => set.has(it));
  };
  const any = (some: string) => some.split(" ").some((it) => cues.has(it));
  const [a, b] = things;
  if (a === undefined || things.length > 2) return undefined;
  if (b === undefined) {
    const kind = ofOne(only, any);
    return kind && { kind, things: [a] };
  }
  const relations = RELATIONS.filter((it) => [...cues].some((cue) => CUE_OF[cue] === it));
  const [first, second] = relations;
  if (first === undefined) {
    const kind = ofTwo(only, any);
    return kind && { kind, things: [a, b] };
  }
  const own = [...cues].filter((it) => CUE_OF[it] !== undefined).join(" ");
  const measured = MEASURED[first] ?? "";
  if (second !== undefined) {
    const kind = OPPOSITES.find(
      ([x, y]) => relations.length === 2 && relations.includes(x) && relations.includes(y),
    )?.[2];
    if (!kind || !any("OR WHICH") || !only(`${own} ${measured} OR WHICH > ASK FROM AND`))
      return undefined;
    const ordered = ordering(row, things);
    return ordered && { kind, things: ordered };
  }
  if (any("MUCH FAR DIST OFFSET")) {
    if (!/^(?:left|right|above|below|behind|front)$/.test(first)) return undefined;
    if (!only(`${own} ${measured} MUCH FAR DIST OFFSET > FROM`)) return undefined;
    const ordered = ordering(row, things);
    return ordered && { kind: `${first}_difference` as QuestionKind, things: ordered };
  }
  const isChoice = any("WHICH") || any("OR");
  if (isChoice) {
    const isBoth = row.filter((it) => it === "A" || it === "B").length === 2;
    if (
      !isBoth ||
      row.includes(">") ||
      !any("OR AND WHICH") ||
      !only(`${own} ${measured} WHICH OR AND ASK`)
    )
      return undefined;
    return { kind: `${first}_choice` as QuestionKind, things };
  }
  if (!(any("ASK YES") || isAsked) || !only(`${own} ${measured} ASK YES >`)) return undefined;
  const ordered = ordering(row, things);
  return ordered && { kind: `${first}_predicate` as QuestionKind, things: ordered };
}

/** The thing that the other is compared with last. */
function ordering(row: Row, [a, b]: readonly Thing[]): readonly Thing[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const after = (lead: string) =>
    new Set(row.filter((it, at) => isLetter(it) && row[at - 1] === lead));
  let led = after(">");
  if (led.size === 0) led = after("FROM");
  else if (row.includes("FROM")) return undefined;
  if (led.size !== 1) return undefined;
  return led.has("B") ? [a, b] : [b, a];
}

type Test = (cues: string) => boolean;

function ofOne(only: Test, any: Test): QuestionKind | undefined {
  const found: QuestionKind[] = [];
  if (
    any("TALL HEIGHT BOTTOMTOP HIGH") &&
    any("TALL HEIGHT BOTTOMTOP") &&
    only("TALL HEIGHT BOTTOMTOP HIGH MUCH FAR DIST VERT")
  )
    found.push("height");
  if (any("WIDE WIDTH LEFTRIGHT") && only("WIDE WIDTH LEFTRIGHT MUCH FAR DIST AXIS"))
    found.push("width");
  const isHigh = any("HIGH FAR DIST MUCH GAP ELEV LIFT HEIGHT") && any("TABLE");
  if (
    (isHigh || any("ELEV")) &&
    only("HIGH FAR DIST MUCH GAP ELEV LIFT TABLE BOTTOM VERT ABOVE HEIGHT FROM BELOW > UP DOWN") &&
    (!any("HEIGHT") || any("BOTTOM LIFT"))
  )
    found.push("elevation");
  return found.length === 1 ? found[0] : undefined;
}

function ofTwo(only: Test, any: Test): QuestionKind | undefined {
  const ends = "FROM AND";
  const length = any("FAR DIST MUCH");
  if (
    (any("FAR DIST") || (any("CENTRE") && any("MUCH FROM"))) &&
    only(`FAR DIST MUCH CENTRE EUCLID ${ends}`)
  )
    return "distance";
  if (
    (any("GAP") || (any("NEAREST") && length)) &&
    only(`GAP NEAREST POINT FAR DIST MUCH EUCLID ${ends}`)
  )
    return "gap";
  if (
    any("VERT") &&
    (length || any("OFFSET")) &&
    only(`VERT FAR DIST MUCH OFFSET CENTRE UNSIGNED ${ends}`)
  )
    return "vertical_distance";
  if (
    any("HEIGHT") &&
    any("OFFSET") &&
    any("CENTRE") &&
    only(`HEIGHT OFFSET MUCH CENTRE UNSIGNED ${ends}`)
  )
    return "vertical_distance";
  if (
    any("HORIZ") &&
    (length || any("OFFSET")) &&
    only(`HORIZ FAR DIST MUCH OFFSET CENTRE UNSIGNED EUCLID ${ends}`)
  )
    return "horizontal_distance";
  return undefined;
}
