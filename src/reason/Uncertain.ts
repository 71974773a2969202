import { mulberry32, normal } from "../base/index.js";
import type { AnswerNumber } from "../language/index.js";

/** Draws behind each value. */
const DRAWS = 500;

/**
 * Values with their doubt, as draws: the same draw of every value belongs together, so that
 * what is computed from one answer twice (`a1 - a1`) knows it.
 */
export class Uncertain {
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
    const draws = Float64Array.from({ length: DRAWS }, (_, i) => at(({ draws }) => draws[i]!));
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
