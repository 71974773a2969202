/** A part of a text in which to look for the answer. */
export interface Segment {
  readonly text: string;
  /** The last words before a form: a hedge belongs to its number ("approximately \boxed{…}"). */
  readonly before: string;
  /** Beside it stands another: "\boxed{35 cm} or \boxed{50 cm}". */
  readonly isOneOfSeveral: boolean;
}

const ANSWER_LABEL =
  /(?<!\b(?:long|longer|detailed|full|bad|wrong|incorrect|false|example|sample|previous|old)\s)(?:\b(?:answer|result)\b[*_\s]{0,4}(?:(?:is|would be)\b|[:=])|\[answer\])[*_ \t]{0,4}/gi;

/**
 * Where a text declares its answer in a notation or label that holds nothing but answers, strongest
 * first: `\boxed{…}`, `\scalar{…} \distance_unit{…}` (Q-Spatial's prompts ask for it),
 * `<answer>…</answer>`, "Answer: …". Of several declarations of one sort the last comes first.
 *
 * @param spoken An answer without thoughts.
 */
export function declaredAnswers(spoken: string): readonly Segment[] {
  const inForm = [...boxes(spoken), ...scalars(spoken), ...tagged(spoken), ...labels(spoken)];
  return inForm.map((place) => declared(spoken, place));
}

/** A declaration: its words, and where its marks begin and end. */
interface Place {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const FORM = "(?:\\\\f?boxed|<answer>)";
const ANOTHER_AFTER = new RegExp(`^[\\s$.,;/&]{0,8}(?:(?:or|and)\\b|/|${FORM})`, "i");
const ANOTHER_BEFORE = /(?:\bor|\/|\\f?boxed\{[^{}]{0,80}\}|<\/answer>)[\s$,;/&]{0,8}$/i;

/** How far the sentence before a declaration is followed. */
const REACH_CHARS = 200;

function declared(spoken: string, { text, start, end }: Place): Segment {
  const told = spoken.slice(Math.max(0, start - REACH_CHARS), start);
  const line = /[^\n]*$/.exec(told)?.[0] ?? "";
  const sentence = line.split(/[.!?]\s/).at(-1) ?? "";
  const before = /(?:\S+\s+){0,3}\S*$/.exec(sentence)?.[0] ?? "";
  const isOneOfSeveral =
    ANOTHER_BEFORE.test(told) || ANOTHER_AFTER.test(spoken.slice(end, end + REACH_CHARS));
  return { text, before, isOneOfSeveral };
}

/** Contents of `\boxed{…}`, braces balanced, last first. */
function boxes(text: string): Place[] {
  const found: Place[] = [];
  for (const match of text.matchAll(/\\f?boxed\s?\{/g)) {
    const start = match.index + match[0].length;
    const end = closingBrace(text, start);
    if (end === undefined || RAISED.test(text.slice(end + 1))) continue;
    found.unshift({ text: text.slice(start, end), start: match.index, end: end + 1 });
  }
  return found.slice(0, MOST);
}

/** Declarations of one sort that are looked at; texts with more are noise. */
const MOST = 4;
const LONGEST_BOX = 400;

function closingBrace(text: string, start: number): number | undefined {
  let depth = 1;
  for (let index = start; index < Math.min(text.length, start + LONGEST_BOX); index++) {
    if (text[index] === "{") depth++;
    if (text[index] === "}" && --depth === 0) return index;
  }
  return undefined;
}

/** "\\boxed{35 cm}^2" is no length. */
const RAISED = /^\s{0,2}\\?(?:\^|\*\*\d|[\u00b2\u00b3])/;

function isRaised(text: string, { 0: whole, index }: RegExpExecArray): boolean {
  return RAISED.test(text.slice(index + whole.length));
}

const SCALAR =
  /\\?scalar\s?\{([^{}\n]{1,80})\}[\s,~]{0,4}\\?distance\\?[_ ]?unit\s?\{([^{}\n]{1,40})\}/gi;

function scalars(text: string): Place[] {
  return [...text.matchAll(SCALAR)]
    .filter((match) => !isRaised(text, match))
    .slice(-MOST)
    .map(({ 0: whole, 1: scalar, 2: unit, index }) => ({
      text: `${scalar} ${unit}`,
      start: index,
      end: index + whole.length,
    }))
    .reverse();
}

/** What stands between `<answer>` and `</answer>`, or after the former where the text breaks off. */
function tagged(text: string): Place[] {
  return [...text.matchAll(/<answer>([^<]{1,400})(?:<\/answer>|$)/gi)]
    .filter((match) => !isRaised(text, match))
    .slice(-MOST)
    .map(({ 0: whole, 1: said = "", index }) => ({
      text: said,
      start: index,
      end: index + whole.length,
    }))
    .reverse();
}

/** The letter of "B) 40 cm". */
const OPTION = /^\(?[A-H][).:]\s+/;

/** What follows "Answer:", to the end of its line, or the next line where its own is empty. */
function labels(text: string): Place[] {
  const found: Place[] = [];
  for (const match of [...text.matchAll(ANSWER_LABEL)].slice(-MOST)) {
    const from = match.index + match[0].length;
    const line = text.slice(from).trimStart().replace(OPTION, "").split("\n", 1)[0] ?? "";
    found.unshift({ text: line, start: match.index, end: text.indexOf(line, from) + line.length });
  }
  return found;
}
