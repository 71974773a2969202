import { describe, expect, it } from "vitest";
import { askQuestion, kindInfo, parseAnswer, type QuestionKind } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";
import { rowsOf } from "./rowsOf.js";

/** An answer in the style of a model, and what a person reads in it. */
interface Row {
  /** Kind of the question about the gripper and the mug, or about the mug (`s`: about this). */
  readonly k: QuestionKind;
  readonly a: string;
  /** Metres; null where it says no length of that kind and those things. */
  readonly m: number | null;
  readonly hedged?: boolean;
  readonly s?: string;
}

function read({ k, a, s }: Row) {
  const isPair = kindInfo(k).arity === 2;
  const subject = s ? { name: "it", phrase: s } : isPair ? gripper : mug;
  const { value } = parseAnswer(a, askQuestion(k, subject, isPair ? mug : undefined));
  return value?.shape === "quantity" ? value : undefined;
}

describe.each([
  ["written", 0.88],
  ["heldOut", 0.95],
  ["families", 0.78],
  ["everyday", 0.73],
  ["ordinary", 0.99],
  ["blindA", 0.87],
  ["blindB", 0.83],
  ["blindC", 0.77],
  ["blindD", 0.7],
  ["surroundings", 0.9],
  ["blindE", 0.9],
  ["blindF", 0.82],
  ["blindG", 0.9],
  ["blindH", 0.83],
  ["blindI", 0.93],
  ["blindJ", 0.9],
  ["blindK", 0.9],
  ["blindL", 0.91],
  ["blindS", 0.87],
  ["blindT", 0.95],
] as const)("answers in the styles of models (%s)", (name, recall) => {
  const rows = rowsOf<Row>(name);

  it("never become a length that a person does not read in them", () => {
    for (const row of rows) {
      const value = read(row);
      if (value === undefined) continue;
      expect(row.m, row.a).not.toBeNull();
      expect(Math.abs(value.valueM - Number(row.m)), row.a).toBeLessThan(
        0.005 * Math.abs(Number(row.m)) + 1e-6,
      );
    }
  });

  it("are mostly read where a person reads a length, with the sigma of their hedge", () => {
    const lengths = rows.filter(({ m }) => m !== null);
    const values = lengths.map((row) => ({ row, value: read(row) }));
    const found = values.filter(({ value }) => value !== undefined);
    expect(found.length / lengths.length).toBeGreaterThan(recall);
    for (const { row, value } of found) {
      if (!row.hedged || !value) continue;
      expect(value.sigmaM, row.a).toBeGreaterThanOrEqual(0.1 * value.valueM);
    }
  });
});
