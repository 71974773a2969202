import { itemAt } from "../../base/index.js";
import { contentWords, headOf, singular } from "../question/matchObject.js";
import type { ObjectRef } from "../SpatialQuestion.js";
import { isOneOf, type Stretch, type Token, wordSet } from "./tokens.js";
import { unitOf } from "./units.js";

/** A thing that a text names: "the blue tray", "its handle", "Region [0]", "tray" before a verb. */
export interface NounPhrase extends Stretch {
  /** Its words in the singular, without determiner and possessive; the last is its noun. */
  readonly words: readonly string[];
  /** Whose it is, where it says so: "tray" of "the tray's height". */
  readonly owner?: string;
}

const DETERMINERS = wordSet(
  "the a an this that these those its their his her my your our each every another",
);
export const VERBS = wordSet(
  "is are was were be been being isn't aren't has have had looks look appears appear seems seem " +
    "measures measure measured stands stand sits sit rests rest lies lie hovers hover spans span " +
    "extends extend reaches reach comes come would could might should can may will must equals " +
    "gives does do floats hangs rises needs takes touches touch touching overlaps separated located",
);
const BREAKS = wordSet(
  "in on at by with from to of between than and or for as near above below over under beneath behind " +
    "beside off into onto across along against around about approximately roughly nearly almost " +
    "which that who whose where if whether not no it they them i we you so then therefore thus hence " +
    "just exactly slightly only also while whereas because but away apart high tall wide long deep " +
    "both relative compared closer farther further higher lower visible there here up down still now",
);
/** What a determiner begins without naming a thing. */
const AMOUNTS = wordSet("bit lot little few couple half third quarter fraction hair");
const LONGEST = 7;

/** The things that `tokens` `start` … `next` − 1 name, in order. */
export function nounPhrasesIn(tokens: readonly Token[], { start, next }: Stretch): NounPhrase[] {
  const found: NounPhrase[] = [];
  for (let index = start; index < next; ) {
    const phrase =
      numberedAt(tokens, index, next) ??
      determinedAt(tokens, index, next) ??
      (index === start ? nakedAt(tokens, index, next) : undefined) ??
      afterFrom(tokens, index, next);
    if (phrase) found.push(phrase);
    index = phrase?.next ?? index + 1;
  }
  return found;
}

/** "region [0]", "object 2". */
function numberedAt(tokens: readonly Token[], index: number, end: number): NounPhrase | undefined {
  if (!isOneOf(tokens, index, ["region", "object", "box", "item"])) return undefined;
  const open = isOneOf(tokens, index + 1, ["[", "<", "#"]);
  const number = tokens[open ? index + 2 : index + 1];
  if (number?.type !== "number") return undefined;
  const close = open && isOneOf(tokens, index + 3, ["]", ">"]);
  const next = Math.min(end, index + (open ? 3 : 2) + (close ? 1 : 0));
  return { words: [itemAt(tokens, index).text, number.text], start: index, next };
}

function determinedAt(
  tokens: readonly Token[],
  index: number,
  end: number,
): NounPhrase | undefined {
  if (!isOneOf(tokens, index, DETERMINERS)) return undefined;
  return wordsFrom(tokens, index, index + 1, end);
}

/** "tray is 18 cm", "tray: 18 cm": the first words of a clause, up to its verb. */
function nakedAt(tokens: readonly Token[], index: number, end: number): NounPhrase | undefined {
  const phrase = wordsFrom(tokens, index, index, end);
  if (!phrase || phrase.words.some((word) => DETERMINERS.has(word) || word.endsWith("ly"))) {
    return undefined;
  }
  const after = tokens[phrase.next]?.text ?? "";
  const isThing = after === ":" && phrase.words.some((word) => THINGS.has(word));
  return isThing || (VERBS.has(after) && /^[a-z]/.test(phrase.words[0] ?? "")) ? phrase : undefined;
}

/** "35 cm from tray": the last word of a clause. */
function afterFrom(tokens: readonly Token[], index: number, end: number): NounPhrase | undefined {
  if (index !== end - 1 || !isOneOf(tokens, index - 1, ["from", "of", "than"])) return undefined;
  return wordsFrom(tokens, index, index, end);
}

function wordsFrom(
  tokens: readonly Token[],
  start: number,
  first: number,
  end: number,
): NounPhrase | undefined {
  const words: string[] = [];
  let owner: string | undefined;
  let at = first;
  for (; at < Math.min(end, first + LONGEST); at++) {
    const { type, text } = itemAt(tokens, at);
    if (text === "-" && words.length > 0) continue;
    const isVerb = text === "can" ? isModal(tokens, at) : VERBS.has(text);
    if (type !== "word" || isVerb || BREAKS.has(text)) break;
    if (unitOf(text) !== undefined || AMOUNTS.has(text)) return undefined;
    const plain = singular(text.replace(/'s?$/, ""));
    if (plain !== singular(text)) owner = plain;
    words.push(plain);
  }
  return words.length === 0 ? undefined : { words, ...(owner && { owner }), start, next: at };
}

/** "It can be 10 cm", not "the can is 10 cm tall". */
function isModal(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens, index + 1, ["be", "not", "see", "reach", "have", "i", "you", "we"]);
}

/** Names that people use for one thing. */
const SYNONYMS: readonly ReadonlySet<string>[] = [
  "gripper robot arm hand claw effector manipulator finger jaw tool",
  "mug cup",
  "can tin",
  "block cube box",
  "table tabletop desk worktop counter countertop",
  "person man woman human guy lady",
  "sofa couch",
  "tv television monitor screen",
  "bin trashcan",
  "plate dish",
  "cylinder tube",
  "ball sphere",
].map(wordSet);

/** Things that lists name before a colon, where any other word could be a heading. */
const THINGS: ReadonlySet<string> = new Set([
  ...SYNONYMS.flatMap((same) => [...same]),
  ..."tray bottle bowl book chair wall shelf door window box lamp phone keyboard laptop car tree".split(
    " ",
  ),
]);

const COLORS = wordSet(
  "red blue green yellow orange purple black white grey gray brown pink silver golden beige cyan lime",
);
const DIFFERENT = wordSet("other another second different next neighbouring neighboring adjacent");
const ANY_THING = wordSet("one object item thing");

/** Whether a noun phrase can mean `object`: its noun, or another name for it, and no other color. */
export function canMean({ words }: NounPhrase, object: ObjectRef): boolean {
  const phrase = contentWords(object.phrase).concat(contentWords(object.name.replaceAll("_", " ")));
  const own = new Set(phrase);
  if (words.some((word) => DIFFERENT.has(word) && !own.has(word))) return false;
  const hasColor = phrase.some((word) => COLORS.has(word));
  if (hasColor && words.some((word) => COLORS.has(word) && !own.has(word))) return false;
  const numbers = words.filter((word) => /^\d+$/.test(word));
  if (numbers.length > 0) return numbers.every((number) => own.has(number));
  const head = headOf(contentWords(object.phrase));
  const names = new Set([head, ...phrase.filter((word) => !COLORS.has(word))]);
  for (const same of SYNONYMS) if (same.has(head)) for (const word of same) names.add(word);
  const noun = words.at(-1) ?? "";
  return words.some((word) => names.has(word)) || (ANY_THING.has(noun) && !words.some(isColor));
}

function isColor(word: string): boolean {
  return COLORS.has(word);
}
