import { compileExpression, ExpressionError, type VariableKind } from "../expression/index.js";
import { answerNumber, type SpatialAnswer } from "../language/index.js";
import type { Calculated } from "./Step.js";
import { Uncertain } from "./Uncertain.js";

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

  /** The name under which an answer's value is kept. Undefined where it has none. */
  addAnswer({ question, value }: SpatialAnswer): string | undefined {
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
   * @throws ExpressionError where the text is no expression over them, or has no finite value.
   */
  calculate(text: string): { readonly name: string; readonly result: Calculated } {
    const kinds = new Map([...this.#entries].map(([name, { kind }]) => [name, kind]));
    const expression = compileExpression(text, kinds);
    const inputs = new Map(
      expression.names.map((name) => [name, this.#entries.get(name)!.uncertain]),
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
