import type * as z from "zod";
import { itemAt, type Line, readLines, UserError } from "../../base/index.js";

/** A data set or a file of predictions that cannot be evaluated. */
export class AnswersInputError extends UserError {
  override readonly code = "evaluation.input";
}

/** More faults than this are counted, not told. */
const MOST_TOLD = 20;

/** Gathers the faults of a file's lines, so that one run reports all of them. */
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

  get count(): number {
    return this.#count;
  }

  /** All of them in words, with their lines; undefined if there are none. */
  told(lines: number): string | undefined {
    if (this.#count === 0) return undefined;
    const more = this.#count > MOST_TOLD ? `\n  and ${this.#count - MOST_TOLD} more` : "";
    return `${this.#path}: ${this.#count} of ${lines} lines cannot be used:\n${this.#told.join("\n")}${more}`;
  }

  /** @throws AnswersInputError if there are any. */
  check(lines: number): void {
    const told = this.told(lines);
    if (told !== undefined) throw new AnswersInputError(told);
  }
}

/**
 * The lines of a text file that are not empty, one at a time, with where they stand.
 * @throws AnswersInputError if the file cannot be read; LineTooLongError
 */
export async function* readRows(path: string): AsyncGenerator<Line> {
  try {
    for await (const line of readLines(path)) if (line.text.trim() !== "") yield line;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What is read from a line, or what is wrong with it. */
export type ParsedLine<T> =
  | { readonly value: T; readonly fault?: never }
  | { readonly value?: never; readonly fault: string };

export function parseLine<T>(text: string, schema: z.ZodType<T>): ParsedLine<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: `no JSON: ${text.slice(0, 60)}` };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const { path, message } = itemAt(parsed.error.issues, 0);
  return { fault: path.length > 0 ? `${path.join(".")}: ${message}` : message };
}

function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return new AnswersInputError(`${path}: no such file`);
  if (code === "EACCES") return new AnswersInputError(`${path}: permission denied`);
  return error;
}
