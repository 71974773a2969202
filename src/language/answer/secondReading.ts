import { METRES_IN } from "../../base/index.js";
import type { QuantityKind, QuestionKind } from "../QuestionKind.js";

/**
 * A second reading of the same words, by a grammar of its own: whole sentences that state the
 * quantity asked for ("the distance between … is 35 cm", "it is 35 cm away") and nothing that could
 * be something else. It finds less than the first, and is there to contradict it.
 */
const NOUNS: Readonly<Record<QuantityKind, string>> = {
  distance: "(?:straight-line |total |overall |direct )?(?:distance|separation)",
  gap: "(?:gap|clearance)",
  height: "height",
  width: "width",
  elevation: "elevation",
  vertical_distance: "vertical (?:distance|offset|separation)",
  horizontal_distance: "horizontal (?:distance|offset|separation)",
  above_difference: "",
  below_difference: "",
  behind_difference: "",
  front_difference: "",
  left_difference: "",
  right_difference: "",
};
const ADVERBS: Readonly<Partial<Record<QuantityKind, string>>> = {
  distance: "(?:away(?: from (?:it|each other))?|apart)",
  height: "(?:tall|high)",
  width: "(?:wide|across)",
  vertical_distance: "apart vertically",
  horizontal_distance: "apart horizontally",
};
const UNITS: Readonly<Record<string, number>> = {
  mm: METRES_IN.mm,
  cm: METRES_IN.cm,
  m: METRES_IN.m,
  in: METRES_IN.in,
  ft: METRES_IN.ft,
};
const LENGTH =
  "(?:(?:about|approximately|roughly|around|nearly|~|≈) ?)*(?<value>\\d+(?:\\.\\d+)?) ?(?:(?<mm>mm|millimet(?:er|re)s?)|(?<cm>cm|centimet(?:er|re)s?)|(?<m>m|met(?:er|re)s?)|(?<in>inch(?:es)?)|(?<ft>ft|feet|foot))\\b";
const PAIR = "(?: (?:between|of|from|separating) (?<what>[a-z' -]{1,80}?))?";

const grammars = new Map<QuestionKind, RegExp>();

function grammarOf(kind: QuantityKind): RegExp | undefined {
  const noun = NOUNS[kind];
  if (noun === "") return undefined;
  let grammar = grammars.get(kind);
  if (!grammar) {
    const named = `(?:so |therefore,? |thus,? |overall,? )?(?:the |its )?(?:estimated |approximate )?${noun}${PAIR}(?: is|:| =| ≈| measures| would be) ?${LENGTH}`;
    const adverb = ADVERBS[kind];
    const said =
      adverb && `(?:so |therefore,? )?(?:it|they|the two)(?:'s|'re| is| are) ${LENGTH} ${adverb}`;
    // Named groups occur once in a pattern: each form is one of its own.
    grammar = new RegExp(`^${named}$`);
    grammars.set(kind, grammar);
    if (said) forms.set(kind, new RegExp(`^${said}$`));
  }
  return grammar;
}
const forms = new Map<QuestionKind, RegExp>();

/** Lengths in metres that whole sentences state as the kind's quantity of the things that `isKnown` accepts. */
export function plainlyStated(
  text: string,
  kind: QuestionKind | "open",
  isKnown: (words: string) => boolean,
): readonly number[] {
  if (!(kind in NOUNS)) return [];
  const grammar = grammarOf(kind as QuantityKind);
  if (!grammar) return [];
  const patterns = [grammar, forms.get(kind as QuantityKind)];
  return text
    .split(/[\n;]|[.!](?=\s|$)/)
    .filter((sentence) => sentence.length < 240 && !sentence.includes("?"))
    .flatMap((sentence) => {
      const clean = sentence
        .replace(/\([^()]*\)/g, "")
        .replace(/\s+/g, " ")
        .trim();
      const groups = patterns.map((it) => it?.exec(clean)?.groups).find((it) => it !== undefined);
      if (groups === undefined) return [];
      if (groups.what !== undefined && !groups.what.split(/ (?:and|to) /).every(isKnown)) return [];
      const unit = Object.keys(UNITS).find((name) => groups[name] !== undefined);
      return unit === undefined ? [] : [Number(groups.value) * (UNITS[unit] ?? Number.NaN)];
    });
}
