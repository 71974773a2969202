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
  [/\b(?:in|from) (?:the|this) (?:image|picture|photo|scene|frame|view)\b/g, " "],
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
  let turned = text.toLowerCase();
  for (const [turn, plain] of TURNS) turned = turned.replace(turn, plain);
  return turned
    .split(" ")
    .filter((word) => word !== "")
    .map((said) => ({ said, plain: COMMON_WORDS.get(said) ?? said }));
}
