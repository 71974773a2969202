import { closestName, UserError } from "../base/index.js";

/** One mistake in an expression. */
export interface ExpressionProblem {
  readonly message: string;
  /** Where in the text, in UTF-16 units, and how much of it. */
  readonly offset: number;
  readonly length: number;
}

/** An expression that cannot be used; `problems` has everything that is wrong with it. */
export class ExpressionError extends UserError {
  override readonly code = "expression.invalid";

  constructor(
    readonly text: string,
    readonly problems: readonly ExpressionProblem[],
  ) {
    const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
    super(`${problems.map(({ message }) => message).join("; ")} (in \`${shown}\`)`);
  }
}

/** `; did you mean "x"?` where a name is near or has the same letters, else nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const names = [...candidates];
  const near = names.find((name) => letters(name) === letters(word)) ?? closestName(word, names);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

function letters(word: string): string {
  return [...word.toLowerCase()].sort().join("");
}
