import type { QuestionKind } from "../QuestionKind.js";
import { phrasings } from "./phrasings.js";
import { rebuilt } from "./rebuilt.js";
import { allWordings } from "./understoodWordings.js";

/** A question that fits a wording, and the words that stand in its places. */
export interface WordingMatch {
  readonly kind: QuestionKind;
  /** Words of the wording that the question repeats: the more, the surer. */
  readonly literals: number;
  /** It is one of `phrasings(kind)`. */
  readonly ours: boolean;
  readonly a: readonly PlainWord[];
  /** Empty if the kind asks about one object. */
  readonly b: readonly PlainWord[];
}

interface Wording {
  readonly kind: QuestionKind;
  readonly ours: boolean;
  /** Words before the first place, between the places, after the last. */
  readonly before: readonly string[];
  readonly between: readonly string[];
  readonly after: readonly string[];
  readonly places: readonly ("a" | "b")[];
  /** All its words once, those that few wordings have first: most questions lack the first. */
  readonly rarestFirst: readonly string[];
}

let wordings: readonly Wording[] | undefined;

/**
 * Every way in which a question fits a wording with words that `isName` accepts in its places.
 * Words before the wording's first are let pass.
 */
export function matchWordings(
  question: readonly PlainWord[],
  isName: (words: readonly PlainWord[]) => boolean,
): readonly WordingMatch[] {
  wordings ??= compiled();
  const said = new Set(question.map(({ plain }) => plain));
  return wordings
    .filter(({ rarestFirst }) => rarestFirst.every((word) => said.has(word)))
    .flatMap((wording) => matchesOf(wording, question, isName));
}

const LONGEST_PLACE = 12;

/** Words before a question that do not change it; others may: "Ignoring height, how far …". */
const PREAMBLE = new Set(
  (
    "well so ok okay hey hi hello now then please kindly tell me can could would will you i we want need like to know " +
    "say think guess estimate check see find out do does the a question is my what let us robot assistant any idea of " +
    "in this image picture scene photo here and give show measure determine mind telling looking at if whether that"
  ).split(" "),
);

function matchesOf(
  wording: Wording,
  question: readonly PlainWord[],
  isName: (words: readonly PlainWord[]) => boolean,
): readonly WordingMatch[] {
  const fits = (words: readonly PlainWord[]) =>
    words.length > 0 && words.length <= LONGEST_PLACE && isName(words);
  const { kind, ours, before, between, after, places } = wording;
  const literals = before.length + between.length + after.length;
  const end = question.length - after.length;
  if (!standsAt(question, after, end)) return [];
  const found: WordingMatch[] = [];
  // Only a wording of two words or more may begin in the middle: "Well, how far is …".
  const lastStart = before.length >= 2 ? end - 1 : 0;
  for (let start = 0; start <= lastStart; start++) {
    if (start > 0 && !PREAMBLE.has(question[start - 1]?.plain ?? "")) break;
    if (!standsAt(question, before, start)) continue;
    const first = start + before.length;
    if (places.length === 1) {
      const words = question.slice(first, end);
      if (fits(words)) found.push({ kind, literals, ours, a: words, b: [] });
      continue;
    }
    for (let cut = first + 1; cut < Math.min(end, first + LONGEST_PLACE + 1); cut++) {
      if (!standsAt(question, between, cut)) continue;
      const left = question.slice(first, cut);
      const right = question.slice(cut + between.length, end);
      if (!fits(left) || !fits(right)) continue;
      const [a, b] = places[0] === "a" ? [left, right] : [right, left];
      found.push({ kind, literals, ours, a, b });
    }
  }
  return found;
}

function compiled(): readonly Wording[] {
  const all = [...allWordings()].flatMap(([kind, texts]) =>
    texts.map((text) => compile(kind, text)),
  );
  const counts = new Map<string, number>();
  for (const word of all.flatMap(({ rarestFirst }) => rarestFirst)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const count = (word: string) => counts.get(word) ?? 0;
  return all.map((wording) => ({
    ...wording,
    rarestFirst: wording.rarestFirst.toSorted((x, y) => count(x) - count(y)),
  }));
}

function compile(kind: QuestionKind, text: string): Wording {
  const words = plainWords(text).map(({ plain }) => plain);
  const at = words.flatMap((word, index) => (/^\{[ab]\}$/.test(word) ? [index] : []));
  const [first = 0, second] = at;
  const last = second ?? first;
  return {
    kind,
    ours: phrasings(kind).includes(text),
    before: words.slice(0, first),
    between: second === undefined ? [] : words.slice(first + 1, second),
    after: words.slice(last + 1),
    rarestFirst: [...new Set(words.filter((_, index) => !at.includes(index)))],
    places: at.map((index) => (words[index] === "{a}" ? "a" : "b")),
  };
}

function standsAt(
  question: readonly PlainWord[],
  words: readonly string[],
  index: number,
): boolean {
  return index >= 0 && words.every((word, offset) => question[index + offset]?.plain === word);
}

/** A word of a question: as it was said, and the common word for what it means. */
export interface PlainWord {
  readonly said: string;
  readonly plain: string;
}

/** Turns that make no difference to the kind of a question. */
const TURNS: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019]/g, "'"],
  [/\b(what|how|where)'s\b/g, "$1 is"],
  [/'s\b/g, ""],
  [/[^\p{L}\p{N}{}]+/gu, " "],
  [/\b(?:(?:to|on|at) )?the (left|right)(?: hand)?(?: side)? of\b/g, "$1 of"],
  [/\b(?:in|from) (?:the|this) (?:image|picture|photo|scene|frame|view)\b(?! plane)/g, " "],
  [/\bin (?:millimet|centimet|met)(?:er|re)s?\b|\bin (?:mm|cm|m|inches|feet|ft)\b/g, " "],
  [/\b(?:please|approximately|roughly|about|currently|right now|exactly)\b/g, " "],
  [/^ *(?:can|could|would|will) you (?=tell|estimate|name|check|compare)/g, ""],
];

const COMMON_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    center: "centre middle",
    centers: "centres middles",
    farther: "further",
    closer: "nearer",
    close: "near",
    camera: "viewer observer lens",
    bigger: "larger bulkier",
    big: "large",
    wider: "broader",
    wide: "broad",
    thinner: "narrower slimmer",
    smaller: "tinier littler",
    below: "beneath underneath under",
    surface: "table tabletop desk floor ground counter worktop",
    tallest: "highest",
    biggest: "largest",
    widest: "broadest",
    thinnest: "narrowest slimmest",
  }).flatMap(([common, others]) => others.split(" ").map((other) => [other, common] as const)),
);

/**
 * The words of a question, without case and punctuation and with one turn for several of the same
 * meaning. Wordings and questions are compared by their plain words.
 */
export function plainWords(text: string): readonly PlainWord[] {
  let turned = rebuilt(text.toLowerCase());
  for (const [turn, plain] of TURNS) turned = turned.replace(turn, plain);
  return turned
    .split(" ")
    .filter((word) => word !== "")
    .map((said) => ({ said, plain: COMMON_WORDS.get(said) ?? said }));
}
