import { KINDS, type QuestionKind } from "../QuestionKind.js";
import { phrasings } from "./phrasings.js";
import { PAUSE, wordsOf } from "./words.js";

interface Own {
  readonly kind: QuestionKind;
  /** The object is named before the subject. */
  readonly isReversed: boolean;
}

let known: ReadonlyMap<string, Own> | undefined;
let vocabulary: ReadonlySet<string> | undefined;

/** The kind whose phrasing some words are, with "@" in place of each thing. */
export function ownPhrasing(words: readonly string[]): Own | undefined {
  known ??= compiled();
  return known.get(words.filter((word) => word !== PAUSE).join(" "));
}

/** Whether a word stands in one of our phrasings. */
export function isPhrasingWord(word: string): boolean {
  known ??= compiled();
  vocabulary ??= new Set([...known.keys()].flatMap((phrasing) => phrasing.split(" ")));
  return vocabulary.has(word);
}

function compiled(): ReadonlyMap<string, Own> {
  const all = new Map<string, Own>();
  for (const { kind, arity } of KINDS.values()) {
    for (const phrasing of phrasings(kind)) {
      const isReversed = arity === 2 && phrasing.indexOf("{B}") < phrasing.indexOf("{A}");
      const marked = wordsOf(phrasing.replaceAll(/\{[AB]\}/g, "xx")).filter(
        (word) => word !== PAUSE,
      );
      all.set(marked.map((word) => (word === "xx" ? "@" : word)).join(" "), { kind, isReversed });
    }
  }
  return all;
}
