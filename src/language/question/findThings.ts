import type { ObjectRef } from "../SpatialQuestion.js";
import { CHANGING } from "./changingWords.js";
import { isQuestionWord, type Turn, turnAt } from "./lexicon.js";
import { contentWords, headOf, matchObject, type ObjectMatch, singular } from "./matchObject.js";
import { isPhrasingWord } from "./ownPhrasings.js";
import { PAUSE } from "./words.js";

/** What is known of the things that a question may name. */
export interface Known {
  /** Without them, things are made from the words of the question. */
  readonly objects: readonly ObjectRef[];
  /** Words that are nouns for sure, so that a thing ends with them: "distance gripper mug". */
  readonly isNoun?: (word: string) => boolean;
}

/** A thing that a question names, and which object that is. */
export interface Thing {
  readonly phrase: string;
  readonly found: ObjectMatch;
}

/** A question as a row of things and symbols of the lexicon. */
export type Item = Thing | string;

const DETERMINERS = new Set("the a an this that these those my your our its their".split(" "));
/** Of the words that questions are made of, those that also tell things apart: "the left box". */
const ATTRIBUTES = new Set(
  (
    "left right top bottom front back rear upper lower middle tall short wide narrow thin thick big small large little " +
    "tiny huge high low near far nearest closest farthest furthest nearer closer farther leftmost rightmost taller " +
    "tallest shorter shortest wider widest narrower thinner bigger biggest smaller smallest larger largest higher " +
    "highest lowest first second hand flat wooden work base vertical horizontal"
  ).split(" "),
);
/** Those that need no article before them, as long as they are not what is asked: "how tall". */
const BARE_ATTRIBUTES = new Set(
  "tall short wide narrow thin big small large little tiny huge flat".split(" "),
);
const ASKING = new Set(
  "how much more less most least so as too very is are which what does".split(" "),
);
/** Things that questions speak of without asking about them: "above the table", "from the camera". */
const SURROUNDINGS = new Set(
  (
    "table tabletop desk surface floor ground counter countertop worktop workbench bench camera viewer observer lens " +
    "photographer picture photo photograph image frame room tape ruler string thread rope board box cam monitor sensor " +
    "webcam lidar kinect imager mesh hull cloud vector"
  ).split(" "),
);
/** Words that are no part of a name. */
const NO_NAME = new Set([
  ...CHANGING,
  ...(
    "during since soon still should minute minutes seconds because but however any some several few enough too quite " +
    "slightly almost nearly moved moving move moves pushed rotated rotate touching inside into onto through material " +
    "long longer deep deeper thick thicker fast faster is are does do and or as around something anything everything " +
    "whether further negative positive plus needed required wished displayed"
  ).split(" "),
]);
/** More names of surroundings than these are not tried one by one. */
const MOST_SURROUNDINGS = 3;
/** Of the surroundings, those that may end the name of a thing: "the wrist camera". */
const COMPOUNDS = new Set(
  "table desk counter bench camera lens frame board picture photo".split(" "),
);
/** "Can you …" is about no can. */
const MODAL = new Set("you u we i it this that one anyone someone somebody".split(" "));

const isNumber = (word: string): boolean => /^\p{N}+$/u.test(word);

/** The words of a question, its things in place of their names. */
export type Marked = readonly (string | Thing)[];

/** The words, with "@" for each thing. */
export const symbolsOf = (marked: Marked): string[] =>
  marked.map((it) => (typeof it === "string" ? it : "@"));

/**
 * Puts things in place of their names.
 *
 * @param taken where names of surroundings begin and end that are to be things
 */
export function markThings(
  words: readonly string[],
  known: Known,
  taken: ReadonlyMap<number, number>,
): Marked {
  const marked: (string | Thing)[] = [];
  const mixed = mixedNames(known.objects);
  for (let at = 0; at < words.length; ) {
    const end = taken.get(at) ?? ownNameAt(words, at, mixed);
    marked.push(end === undefined ? (words[at] ?? "") : thingOf(words.slice(at, end), known));
    at = end ?? at + 1;
  }
  const isName = nameTest(known);
  const all: (string | Thing)[] = [];
  for (let at = 0; at < marked.length; ) {
    const end = nameAt(marked, at, isName);
    if (end === undefined) all.push(marked[at] ?? PAUSE);
    else all.push(...split(marked.slice(at, end) as string[], known));
    at = end ?? at + 1;
  }
  return all;
}

/** "The surface-to-surface distance" speaks of no surface: the longer turn behind an article counts. */
function turnFrom(marked: Marked, at: number): Turn | undefined {
  const turn = turnAt(marked, at);
  const word = marked[at];
  if (typeof word !== "string" || !DETERMINERS.has(word)) return turn;
  const next = turnAt(marked, at + 1);
  return next && next.end > (turn?.end ?? at) ? next : turn;
}

/** What joins words that say nothing by themselves: "in short", but not "in the box". */
const JOINING = new Set(["in", "by", "using"]);

/** The things and the symbols of a question; undefined where a word is neither. */
export function itemsOf(marked: Marked): readonly Item[] | undefined {
  const items: Item[] = [];
  const owned: number[] = [];
  let isApart = false;
  for (let at = 0; at < marked.length; ) {
    const word = marked[at];
    const turn = turnFrom(marked, at);
    if (turn) {
      // "The mug's number" is no mug.
      if (turn.symbols.length === 0 && marked[at - 1] === "'s") owned.push(items.length);
      // "How tall is the mug? Give the number of cans."
      const isOf = turn.symbols.includes("of") && typeof marked[turn.end] === "object";
      if (isOf && isApart && typeof items.at(-1) === "object") return undefined;
      // "Above or below: the mug and the can": nothing follows "below".
      const isFirst = !items.some((item) => typeof item === "object");
      const isLast = isFirst && marked[turn.end] === PAUSE && turn.symbols.length > 1;
      items.push(...(isLast ? turn.symbols.filter((symbol) => symbol !== ">") : turn.symbols));
    } else if (typeof word === "object") items.push(word);
    else if (JOINING.has(word ?? "") && typeof marked[at + 1] === "string") {
      at++;
      continue;
    } else if (word !== PAUSE) return undefined;
    isApart = word === PAUSE || (isApart && typeof word === "string");
    at = turn?.end ?? at + 1;
  }
  return owned.every((at) => at < items.length) ? items : undefined;
}

/** Where the names of surroundings stand that may be things as well. */
export function surroundingsIn(
  words: readonly string[],
  known: Known,
): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (let at = 0; at < words.length; at++) {
    const first = words[at] ?? "";
    const from = DETERMINERS.has(first) ? at + 1 : at;
    // "the wrist camera": a name of its own may begin it.
    let end = from;
    while (
      end - from < 3 &&
      (SURROUNDINGS.has(words[end] ?? "") || ATTRIBUTES.has(words[end] ?? ""))
    )
      end++;
    while (end > from && !SURROUNDINGS.has(words[end - 1] ?? "")) end--;
    const isNamed = end > from;
    if (!isNamed || (from === at && known.objects.length === 0)) continue;
    found.push([at, end]);
    at = end - 1;
  }
  if (known.objects.length === 0) return found.slice(0, MOST_SURROUNDINGS);
  const isKnown = ([from, to]: readonly [number, number]) =>
    matchObject(words.slice(from, to).join(" "), known.objects).match === "none" ? 1 : 0;
  return found.toSorted((x, y) => isKnown(x) - isKnown(y)).slice(0, MOST_SURROUNDINGS);
}

/** The end of a known phrase whose words alone would be read as something else: "the rods on the left". */
function ownNameAt(
  words: readonly string[],
  at: number,
  phrases: readonly (readonly string[])[],
): number | undefined {
  const from = DETERMINERS.has(words[at] ?? "") ? at + 1 : at;
  const ends = phrases.map((content) => endOfPhrase(words, from, content) ?? 0);
  const end = Math.max(0, ...ends);
  return end > 0 ? end : undefined;
}

/** Names and phrases that hold words of questions, beside others. */
function mixedNames(objects: readonly ObjectRef[]): readonly (readonly string[])[] {
  return objects
    .flatMap(({ phrase, name }) => [contentWords(phrase), contentWords(name)])
    .filter(
      (content) =>
        content.length > 1 && content.some(isQuestionWord) && !content.every(isSurrounding),
    );
}

const isSurrounding = (word: string): boolean => SURROUNDINGS.has(word);

/** Whether a word that names things stands in questions about others as well. */
const isShared = (word: string): boolean => isSurrounding(word) || ATTRIBUTES.has(word);

/** Whether a thing is named as what things stand on, or as who looks at them. */
export function isSurroundings({ phrase }: Thing): boolean {
  return contentWords(phrase).every(isSurrounding);
}

function endOfPhrase(
  words: readonly string[],
  from: number,
  content: readonly string[],
): number | undefined {
  let at = from;
  for (const [index, word] of content.entries()) {
    if (index > 0 && DETERMINERS.has(words[at] ?? "")) at++;
    if (singular(words[at] ?? "") !== word) return undefined;
    at++;
  }
  return at;
}

/** Whether a word can be (part of) the name of a thing wherever it stands. */
function nameTest({ objects, isNoun }: Known): (word: string) => boolean {
  const own = new Set(
    objects.flatMap(({ phrase, name }) => {
      const words = contentWords(phrase);
      const isOwn = (word: string) =>
        !isQuestionWord(word) || (word === headOf(words) && !isShared(word));
      return [...words, ...contentWords(name)].filter(isOwn);
    }),
  );
  return (word) => {
    if (word === PAUSE || word === "'s") return false;
    if (word === "can") return true;
    if (own.has(singular(word)) || isNoun?.(word)) return true;
    return (
      !isQuestionWord(word) &&
      !isPhrasingWord(word) &&
      !NO_NAME.has(word) &&
      !isNumber(word) &&
      !DETERMINERS.has(word) &&
      !/\p{N}/u.test(word)
    );
  };
}

/** "Can you …", "how far can the gripper …" */
function isModal(next: string | Thing | undefined): boolean {
  return typeof next === "object" || MODAL.has(next ?? "") || DETERMINERS.has(next ?? "");
}

/** The end of the name that begins at a word. */
function nameAt(
  words: readonly (string | Thing)[],
  start: number,
  isName: (word: string) => boolean,
): number | undefined {
  const wordAt = (index: number): string => {
    const word = words[index];
    return typeof word === "string" ? word : PAUSE;
  };
  const hasArticle = DETERMINERS.has(wordAt(start));
  // "How far can we roll …" is about no roll.
  if (!hasArticle && /^(?:i|we|you|they|he|she)$/.test(wordAt(start - 1))) return undefined;
  const attributes = hasArticle
    ? ATTRIBUTES
    : ASKING.has(wordAt(start - 1))
      ? new Set<string>()
      : BARE_ATTRIBUTES;
  let at = hasArticle ? start + 1 : start;
  while (attributes.has(wordAt(at)) && !isName(wordAt(at))) at++;
  const first = at;
  while (isName(wordAt(at))) at++;
  if (at === first || (!hasArticle && wordAt(start) === "can" && isModal(words[at])))
    return undefined;
  // "the coffee table", "the left robot arm base"
  while (hasArticle && COMPOUNDS.has(wordAt(at))) at++;
  if (isNumber(wordAt(at)) && !isNumber(wordAt(at - 1))) at++;
  const isSided =
    wordAt(at) === "on" &&
    wordAt(at + 1) === "the" &&
    /^(?:left|right)$/.test(wordAt(at + 2)) &&
    !/^(?:of|side|hand|or|than|half|compared|relative)$/.test(wordAt(at + 3)) &&
    hasArticle &&
    !/^(?:is|are|does|do)$/.test(wordAt(start - 1));
  return isSided ? at + 3 : at;
}

function thingOf(words: readonly string[], { objects }: Known): Thing {
  const phrase = words.join(" ").replaceAll(" 's", "'s");
  if (objects.length > 0) return { phrase, found: matchObject(phrase, objects) };
  const name = words.filter((word, index) => index > 0 || !DETERMINERS.has(word)).join("_");
  return { phrase, found: { match: "one", object: { name, phrase } } };
}

/** One thing; or two, where nothing stands between their names: "gripper mug". */
function split(words: readonly string[], known: Known): readonly Thing[] {
  const { objects, isNoun } = known;
  const cuts = words.slice(1).map((_, at) => {
    const parts = [words.slice(0, words.length - 1 - at), words.slice(words.length - 1 - at)];
    return { parts, things: parts.map((part) => thingOf(part, known)) };
  });
  // Two whole names are two things, even if words of one might describe the other: "round bolt red bolt".
  const named =
    objects.length > 0 ? cuts.find(({ things }) => things.every(isWholeName)) : undefined;
  if (named) return named.things;
  const whole = thingOf(words, known);
  const isFound = ({ found }: Thing) => found.match !== "none";
  if (objects.length > 0 ? isFound(whole) : isNoun === undefined) return [whole];
  const isNounLast = (part: readonly string[]) => isNoun?.(part.at(-1) ?? "");
  const cut = cuts.find(({ parts, things }) =>
    objects.length > 0
      ? things.every(isFound)
      : parts.every(isNounLast) && parts[0]?.at(-1) !== "robot",
  );
  return cut?.things ?? [whole];
}

function isWholeName({ phrase, found }: Thing): boolean {
  if (found.match !== "one") return false;
  const said = contentWords(phrase).join(" ");
  return [found.object.phrase, found.object.name].some(
    (own) => contentWords(own).join(" ") === said,
  );
}

/** "the handle of the red mug" is one thing, and another than the mug. */
export function joined(items: readonly Item[], known: Known): readonly Item[] {
  const all: Item[] = [];
  for (let at = 0; at < items.length; at++) {
    const [before, item, after] = [all.at(-1), items[at], items[at + 1]];
    const isPart =
      item === "of" &&
      before !== undefined &&
      typeof before !== "string" &&
      after !== undefined &&
      typeof after !== "string";
    if (isPart) {
      all.pop();
      all.push(thingOf([...before.phrase.split(" "), "of", ...after.phrase.split(" ")], known));
      at++;
    } else if (item !== undefined) all.push(item);
  }
  return all.filter((item) => item !== "for");
}
