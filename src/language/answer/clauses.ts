import { stripped } from "./introductions.js";
import { ABOUT_THING, HORIZONTALLY, VERTICALLY } from "./meaningOf.js";
import type { PlainSentence } from "./plainSentences.js";

/** The clauses of a sentence, each with its verb. */
export function clausesIn(sentence: string): readonly string[] {
  return joined(sentence.split(CLAUSE_ENDS));
}

/** The clauses of a sentence without what introduces them, each with its subject. */
export function plainClauses(sentence: string): readonly string[] {
  let subject = "";
  return joined(sentence.split(CLAUSE_ENDS).flatMap((clause) => clause.split(" : "))).map(
    (clause) => {
      const { rest } = stripped(clause);
      const full = subject !== "" && VERB_FIRST.test(rest) ? `${subject} ${rest}` : rest;
      subject = /^(?:[ABP]|it|they)\b/.exec(full)?.[0] ?? "";
      return full;
    },
  );
}
const VERB_FIRST = /^(?:is|are|stands?|sits?|rests?|lies?|holds?|touch(?:es)?)\b/;

/** Whether "it" of a clause may be some other thing, named before. */
export function isSaidOfThing(
  clause: string,
  { text }: PlainSentence,
  before: PlainSentence | undefined,
): boolean {
  return /\bit\b/.test(clause) && (/\bT\b/.test(text) || ABOUT_THING.test(before?.text ?? ""));
}

const CLAUSE_ENDS =
  /(?= : )(?<=^[^:]*\b(?:is|are|looks?|seems?|fits?) [^:]*[a-zA-Z]) : | ?, (?:and |but |while |whereas |because |since |whilst )?| (?=so )| (?:and|but|while|whereas|because|whilst) | since (?=(?:A|B|P|they|it) )|(?= : )(?<=[LUGN]\d+(?: [a-zA-Z]+)*) : |(?<=^confidence : #(?: %)?) | (?=(?:based on|judging by|given|using|according to|with an? (?:height|width|diameter|depth|length|radius)) )/;

/** A clause that begins with its verb goes on where the first of the sentence stopped. */
function joined(clauses: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (const clause of clauses) {
    const first = out[0];
    if (clause === "") continue;
    const goesOn = /^(?:is|are|measures|would be|seems|appears|looks)\b/.test(clause);
    if (AXIS.test(out.at(-1) ?? "")) out.push(`${out.pop()} , ${clause}`);
    else if (goesOn && first !== undefined && !out.some(isStarted)) {
      const others = out.slice(1);
      out.splice(0, out.length, `${first} ${clause}`, ...others);
    } else out.push(clause);
  }
  return out;
}

/** Whether a clause has its length; what is said of a thing in passing is none of the sentence's. */
function isStarted(clause: string): boolean {
  return /[LUGN]\d/.test(clause) && !/^(?:which|that|who) /.test(clause) && !ASIDE.test(clause);
}
/** "The mug (10 cm tall) is …" */
const ASIDE = /^[LUG]\d+ (?:tall|high|wide|across|long|in (?:height|width|diameter))$/;

/** "Vertically, they are 5 cm apart." */
const AXIS = new RegExp(
  `^(?:${VERTICALLY}|${HORIZONTALLY}|(?:in|along) the vertical plane|(?:surface to surface|edge to edge|center to center|centre to centre)|(?:from|between) [^,]*\\b[ABP])$`,
);
