import { colorNamed } from "../colorWords.js";
import type { ObjectRef } from "../SpatialQuestion.js";

/** Which object some words mean. */
export type ObjectMatch =
  | { readonly match: "one"; readonly object: ObjectRef }
  /** Several fit equally well. */
  | { readonly match: "ambiguous"; readonly candidates: readonly ObjectRef[] }
  | { readonly match: "none" };

const ARTICLES = new Set("the a an this that these those my your its their one".split(" "));

/**
 * The object that `words` mean. Case, articles and plurals do not matter; the whole phrase or
 * name beats a part of it; of parts, the one that shares most words wins, if it is the only one.
 * A word that is not the object's makes another thing of it ("the green mug", "the mug's handle"),
 * unless it is a usual adjective that the object's own do not contradict, or says where it is.
 *
 * @example matchObject("the gripper", [gripper, mug]) // the robot gripper
 */
export function matchObject(words: string, objects: readonly ObjectRef[]): ObjectMatch {
  const known = objects.map(wordsOf);
  return bestOf(words, objects, (said, own) => means(said, own, known));
}

/**
 * The object that a sentence speaks of, whatever else it says: the one whose noun is said and that
 * shares most words with it.
 *
 * @example mentionedObject("The red mug is the nearest.", [gripper, mug]) // the red mug
 */
export function mentionedObject(sentence: string, objects: readonly ObjectRef[]): ObjectMatch {
  return bestOf(
    sentence,
    objects,
    (said, { all, heads }) =>
      said.every((word) => all.has(word)) || said.some((word) => heads.includes(word)),
  );
}

/** The object of those that `fits` accepts that shares most words with `words`. */
function bestOf(
  words: string,
  objects: readonly ObjectRef[],
  fits: (said: readonly string[], own: ObjectWords) => boolean,
): ObjectMatch {
  const said = contentWords(words.replace(/['\u2019]s\b/g, ""));
  let best: ObjectRef[] = [];
  let bestScore = 0;
  for (const object of objects) {
    const own = wordsOf(object);
    const score = fits(said, own) ? scoreOf(said, own) : 0;
    if (score > bestScore) best = [];
    if (score >= bestScore && score > 0) best.push(object);
    bestScore = Math.max(bestScore, score);
  }
  const [first, ...others] = best;
  if (first === undefined) return { match: "none" };
  return others.length === 0
    ? { match: "one", object: first }
    : { match: "ambiguous", candidates: best };
}

/** The words of an object. */
interface ObjectWords {
  readonly phrase: readonly string[];
  readonly name: readonly string[];
  readonly all: ReadonlySet<string>;
  /** The nouns: "mug" of "red mug with a handle". */
  readonly heads: readonly string[];
}

const known = new WeakMap<ObjectRef, ObjectWords>();

function wordsOf(object: ObjectRef): ObjectWords {
  const before = known.get(object);
  if (before) return before;
  const phrase = contentWords(object.phrase);
  const name = contentWords(object.name);
  const heads = [headOf(phrase), headOf(name.filter((word) => !/^\d+$/.test(word)))];
  const words = { phrase, name, all: new Set([...phrase, ...name]), heads };
  known.set(object, words);
  return words;
}

/** Words shared with the phrase or the name, half a word more where it is said in full. */
function scoreOf(said: readonly string[], { phrase, name }: ObjectWords): number {
  const scores = [phrase, name].map((words) => {
    const shared = words.filter((word) => said.includes(word)).length;
    return shared + (shared > 0 && shared === words.length ? 0.5 : 0);
  });
  return Math.max(...scores);
}

/** Whether all words that are said are the object's, or tell no other thing from it. */
function means(said: readonly string[], own: ObjectWords, known: readonly ObjectWords[]): boolean {
  const strangers = said.filter((word) => !own.all.has(word));
  if (strangers.length === said.length) return false;
  // "The robot" is not its gripper, and "the mug" not "the handle of the mug".
  if (said.every((word) => OWNERS.has(word) && !own.heads.includes(word))) return false;
  const of = own.phrase.findIndex((word) => PREPOSITIONS.has(word));
  const thing = of > 0 ? own.phrase.slice(0, of) : own.phrase;
  if (!said.some((word) => thing.includes(word) || own.name.includes(word))) return false;
  if (strangers.length === 0) return true;
  const at = said.findIndex((word) => LOCATORS.has(word) && !own.all.has(word));
  const noun = at > 0 ? said.slice(0, at) : said;
  if (!noun.some((word) => own.heads.includes(word))) return false;
  const isPlace = (word: string) =>
    LOCATORS.has(word) || PLACES.has(word) || known.some(({ all }) => all.has(word));
  return (
    noun.every((word) => own.all.has(word) || isHarmless(word, own)) &&
    said.slice(noun.length).every(isPlace)
  );
}

/** An adjective that people add to a thing's name, where the object has none of its sort. */
function isHarmless(word: string, { all }: ObjectWords): boolean {
  const color = colorNamed(word);
  // Which colour a thing has that is named without one is not known.
  if (color) return [...all].some((other) => colorNamed(other) === color);
  return ADJECTIVES.some(
    (sort) => sort.has(word) && (sort === FILLERS || ![...sort].some((other) => all.has(other))),
  );
}

const FILLERS = new Set(
  "robot robotic whole entire same visible shown pictured given dark light bright shiny nice coffee tea toy".split(
    " ",
  ),
);
/** Adjectives by sort: one contradicts another of its sort. */
const ADJECTIVES: readonly ReadonlySet<string>[] = [
  FILLERS,
  new Set("small little tiny big large huge".split(" ")),
  new Set("tall short".split(" ")),
  new Set("wide narrow thick thin".split(" ")),
  new Set("plastic metal steel ceramic glass wooden rubber paper cardboard".split(" ")),
  new Set("round square flat".split(" ")),
];

/** What has a gripper or a hand as its part. */
const OWNERS = new Set("robot robotic arm person human".split(" "));

const PREPOSITIONS = new Set(
  "of with in on from at for under behind beside near by next below above over".split(" "),
);

/** What leads to where a thing is: "the mug on the table", "the mug next to the tray". */
const LOCATORS = new Set("on in at near by next to beside".split(" "));
const PLACES = new Set(
  "table tabletop desk surface floor ground counter worktop image picture photo scene view frame left right front back side middle hand there here".split(
    " ",
  ),
);

/** The noun of a phrase: "mug" of "red mug with a handle". */
export function headOf(words: readonly string[]): string {
  const end = words.findIndex((word) => PREPOSITIONS.has(word));
  return words.at(end > 0 ? end - 1 : -1) ?? "";
}

/** The words that distinguish objects: lower case, no articles, singular. */
export function contentWords(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !ARTICLES.has(word)).map(singular);
}

/** "mugs" → "mug", "boxes" → "box"; only compared with words treated in the same way. */
export function singular(word: string): string {
  if (word.length <= 3 || word.endsWith("ss") || word.endsWith("us")) return word;
  if (/(?:x|ch|sh|ss|z)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") ? word.slice(0, -1) : word;
}
