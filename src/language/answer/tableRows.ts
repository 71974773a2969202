/** A row of a Markdown table, without its outer bars. */
const ROW = /^[ \t]{0,8}\|(.*)\|[ \t]*$/;
const RULE = /^[\s|:-]+$/;
/** Longer lines are no tables. */
const LONGEST_ROW = 400;

/**
 * Markdown tables as one sentence for each cell with a number: "gripper to red mug distance: 33 cm".
 * In a table, what a length is of stands in other cells than the length.
 */
export function undoTables(text: string): string {
  if (!text.includes("|")) return text;
  const lines = text.split("\n");
  let header: readonly string[] | undefined;
  return lines
    .map((line, i) => {
      const cells = cellsOf(line);
      if (!cells) {
        header = undefined;
        return line;
      }
      if (RULE.test(line)) return "";
      if (RULE.test(lines[i + 1] ?? "") && cellsOf(lines[i + 1] ?? "")) {
        header = cells;
        return "";
      }
      return header ? sentencesOf(cells, header) : line;
    })
    .join("\n");
}

const QUANTITY =
  /\b(?:distance|separation|gap|clearance|height|width|depth|diameter|length|size|elevation|offset|value|result|estimate|cm|m|mm|inches|dimension)/i;

function cellsOf(line: string): readonly string[] | undefined {
  if (line.length > LONGEST_ROW) return undefined;
  return ROW.exec(line)?.[1]
    ?.split("|")
    .map((cell) => cell.trim());
}

/** What a cell holds that is a flag, and no name. */
const FLAG = /^(?:\W{0,4})(true|false|yes|no|none|null|n\/a)\W{0,4}$|^(❌|✗|✘|✅|✔)$/i;
const PLAIN_COLUMN =
  /^(?:value|estimate|estimated value|result|measurement|length|answer|status)?$/i;

function sentencesOf(cells: readonly string[], header: readonly string[]): string {
  const hasNumber = (cell: string) => /\d/.test(cell);
  // "From, To": both are names; a quantity's own name needs no header.
  const unitAt = header.findIndex((column) => /^units?$/i.test(column));
  const unit = cells[unitAt] ?? "";
  const names = cells.filter(
    (cell, i) => i !== unitAt && cell !== "" && !hasNumber(cell) && !FLAG.test(cell),
  );
  const label = names.join(" to ");
  const said = cells.flatMap((cell, i) => {
    const column = header[i] ?? "";
    const isPlain = PLAIN_COLUMN.test(column);
    const [, word, mark] = FLAG.exec(cell) ?? [];
    const flag = word ?? mark;
    if (flag !== undefined) return [`${isPlain ? label : column}: ${flag}.`];
    if (!hasNumber(cell)) return [];
    // "| | mug | tray |": a column can be of a thing, too.
    const link = QUANTITY.test(column) ? " " : " to ";
    return [`${[label, isPlain ? "" : column].filter(Boolean).join(link)}: ${cell} ${unit}.`];
  });
  return said.length > 0 ? said.join("\n") : cells.join(" ");
}
