import { readFileSync } from "node:fs";

/** The rows of a kept set of answers, one JSON object a line. */
export function rowsOf<Row>(name: string): readonly Row[] {
  const text = readFileSync(new URL(`answers/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}
