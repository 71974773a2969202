import { escapeRegExp } from "../../../base/index.js";
import type { ObjectRef, Refusal } from "../../../language/index.js";

/**
 * What a model said, name by name. A name with two numbers, or a number with two names, is refused, and so
 * is a number that stands beside doubts ("3 or 4", "not the mug: 3", "the blue mug: 3").
 */
export function readNames(
  text: string,
  refs: readonly ObjectRef[],
  count: number,
  model: string,
): readonly (number | Refusal)[] {
  const called = callsOf(refs);
  const numbers = refs.map(() => new Set<number>());
  for (const [, said = "", number] of text.matchAll(statements([...called.keys()]))) {
    for (const i of called.get(plain(said)) ?? []) numbers[i]?.add(Number(number));
  }
  return refs.map(({ phrase }, i): number | Refusal => {
    const twins = [...(called.get(plain(phrase)) ?? [])].flatMap((j) => refs[j]?.name ?? []);
    if (twins.length > 1) {
      const detail = `${twins.join(" and ")} are both called "${phrase}": give each a phrase of its own`;
      return { reason: "ambiguous", detail };
    }
    const [number, other] = numbers[i] ?? [];
    if (number === undefined) return unread(model, phrase);
    if (other !== undefined) {
      const detail = `${model} gave ${phrase} the numbers ${[...(numbers[i] ?? [])].join(" and ")}`;
      return { reason: "ambiguous", detail };
    }
    if (number === 0) {
      return { reason: "no_object", detail: `${phrase} is none of ${count} things (${model})` };
    }
    if (number > count) {
      const detail = `${model} gave ${phrase} the number ${number}, but there are ${count}`;
      return { reason: "unclear", detail };
    }
    const twin = refs.find((_, j) => j !== i && numbers[j]?.has(number));
    if (twin) {
      const detail = `${model} gave ${phrase} and ${twin.phrase} the same number ${number}`;
      return { reason: "ambiguous", detail };
    }
    return number - 1;
  });
}

export function unread(model: string, phrase: string): Refusal {
  return { reason: "unclear", detail: `${model} gave no number for ${phrase}` };
}

/** Whom a word means: a phrase with or without its article, else a name of the task that is no other's phrase. */
function callsOf(refs: readonly ObjectRef[]): ReadonlyMap<string, ReadonlySet<number>> {
  const called = new Map<string, Set<number>>();
  refs.forEach(({ phrase }, i) => {
    const own = called.get(plain(phrase)) ?? new Set();
    called.set(plain(phrase), own.add(i));
  });
  const phrases = new Set(called.keys());
  refs.forEach(({ name }, i) => {
    for (const word of [name, name.replaceAll("_", " ")].map(plain))
      if (!phrases.has(word)) called.set(word, (called.get(word) ?? new Set()).add(i));
  });
  return called;
}

function plain(phrase: string): string {
  return phrase
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/^(?:the|an?) /, "");
}

const MARKS = "[\"'*`]*";
/** Nothing but marks, the number of a line and "and" stand before a name: another word may deny or change it. */
const BEFORE = `(?:^|[\\n,;.{(|>•*-])\\s*(?:\\d+[.)]\\s*)?(?:and\\s+)?${MARKS}`;
const BETWEEN = `${MARKS}\\s*(?:[:=]|is|are|->|→|[-–—])+\\s*${MARKS}(?:in\\s+)?(?:(?:box|number|mark|no\\.?|#|\\[)\\s*)*`;
/** The statement ends with its number, but for a remark in brackets: no unit, no other number, no question. */
const AFTER = `(?=[\\]"'*\`)]*\\s*(?:$|[\\n;}(]|[,.](?!\\s*\\d)|and\\b))`;

/** A name, the longest that fits, and its number. */
function statements(words: readonly string[]): RegExp {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  const names = longestFirst.map((word) => escapeRegExp(word).replaceAll(" ", "\\s+")).join("|");
  return new RegExp(
    `${BEFORE}((?:(?:the|an?)\\s+)?(?:${names}))${BETWEEN}(\\d{1,3})${AFTER}`,
    "gi",
  );
}
