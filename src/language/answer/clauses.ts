import type { Token } from "./tokens.js";

const SENTENCE_ENDS = new Set([".", "!", "?", "\n"]);
const CLAUSE_ENDS = new Set([
  ".",
  "!",
  "?",
  "\n",
  ",",
  ";",
  "—",
  "but",
  "while",
  "whereas",
  "because",
]);

/** A stretch of tokens: first index, and the one after the last. */
export interface Stretch {
  readonly start: number;
  readonly next: number;
}

/** The clauses of a text: what stands between commas, full stops, "but" and the like. */
export function clausesOf(tokens: readonly Token[]): readonly Stretch[] {
  const clauses: Stretch[] = [];
  let start = 0;
  for (let index = 0; index <= tokens.length; index++) {
    if (index < tokens.length && !endsClause(tokens[index]!)) continue;
    if (index > start) clauses.push({ start, next: index });
    start = index + 1;
  }
  return clauses;
}

/** Whether the clause ends at this token. */
export function endsClause(token: Token): boolean {
  return CLAUSE_ENDS.has(token.text);
}

export function endsSentence(token: Token): boolean {
  return SENTENCE_ENDS.has(token.text);
}
