/** One thing that is wrong in a YAML file. */
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

function shown(file: string, problem: YamlProblem): string {
  const { message, field, line, column, length, lineText } = problem;
  const gutter = String(line).length;
  const carets = "^".repeat(Math.max(1, Math.min(length, lineText.length - column + 1)));
  // A tab in the margin keeps the caret under its place.
  const margin = lineText.slice(0, column - 1).replace(/[^\t]/g, " ");
  return [
    "",
    `${file}:${line}:${column}: ${field ? `${field}: ` : ""}${message}`,
    `  ${line} | ${lineText}`,
    `  ${" ".repeat(gutter)} | ${margin}${carets}`,
  ].join("\n");
}
