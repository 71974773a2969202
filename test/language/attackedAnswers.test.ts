import { describe, expect, it } from "vitest";
import { askQuestion, kindInfo, parseAnswer, type QuestionKind } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";
import { rowsOf } from "./rowsOf.js";

/**
 * An answer that somebody wrote to mislead the parser, or an honest one that looks like it, and what
 * a person reads in it: metres (with the least sigma), a verdict, or null.
 */
interface Row {
  readonly k: QuestionKind;
  readonly a: string;
  readonly m?: number | null;
  readonly sigma?: number;
  readonly v?: string | null;
}

const rows = rowsOf<Row>("attacks");
const readValue = ({ k, a }: Row) =>
  parseAnswer(a, askQuestion(k, gripper, kindInfo(k).arity === 2 ? mug : undefined)).value;

function verdictOf(row: Row): string | null {
  const value = readValue(row);
  if (value?.shape === "yes_no") return value.yes ? "yes" : "no";
  if (value?.shape === "choice") return value.choice;
  return value?.shape === "class" ? value.relation : null;
}

describe("an answer of another unit, object, sign or quantity, or one that is taken back", () => {
  it.each(rows.filter(({ m, v }) => m === null || v === null))("is refused: $k, $a", (row) => {
    expect(readValue(row)).toBeUndefined();
  });
});

describe("an honest answer that looks like it", () => {
  it.each(rows.filter(({ m }) => typeof m === "number"))("is read: $k, $a", (row) => {
    const value = readValue(row);
    const { valueM = Number.NaN, sigmaM = 0 } = value?.shape === "quantity" ? value : {};
    expect(valueM).toBeCloseTo(Number(row.m), 3);
    expect(sigmaM).toBeGreaterThanOrEqual(0.95 * (row.sigma ?? 0));
  });

  it.each(rows.filter(({ v }) => typeof v === "string"))("decides: $k, $a", (row) => {
    expect(verdictOf(row)).toBe(row.v);
  });
});
