import { UserError } from "../base/index.js";

/** One thing that is wrong in an expression. */
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
