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
 *
 * @example matchObject("the gripper", [gripper, mug]) // the robot gripper
 */
export function matchObject(words: string, objects: readonly ObjectRef[]): ObjectMatch {
  const said = new Set(contentWords(words));
  let best: ObjectRef[] = [];
  let bestScore = 0;
  for (const object of objects) {
    const score = Math.max(overlap(said, object.phrase), overlap(said, object.name));
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

/**
 * Words that `said` shares with a phrase, half a word more where it has the phrase in full; none
 * where it neither is a part of the phrase nor names its head ("the blue bottle" is not a blue
 * mug).
 */
function overlap(said: ReadonlySet<string>, phrase: string): number {
  const words = contentWords(phrase);
  const shared = words.filter((word) => said.has(word)).length;
  const isPart = shared === said.size;
  if (shared === 0 || !(isPart || said.has(headOf(words)))) return 0;
  // "The lid of the mug", "the table under the mug".
  const isPhrase = [...said].some((word) => PREPOSITIONS.has(word));
  if (!isPart && isPhrase && !words.includes(headOf([...said]))) return 0;
  return shared + (shared === words.length ? 0.5 : 0);
}

const PREPOSITIONS = new Set(
  "of with in on from at for under behind beside near by next below above over".split(" "),
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
