/** A part of a text in which to look for the answer. */
export interface Segment {
  readonly text: string;
  /** The answer is the first thing in a declared segment, the last in a text that reasons. */
  readonly declared: boolean;
}

const ANSWER_LABEL = /\b(?:answer|result)\b[*_\s]{0,4}(?:(?:is|would be)\b|[:=])[*_ \t]{0,4}/gi;
const CONCLUSION =
  /(?:^|[.!?\n][ \t]{0,4}|,\s)(?=(?:therefore|thus|hence|so|consequently|in conclusion|in summary|overall|finally|to sum up)\b)/gi;

/**
 * Where a text declares its answer, strongest first: `\boxed{…}`, `\scalar{…} \distance_unit{…}`
 * (Q-Spatial's prompts ask for it), `<answer>…</answer>`, "Answer: …", a sentence that
 * begins with "Therefore" or the like, **bold** words; at the end the whole text. Of several
 * declarations of one sort the last comes first.
 *
 * @param spoken An answer without thoughts.
 */
export function declaredAnswers(spoken: string): readonly Segment[] {
  return [
    ...boxes(spoken).map(declared),
    ...scalars(spoken).map(declared),
    ...tagged(spoken).map(declared),
    ...labels(spoken).map(declared),
    ...conclusions(spoken).map((part) => ({ text: part, declared: false })),
    ...bold(spoken).map(declared),
    { text: spoken, declared: false },
  ];
}

function declared(text: string): Segment {
  return { text, declared: true };
}

/** Contents of `\boxed{…}`, braces balanced, last first. */
function boxes(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/\\f?boxed\s?\{/g)) {
    const start = match.index + match[0].length;
    const end = closingBrace(text, start);
    if (end !== undefined) found.unshift(text.slice(start, end));
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

const SCALAR =
  /\\?scalar\s?\{([^{}\n]{1,80})\}[\s,~]{0,4}\\?distance\\?[_ ]?unit\s?\{([^{}\n]{1,40})\}/gi;

function scalars(text: string): string[] {
  return [...text.matchAll(SCALAR)]
    .slice(-MOST)
    .map(([, scalar, unit]) => `${scalar} ${unit}`)
    .reverse();
}

/** What stands between `<answer>` and `</answer>`, or after the former where the text breaks off. */
function tagged(text: string): string[] {
  return [...text.matchAll(/<answer>([^<]{1,400})(?:<\/answer>|$)/gi)]
    .slice(-MOST)
    .map(([, said = ""]) => said)
    .reverse();
}

/** What follows "Answer:", to the end of its line, or the next line where its own is empty. */
function labels(text: string): string[] {
  const found: string[] = [];
  for (const match of [...text.matchAll(ANSWER_LABEL)].slice(-MOST)) {
    const rest = text.slice(match.index + match[0].length).trimStart();
    found.unshift(rest.split("\n", 1)[0] ?? "");
  }
  return found;
}

/** Sentences that begin with "Therefore" and the like, with all that follows. */
function conclusions(text: string): string[] {
  return [...text.matchAll(CONCLUSION)]
    .slice(-MOST)
    .map((match) => text.slice(match.index + match[0].length))
    .reverse();
}

/** "**10 cm** tall" is somebody's size. */
const SIZE_FOLLOWS =
  /^\s*(?:tall|high|wide|thick|long|deep|broad|in (?:height|width|diameter|length|depth))\b/i;

/** A first line that is bold as a whole comes first: what follows explains it. */
function bold(text: string): string[] {
  const found = [...text.matchAll(/(\*\*|__)([^*_\n]{1,200})\1/g)].filter(
    ({ index, 0: whole }) => !SIZE_FOLLOWS.test(text.slice(index + whole.length).slice(0, 40)),
  );
  const first = /^\s*(\*\*|__)([^*_\n]{1,200})\1[ \t.]*(?:\n|$)/.exec(text)?.[2];
  const last = found.slice(-MOST).map(([, , said = ""]) => said);
  return [...(first === undefined ? [] : [first]), ...last.reverse()];
}
