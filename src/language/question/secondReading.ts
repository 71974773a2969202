import { colorNamed } from "../colorWords.js";
import type { Composed } from "./compose.js";
import { decided } from "./cueKinds.js";
import { withCues } from "./cues.js";
import { type Known, type Marked, markThings, type Thing, thingOf } from "./findThings.js";
import { isOpenClause } from "./openClauses.js";
import { PAUSE, wordSet } from "./words.js";

/** Words that say nothing in a question, in whatever order they stand. */
const SILENT = wordSet(
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

/**
 * What some words ask by their cues, in whatever order and among whatever words that say nothing. It reads by turns of
 * its own, knows nothing of the grammar's, and takes nothing that its cues do not explain: where the grammar understands no
 * question, this one may.
 *
 * @param isAsked whether a question mark says that a statement is a question
 */
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
  const rows: Row[] = [];
  for (const [index, clause] of clauses.entries()) {
    const tokens = tokensOf(clause) ?? withoutReason(clause);
    if (tokens) rows.push(tokens);
    else if (!isOpenClause(clause, index === 0)) return undefined;
  }
  const isTied = clauses.some((it) => PRONOUN.test(it));
  return isTied || !showsOthers(rows) ? rows.flatMap((it) => [...it, ","]) : undefined;
}

const PRONOUN = /\b(?:it|its|they|them|their|this|that|there)\b/;
/** What ties a clause to another, or says nothing of what is measured. */
const JOINING = wordSet("AND OR ASK WHICH YES VIEW IMG CAM METRIC MUCH");

/** "Look at A and B. How far is A?" */
function showsOthers(rows: readonly Row[]): boolean {
  const isAsking = (row: Row) => row.some((it) => /^(?:[A-Z]{2,}|>)$/.test(it) && !JOINING.has(it));
  const asked = rows.filter(isAsking).flat();
  return (
    asked.some(isLetter) &&
    rows.some((row) => !isAsking(row) && row.some((it) => isLetter(it) && !asked.includes(it)))
  );
}

/** The cues and letters of a clause; undefined where a word is neither nor silent. */
function tokensOf(clause: string): Row | undefined {
  const cued = withCues(clause);
  // "The mug's number" is no mug.
  if (/'s (?=\p{Ll})/u.test(cued)) return undefined;
  // "How far in the can is the mug?"
  if (/\b(?:in|on|at|by) (?:the )?[A-E]\b/.test(cued)) return undefined;
  const tokens = cued.split(" ").filter((word) => word !== "" && !SILENT.has(word));
  if (!tokens.every((it) => /^(?:[A-Z]+|>)$/.test(it))) return undefined;
  // "For the left hand, …"
  const isFor = cued.startsWith("for ") && !tokens.some(isLetter);
  if (isFor && tokens.some((it) => it !== "IMG" && it !== "VIEW")) return undefined;
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
