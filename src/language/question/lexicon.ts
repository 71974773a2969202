import { NEUTRAL } from "./neutralWords.js";
import { AROUND } from "./turnsAround.js";
import { LENGTHS } from "./turnsOfLengths.js";
import { RELATIONS_SAID } from "./turnsOfRelations.js";
import { SENTENCES } from "./turnsOfSentences.js";

/**
 * What the words of a question mean: turns of one word or several, the longest that fits first, and
 * the symbols that they stand for. A word that is in none of them makes it another question.
 *
 * In a turn, `a|b` are two words to choose from, `?` ends what may be left out, and `$name` is a set of
 * turns that are often said.
 */
const SETS: Readonly<Record<string, string>> = {
  $det: "the|a|an|this|that|these|those|its|their|my|our|your?",
  $camera:
    "the|this|that|my|our|your? camera|viewer|observer|lens|photographer|viewpoint|cam|sensor|webcam|lidar|kinect|imager",
  $us: "us|me|you",
  $image:
    "the|this|that|these|my|our|your|given|provided|attached|current? single|given|provided|attached|current|rgb|color|colour|tabletop|one? camera? image|picture|photo|photograph|scene|frame|view|shot|snapshot|pic|img alone|only?",
  $surface:
    "the|a|its|this|that|our|your? supporting|support|work|table|wooden|flat? table|tabletop|desk|desktop|surface|floor|ground|counter|countertop|worktop|workbench|bench|support top|surface|level|plane?",
  $ruler:
    "the|a|that? straight|measuring|tight? line|segment|vector|string|tape|ruler|yardstick|thread|rope measure?",
  $whoever:
    "which|who|what|whichever one|thing|object|of? them|these|those|the? two? is|lies|stands|sits|comes the? more? up|down|higher|upper|lower|closer|nearer|farther|further|taller one?",
  $unit:
    "mm|cm|m|km|ft|in|cms|inch|inches|foot|feet|yards|millimeter|millimeters|millimetre|millimetres|centimeter|centimeters|centimetre|centimetres|meter|meters|metre|metres|decimeters|decimetres|dm|centimetters",
  $height: "the|any|their|its? height|heights|elevation|altitude difference|differences|offset?",
  $far: "farther|further",
  $ignoring:
    "ignoring|ignore|disregarding|disregard|neglecting|neglect|excluding|exclude|discounting|discount|omitting|omit|forgetting|forget|skipping|dropping|removing",
};

const LEXICON = { ...AROUND, ...SENTENCES, ...LENGTHS, ...RELATIONS_SAID };

/** A turn: sets of words, each perhaps left out. */
type Step = { readonly words: ReadonlySet<string>; readonly isOptional: boolean };
interface Known {
  readonly steps: readonly Step[];
  readonly symbols: readonly string[];
}

const turns = new Map<string, Known[]>();
const vocabulary = new Set<string>();
for (const [symbols, patterns] of Object.entries(LEXICON)) {
  for (const pattern of patterns) addTurn(pattern, symbols.split(" ").filter(Boolean));
}
for (const words of NEUTRAL) addTurn(words.replaceAll(" ", "|"), []);

function addTurn(pattern: string, symbols: readonly string[]): void {
  const full = pattern.replace(/\$[a-z]+\??/g, (name) => SETS[name] ?? name);
  const steps = full.split(" ").map((step) => ({
    words: new Set(step.replace("?", "").split("|")),
    isOptional: step.endsWith("?"),
  }));
  for (const word of steps.flatMap(({ words }) => [...words])) vocabulary.add(word);
  // It may begin with each of its optional words, and with the first that is none.
  const needed = steps.findIndex(({ isOptional }) => !isOptional);
  const starts = steps.slice(0, (needed < 0 ? steps.length : needed) + 1);
  for (const word of new Set(starts.flatMap(({ words }) => [...words]))) {
    const all = turns.get(word) ?? [];
    all.push({ steps, symbols });
    turns.set(word, all);
  }
}

/** Whether a word has a meaning in questions, so that it names a thing only beside other words. */
export function isQuestionWord(word: string): boolean {
  return vocabulary.has(word);
}

/** A turn that some words are: what it means, and where it ends. */
export interface Turn {
  readonly symbols: readonly string[];
  readonly end: number;
}

/** The longest turn that begins at a word: its symbols and where it ends. */
export function turnAt(words: readonly (string | object)[], start: number): Turn | undefined {
  const word = words[start];
  if (typeof word !== "string") return undefined;
  let best: Turn | undefined;
  for (const { steps, symbols } of turns.get(word) ?? []) {
    const end = endOf(steps, words, start);
    if (end > (best?.end ?? start)) best = { symbols, end };
  }
  return best;
}

/** Where a turn that begins at a word ends at the latest; at its start where it is not there. */
function endOf(steps: readonly Step[], words: readonly (string | object)[], start: number): number {
  // A bit for each number of words that the steps so far may have taken; no turn is near 31 words long.
  let taken = 1;
  for (const { words: choices, isOptional } of steps) {
    let next = isOptional ? taken : 0;
    for (let count = 0; taken >> count > 0; count++) {
      const word = words[start + count];
      const isTaken = ((taken >> count) & 1) === 1;
      if (isTaken && typeof word === "string" && choices.has(word)) next |= 2 << count;
    }
    if (next === 0) return start;
    taken = next;
  }
  return start + 31 - Math.clz32(taken);
}
