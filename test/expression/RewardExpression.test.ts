import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileCondition,
  compileExpression,
  ExpressionError,
  FUNCTIONS,
  type VariableKind,
} from "../../src/expression/index.js";

const VARIABLES = new Map<string, VariableKind>([
  ["reach", "m"],
  ["lift", "m"],
  ["time", "s"],
  ["progress", "1"],
  ["touching", "condition"],
]);

const VALUES = { reach: 0.1, lift: 0.02, time: 3, progress: 0.5, touching: 1 };

function value(text: string, values: Record<string, number> = VALUES): number {
  return compileExpression(text, VARIABLES).evaluate(values);
}

function problemsOf(text: string, compile = compileExpression) {
  try {
    compile(text, VARIABLES);
  } catch (error) {
    if (error instanceof ExpressionError) return error.problems;
    throw error;
  }
  return [];
}

function messageOf(text: string, compile = compileExpression): string {
  return problemsOf(text, compile)
    .map(({ message }) => message)
    .join("\n");
}

describe("an expression", () => {
  it.each([
    ["1 - reach / 0.5", 0.8],
    ["-reach ^ 2 + 2 * lift", 0.03],
    ["7 % 4", 3],
    ["0 < lift < 3 cm", 1],
    ["reach < 5 cm ? 10 : -1", -1],
    ["5 * (reach < 20 cm)", 5],
    ["not touching or time > 2 s", 1],
    ["touching xor true", 0],
    ["e ^ 0 + sin(pi / 2)", 2],
    ["smoothstep(0, 20 cm, reach)", 0.5],
    ["smoothstep(20 cm, 0, lift)", 0.972],
    ["sigmoid(0) + tanh(0)", 0.5],
    ["hypot(3, 4) + abs(-1) + sign(-2)", 5],
    ["max(1, 2, 3) - min(3, 2, 1)", 2],
    ["clamp(reach, 0, 5 cm)", 0.05],
    ["sqrt(4) + log(exp(1)) + pow(2, 3)", 11],
    ["floor(1.5) + ceil(1.5) + round(1.4)", 4],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["2 ^ 3 ^ 0", 2],
    ["8 / 4 / 2", 1],
    ["2 - 3 - 4", -5],
    ["7 mod 4 * 2", 6],
    ["5 % + 3", 2],
    ["50%", 0.5],
    ["200 + 5%", 210],
    ["200 - 5%", 190],
    ["200 * 5%", 10],
    ["200 + 5% * 2", 200.1],
    ["1 < 2 == true", 0],
    ["3 > 2 > 2", 0],
    ["false ? 1 : true ? 2 : 3", 2],
    ["not false and false", 0],
    ["true or false and false", 1],
    ["true xor true or true", 1],
    ["5. + .5 + 1e1 + 1.5E-1", 15.65],
  ])("%s is %d", (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 12);
  });

  it.each([
    ["2.5 cm", 0.025],
    ["2.5cm", 0.025],
    ["-5 mm", -0.005],
    ["1 in", 0.0254],
    ["2 ft", 0.6096],
    ["500 ms", 0.5],
    ["2 min", 120],
    ["max(5 min, 2 s)", 300],
    ["reach / 2 cm", 5],
  ])("reads %s in SI units", (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 12);
  });

  it("names the variables that it uses", () => {
    expect(compileExpression("lift + reach * lift", VARIABLES).names).toEqual(["lift", "reach"]);
  });

  it("takes a list of names for plain numbers", () => {
    expect(compileExpression("a + b", ["a", "b"]).evaluate({ a: 1, b: 2 })).toBe(3);
  });

  it("does not hide what is not finite", () => {
    expect(value("1 / (reach - reach)")).toBe(Number.POSITIVE_INFINITY);
    expect(value("log(-reach)")).toBeNaN();
    expect(value("reach + lift", { reach: 1 })).toBeNaN();
  });

  it("evaluates as plain JavaScript does, for any values", () => {
    const compiled = compileExpression("(reach - 2 * lift) / (1 + time ^ 2)", VARIABLES);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, number, (reach, lift, time) => {
        const expected = (reach - 2 * lift) / (1 + time ** 2);
        expect(compiled.evaluate({ reach, lift, time })).toBe(expected);
      }),
    );
  });
});

describe("a condition", () => {
  it("must compare", () => {
    expect(messageOf("reach", compileCondition)).toMatch(/a condition compares.*this is a number/);
    expect(compileCondition("reach < 20 cm and touching", VARIABLES).evaluate(VALUES)).toBe(1);
  });

  it("cannot be told where a value that matters is missing", () => {
    const { evaluate } = compileCondition("reach < 5 cm or touching", VARIABLES);
    expect(evaluate({ touching: 0 })).toBeNaN();
    expect(evaluate({ touching: 1 })).toBe(1);
    expect(evaluate({ reach: 0.01 })).toBe(1);
  });

  it("is refuted by one side of an `and` alone", () => {
    const { evaluate } = compileCondition("reach < 5 cm and touching", VARIABLES);
    expect(evaluate({ touching: 0 })).toBe(0);
    expect(evaluate({ touching: 1 })).toBeNaN();
  });
});

describe("mistakes in an expression", () => {
  it("are all named, each with its place", () => {
    const text = "raech + exq(lift)";
    const problems = problemsOf(text);
    expect(problems.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual([
      "raech",
      "exq",
    ]);
    expect(problems[0]!.message).toContain('unknown name "raech"; did you mean "reach"?');
    expect(problems[1]!.message).toContain('unknown function "exq"; did you mean "exp"?');
  });

  it.each([
    ["reach < 2 kg", /"kg" measures a mass, but a length or a duration is needed/],
    ["reach < 500 ms", /unit error: a length and a duration cannot be compared/],
    ["reach + 1 s", /unit error: a length and a duration cannot be added/],
    ["min(2 cm, time)", /unit error/],
    ["reach < 2 cmm", /unknown unit "cmm"/],
    ["reach < cm", /"cm" is a unit and follows a number/],
    ["2 reach", /write `2 \* reach`/],
    ["reach lift", /two values stand side by side/],
    ["reach and lift", /"and" joins conditions/],
    ["clamp(reach)", /clamp\(x, low, high\) is called with 1 argument/],
    ["min", /"min" is a function/],
    ["reach(2)", /"reach" is not a function/],
    ["1 +", /not an expression: Unexpected end/],
    ["(1", /not an expression: Parenthesis \) expected/],
    ["", /the expression is empty/],
    ["reach 2", /two values stand side by side/],
    ["1/2 cm", /two values stand side by side/],
    ["(2) cm", /two values stand side by side/],
    ["2 cm ^ 2", /two values stand side by side/],
    ["1 + 2)", /not an expression: Unexpected operator "\)"/],
    ["2 * * 3", /not an expression: Value expected/],
    ["true ? 1", /not an expression: False part/],
    ["max(1, 2", /not an expression: Parenthesis \) expected/],
    ["(500 ms % 2 s) % min(time", /not an expression: Parenthesis \) expected/],
    ["reach = 1", /cannot assign; `==` compares/],
    ["f(x) = x", /cannot define functions/],
    ["null", /null is not a number/],
    ["reach!", /no operator "!"/],
    ["reach < 1 && lift < 1", /"&" has no place in an expression: write `and`/],
    ["−0.1 * reach", /"−" has no place in an expression: write `-`/],
    ["reach ≤ 1", /write `<=`/],
    ["reach < 4,5 cm", /a decimal number has a point: write `4\.5`/],
    ["0,5 * reach", /write `0\.5`/],
    ["1e999", /Infinity is not a number/],
  ])("%s", (text, message) => {
    expect(messageOf(text)).toMatch(message);
  });
});

describe("a hostile expression", () => {
  it.each([
    "constructor",
    "__proto__",
    "toString",
    "reach.constructor",
    'reach["constructor"]',
    "constructor.constructor('return process')()",
    "import('fs')",
    "import({ exp: 1 }, { override: true })",
    "config({})",
    "evaluate(1)",
    "parse(1)",
    "compile(1)",
    "parser()",
    "createUnit(1)",
    "simplify(1)",
    "derivative(1, 2)",
    "chain(1)",
    "typed(1)",
    "f(x) = f(x)",
    "reach = 1",
    "reach = 1; reach",
    "ones(1e5, 1e5)",
    "[1, 2, 3]",
    "{a: 1}",
    '"text"',
    "1:1e9",
    "reach[1]",
    "reach'",
    "5!",
    "reach | 1",
    "2 cm to mm",
    "range(1, 1e9)",
    "random()",
    "reach\u0000",
    "ｒeach",
    "# reach",
    "true ? import : 1",
    "5./2",
    "1 << 2",
    "reach ?? 1",
    "0x10",
    `${"(1%".repeat(32)}1${")".repeat(32)}`,
    "null s",
  ])("%s is refused", (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });

  it.each([
    ["a million characters", "1+".repeat(500_000)],
    ["ten thousand parentheses", `${"(".repeat(10_000)}1${")".repeat(10_000)}`],
    ["nested calls", `${"abs(".repeat(100)}1${")".repeat(100)}`],
    ["many unary signs", `${"-".repeat(2_000)}1`],
    ["many conditionals", "true?1:".repeat(300)],
  ])("%s end in a message, not in a full stack", (_, text) => {
    expect(problemsOf(text)).toHaveLength(1);
  });

  it.each([["nested chains", `${"1 < (".repeat(32)}1${") < 2".repeat(32)}`, 0]])(
    "%s take no longer than their length",
    (_, text, expected) => {
      expect(value(text)).toBe(expected);
    },
  );

  it("has nothing but numbers to compute with, whatever its text", () => {
    const pieces = [
      ...FUNCTIONS.keys(),
      ..."reach lift time cm s and or not + - * / ^ % < > == ! ? : , . ( ) [ ] { } = ; ' \" 1 2.5 1e9 constructor import".split(
        " ",
      ),
    ];
    const texts = fc
      .array(fc.constantFrom(...pieces), { maxLength: 20 })
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => {
        try {
          expect(typeof compileExpression(text, VARIABLES).evaluate(VALUES)).toBe("number");
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("docs/task-file.md", () => {
  it("lists every function", () => {
    const docs = readFileSync(resolve(import.meta.dirname, "../../docs/task-file.md"), "utf8");
    const missing = [...FUNCTIONS.values()].filter(({ usage }) => !docs.includes(`\`${usage}\``));
    expect(missing).toEqual([]);
  });
});
