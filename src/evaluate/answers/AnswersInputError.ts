import { UserError } from "../../base/index.js";

/** A data set or a file of predictions that cannot be evaluated as it is. */
export class AnswersInputError extends UserError {
  override readonly code = "evaluation.input";
}

/** More faults than this are counted, not told. */
const MOST_TOLD = 20;

/** Gathers the faults of a file's lines, so that one run tells all of them. */
export class LineFaults {
  readonly #path: string;
  readonly #told: string[] = [];
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(line: number, fault: string): void {
    this.#count += 1;
    if (this.#told.length < MOST_TOLD) this.#told.push(`  line ${line}: ${fault}`);
  }

  /** @throws AnswersInputError where there are any. */
  check(lines: number): void {
    if (this.#count === 0) return;
    const more = this.#count > MOST_TOLD ? `\n  and ${this.#count - MOST_TOLD} more` : "";
    throw new AnswersInputError(
      `${this.#path}: ${this.#count} of ${lines} lines cannot be used:\n${this.#told.join("\n")}${more}`,
    );
  }
}
