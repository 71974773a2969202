import { itemAt, mulberry32, normal, valueAt } from "../base/index.js";
import { compileExpression, ExpressionError, type VariableKind } from "../expression/index.js";
import {
  type AnswerNumber,
  answerNumber,
  type SpatialAnswer,
  withWholeSigma,
} from "../language/index.js";
import type { Calculated } from "./Conversation.js";

interface Entry {
  readonly kind: VariableKind;
  readonly uncertain: Uncertain;
}

/**
 * The variables of a reasoning: answers as `a1`, `a2`, …, results of calculations as `c1`, `c2`, ….
 * Lengths are in metres; yes, the first object and the first relation count as 1.
 */
export class Notebook {
  readonly #entries = new Map<string, Entry>();
  #answers = 0;
  #results = 0;

  /** The name under which an answer's value is kept. Undefined if it has none. */
  addAnswer(answer: SpatialAnswer): string | undefined {
    const { question, value } = withWholeSigma(answer);
    if (!value) return undefined;
    const name = `a${++this.#answers}`;
    const number = answerNumber(value, question.kind);
    const kind = number.unit === "m" ? "m" : "condition";
    this.#entries.set(name, { kind, uncertain: Uncertain.ofAnswer(number, this.#answers) });
    return name;
  }

  /**
   * Computes an expression of the reward language over the variables; it computes, and nothing
   * else.
   *
   * @throws ExpressionError if the text is not an expression over them, or has no finite value.
   */
  calculate(text: string): { readonly name: string; readonly result: Calculated } {
    const kinds = new Map([...this.#entries].map(([name, { kind }]) => [name, kind]));
    const expression = compileExpression(text, kinds);
    const inputs = new Map(
      expression.names.map((name) => [name, valueAt(this.#entries, name).uncertain]),
    );
    const uncertain = Uncertain.computed((values) => expression.evaluate(values), inputs);
    if (!Number.isFinite(uncertain.value)) {
      const message = "the result is no number: a division by 0, or the root of something negative";
      throw new ExpressionError(text, [{ message, offset: 0, length: text.length }]);
    }
    const name = `c${++this.#results}`;
    const { kind } = expression;
    this.#entries.set(name, { kind, uncertain });
    const { value, sigma, confidence } = uncertain;
    const result: Calculated =
      kind === "condition"
        ? { shape: "condition", holds: value === 1, confidence }
        : { shape: "number", unit: kind, value, sigma };
    return { name, result };
  }
}

/** Draws behind each value. */
const DRAWS = 500;

/**
 * Values with their doubt, as draws: the same draw of every value belongs together, so that
 * what is computed from one answer twice (`a1 - a1`) knows it.
 */
class Uncertain {
  private constructor(
    /** As said or computed, without doubt. */
    readonly value: number,
    readonly draws: Float64Array,
  ) {}

  /**
   * Of an answer: a length is normal around its value; what is 0 or 1 is the other with
   * probability sigma², as `answerNumber` has it.
   */
  static ofAnswer({ value, sigma, unit }: AnswerNumber, seed: number): Uncertain {
    const random = mulberry32(seed);
    const draw = () =>
      unit === "m" ? value + sigma * normal(random) : random() < sigma ** 2 ? 1 - value : value;
    return new Uncertain(value, Float64Array.from({ length: DRAWS }, draw));
  }

  /** Of what a function makes of other values. */
  static computed(
    evaluate: (values: Readonly<Record<string, number>>) => number,
    inputs: ReadonlyMap<string, Uncertain>,
  ): Uncertain {
    const at = (pick: (input: Uncertain) => number) =>
      evaluate(Object.fromEntries([...inputs].map(([name, input]) => [name, pick(input)])));
    const draws = Float64Array.from({ length: DRAWS }, (_, i) =>
      at(({ draws }) => itemAt(draws, i)),
    );
    return new Uncertain(
      at(({ value }) => value),
      draws,
    );
  }

  /** Root mean square deviation of the draws from the value; draws without meaning left out. */
  get sigma(): number {
    const known = this.draws.filter(Number.isFinite);
    const squares = known.reduce((sum, draw) => sum + (draw - this.value) ** 2, 0);
    return known.length === 0 ? Number.NaN : Math.sqrt(squares / known.length);
  }

  /** Share of the draws that agree with a value of 0 or 1. */
  get confidence(): number {
    const agreeing = this.draws.filter((draw) => draw === this.value);
    return agreeing.length / this.draws.length;
  }
}
