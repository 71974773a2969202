import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";

/** Names of fields and indices of lists, from the top of the file. */
export type FieldPath = readonly (string | number)[];

/**
 * What of a field a problem is about. `bare key`: its name, and what stands behind it is not
 * shown, because it may be a secret.
 */
export type Aspect =
  | "value"
  | "key"
  | "bare key"
  | { readonly offset: number; readonly length: number };

type Place = readonly [start: number, end: number];

const MAX_CHARACTERS = 200_000;

/** What is read of bytes that are not UTF-8, as those of UTF-16 and Latin-1 are not. */
const NO_TEXT = /[\0\uFFFD]/;

/** How the errors of one sort of file are made. */
export interface YamlFileSort {
  /** "task file" */
  readonly noun: string;
  readonly fail: (file: string, problems: readonly YamlProblem[]) => Error;
}

/** A file's YAML with the places of its fields, which gathers what is wrong with it. */
export class YamlSource {
  readonly text: string;
  readonly file: string;
  /** The plain values of the file. */
  readonly root: unknown;
  readonly #sort: YamlFileSort;
  readonly #problems: YamlProblem[] = [];
  readonly #warnings: string[] = [];
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** @throws what `sort` makes of it, when the text is not YAML at all */
  constructor(text: string, file: string, sort: YamlFileSort) {
    this.#sort = sort;
    this.text = text;
    this.file = file;
    const excess = text.length > MAX_CHARACTERS;
    this.#document = parseDocument(excess ? "" : text, {
      lineCounter: this.#lines,
      // What it doubts is told below, and not on the terminal.
      logLevel: "error",
    });
    if (excess) {
      this.#add(`a ${sort.noun} has at most ${MAX_CHARACTERS} characters`, "", [0, 0]);
      this.finish();
    }
    const noText = text.search(NO_TEXT);
    if (noText >= 0) {
      this.#add("not UTF-8 text: save the file as UTF-8", "", [noText, noText + 1]);
      this.finish();
    }
    let broken = false;
    for (const { code, message, pos } of [...this.#document.errors, ...this.#document.warnings]) {
      broken ||= code !== "DUPLICATE_KEY";
      const what = code === "DUPLICATE_KEY" ? TWICE : yamlProblem(message);
      const [start] = pos;
      const [word = ""] = /^[\w-]*/.exec(text.slice(start, pos[1] + 64)) ?? [];
      this.#add(what, "", code === "DUPLICATE_KEY" ? [start, start + word.length] : pos);
    }
    if (broken) this.finish();
    try {
      this.root = this.#document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      const { message } = error as Error;
      const alias = /alias \(.*\): (\S+)/.exec(message)?.[1];
      const place = alias === undefined ? undefined : aliasPlace(this.#document, alias);
      this.#add(yamlProblem(message), "", place ?? [0, 0]);
      this.finish();
    }
    if (holdsItself(this.root)) {
      this.#add("an alias stands in the value that it names", "", [0, 0]);
      this.finish();
    }
  }

  /** Notes a problem of a field. `aspect` says whether its name, its value or a part of it is meant. */
  problem(path: FieldPath, message: string, aspect: Aspect = "value"): void {
    const place = this.#place(path, aspect);
    this.#add(message, fieldName(path), place, aspect === "bare key");
  }

  /** Notes what may be meant otherwise: the file can be used all the same. */
  warn(path: FieldPath, message: string, aspect: Aspect = "value"): void {
    const [start] = this.#place(path, aspect);
    const { line, col } = this.#lines.linePos(start);
    this.#warnings.push(`${this.file}:${line}:${col}: ${fieldName(path)}: ${message}`);
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  /** @throws the error of the file's sort with all problems, in the order of the file, if there are any */
  finish(): void {
    if (this.#problems.length === 0) return;
    const sorted = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    throw this.#sort.fail(this.file, sorted);
  }

  #add(message: string, field: string, [start, end]: Place, isSecret = false): void {
    const { line, col } = this.#lines.linePos(start);
    const [from, to] = [Math.max(line, 1), Math.max(col, 1)];
    const whole = this.text.split(/\r?\n/, from)[from - 1] ?? "";
    const lineText = isSecret ? `${whole.slice(0, to - 1 + end - start)}: …` : whole;
    const known = this.#problems.some(
      (problem) => problem.line === from && problem.column === to && problem.message === message,
    );
    if (known) return;
    const length = Math.max(1, end - start);
    this.#problems.push({ message, field, line: from, column: to, length, lineText });
  }

  /** The place of the field, or of its nearest ancestor that is in the file. */
  #place(path: FieldPath, aspect: Aspect): Place {
    const isKey = aspect === "key" || aspect === "bare key";
    let node: Node | null = this.#resolve(this.#document.contents);
    let place: Place = node ? span(node) : [0, 0];
    for (const [i, key] of path.entries()) {
      const { name, value } = this.#child(node, key);
      const found = i === path.length - 1 && isKey ? (name ?? value) : (value ?? name);
      // What is missing is shown at the name of what should hold it.
      if (!found) return place;
      const last = i === path.length - 1;
      place = last ? span(found) : span(name ?? found);
      node = this.#resolve(value);
    }
    return typeof aspect === "object" && isScalar(node) ? this.#within(node, aspect) : place;
  }

  #child(node: Node | null, key: string | number): { name?: Node; value?: Node } {
    if (isSeq(node) && typeof key === "number") {
      const item = node.items[key];
      return isNode(item) ? { value: item } : {};
    }
    if (!isMap(node)) return {};
    // Of a name that is there twice, the last one's value counts.
    const pair = (node.items as Pair[]).findLast(
      (item) => isScalar(item.key) && String(item.key.value) === String(key),
    );
    return {
      ...(isNode(pair?.key) && { name: pair.key }),
      ...(isNode(pair?.value) && { value: pair.value }),
    };
  }

  /** A part of a text. Where the file folds or escapes the text, the first place that reads so. */
  #within(node: Node, { offset, length }: { offset: number; length: number }): Place {
    const [start, end] = span(node);
    const value = isScalar(node) ? String(node.value) : "";
    const begin = /["']/.test(this.text[start] ?? "") ? start + 1 : start;
    if (this.text.slice(begin, begin + value.length) === value) {
      return [begin + offset, begin + offset + length];
    }
    const part = value.slice(offset, offset + length);
    const found = part === "" ? -1 : this.text.slice(start, end).indexOf(part);
    return found < 0 ? [start, end] : [start + found, start + found + length];
  }

  #resolve(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.#document) ?? null;
    return isNode(node) ? node : null;
  }
}

function span(node: Node): Place {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

/** Where an alias of this name stands first. */
function aliasPlace(document: Document, name: string): Place | undefined {
  let place: Place | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.source !== name) return undefined;
      place = span(alias);
      return visit.BREAK;
    },
  });
  return place;
}

/** The library's message without its own excerpt of the file. */
function yamlProblem(message: string): string {
  if (message.includes("multiple documents"))
    return "a file holds one document: nothing follows ---";
  const [what = ""] = message.split(/ at line \d+/);
  const advice = ADVICE.find(([pattern]) => pattern.test(what))?.[1];
  return `not YAML: ${what.trim()}${advice === undefined ? "" : ` (${advice})`}`;
}

const TWICE = "this name occurs twice: remove or rename one of the two";
/** What to do where the library only says what it expected. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^Tabs/, "indent with spaces"],
  [/^All (?:mapping|sequence) items/, "indent what belongs together by the same number of spaces"],
  [/^Implicit (?:map )?keys?/, "write `name: value`, with a space behind the colon"],
  [/^A block sequence/, "a list of `- …` has no names: write either names or `-`"],
  [/^Flow (?:map|sequence)/, "a `{` or `[` of this line or before it is not closed"],
  [/^Unresolved alias/, "put a text that begins with * in quotation marks"],
  [/^Missing closing/, "a quotation mark is not closed"],
];

function fieldName(path: FieldPath): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`))
    .join("");
}

/** One mistake in a YAML file. */
export interface YamlProblem {
  /** What is wrong and what is allowed. */
  readonly message: string;
  /** Where in the file's structure: `measurements.reach.kind`; empty for the file as a whole. */
  readonly field: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** How many characters from there are meant. */
  readonly length: number;
  /** The text of the line. */
  readonly lineText: string;
}

/**
 * A message that shows every problem of a file with its line and a caret.
 * @param noun what sort of file it is: "task file"
 */
export function describeProblems(
  noun: string,
  file: string,
  problems: readonly YamlProblem[],
): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `${count} in the ${noun} ${file}\n${problems.map((p) => shown(file, p)).join("\n")}`;
}

/** Of a longer line, as a file that is no text has, so much is shown. */
const MOST_SHOWN = 200;

/** The line about a problem's place, and the column there. */
function aroundPlace({ lineText, column }: YamlProblem): { lineText: string; column: number } {
  if (lineText.length <= MOST_SHOWN) return { lineText, column };
  const from = Math.max(0, Math.min(column - 1 - MOST_SHOWN / 2, lineText.length - MOST_SHOWN));
  return { lineText: lineText.slice(from, from + MOST_SHOWN), column: column - from };
}

function shown(file: string, problem: YamlProblem): string {
  const { message, field, line, length } = problem;
  const { lineText, column } = aroundPlace(problem);
  const gutter = String(line).length;
  const carets = "^".repeat(Math.max(1, Math.min(length, lineText.length - column + 1)));
  // A tab in the margin keeps the caret under its place.
  const margin = lineText.slice(0, column - 1).replace(/[^\t]/g, " ");
  return [
    "",
    `${file}:${line}:${problem.column}: ${field ? `${field}: ` : ""}${message}`,
    `  ${line} | ${lineText}`,
    `  ${" ".repeat(gutter)} | ${margin}${carets}`,
  ].join("\n");
}

/**
 * Whether a value is a part of itself, as `&a [*a]` is.
 *
 * @param around what it is a part of
 * @param done values that were looked through
 */
function holdsItself(
  value: unknown,
  around = new Set<object>(),
  done = new Set<object>(),
): boolean {
  if (typeof value !== "object" || value === null || done.has(value)) return false;
  if (around.has(value)) return true;
  around.add(value);
  const isFound = Object.values(value).some((part) => holdsItself(part, around, done));
  around.delete(value);
  done.add(value);
  return isFound;
}
