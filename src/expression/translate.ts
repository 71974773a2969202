import { ExpressionError, type ExpressionProblem } from "./ExpressionError.js";
import { FUNCTIONS } from "./functions.js";
import { CONSTANTS } from "./names.js";
import {
  ARITHMETIC,
  COMPARISONS,
  call,
  chain,
  choose,
  LOGIC,
  negate,
  not,
  type Run,
} from "./operators.js";
import type { Constant, Node } from "./parseExpression.js";
import type { VariableKind } from "./RewardExpression.js";
import { suggestion } from "./suggestion.js";
import { type Dimension, EXPRESSION_UNITS, findUnit, nounOf, unitProblem } from "./units.js";

interface Part {
  readonly run: Run;
  readonly isCondition: boolean;
  /** Known for variables and numbers with a unit, and what only adds or compares such. */
  readonly dimension?: Dimension;
  /** The dimension was written as a unit: only such may accuse another of being wrong. */
  readonly explicit?: boolean;
}

/** Stands for what is wrong, so that the rest is still checked. */
const BROKEN: Part = { run: () => Number.NaN, isCondition: false };

const SUM_VERBS: ReadonlyMap<string, string> = new Map([
  ["+", "be added"],
  ["+%", "be added"],
  ["-", "be subtracted"],
  ["-%", "be subtracted"],
]);

/**
 * Turns a syntax tree into closures, node by node, and lets nothing through that is not listed.
 * @throws ExpressionError with every problem found
 */
export function translate(
  tree: Node,
  text: string,
  variables: ReadonlyMap<string, VariableKind>,
  wanted: "any" | "condition",
): { run: Run; names: readonly string[]; kind: VariableKind } {
  const translator = new Translator(text, variables);
  const { run, isCondition, dimension } = translator.translate(tree);
  if (wanted === "condition" && !isCondition && translator.problems.length === 0) {
    translator.problem(
      `a condition compares, like \`${[...variables.keys()][0] ?? "x"} < 2 cm\`; this is a number`,
    );
  }
  if (translator.problems.length > 0) throw new ExpressionError(text, translator.problems);
  const isLengthOrTime = dimension === "m" || dimension === "s";
  const kind = isCondition ? "condition" : isLengthOrTime ? dimension : "1";
  return { run, names: [...translator.names], kind };
}

class Translator {
  readonly problems: ExpressionProblem[] = [];
  readonly names = new Set<string>();
  readonly #text: string;
  readonly #variables: ReadonlyMap<string, VariableKind>;

  constructor(text: string, variables: ReadonlyMap<string, VariableKind>) {
    this.#text = text;
    this.#variables = variables;
  }

  /** Notes what is wrong at a word of the text, or with the text as a whole; each thing once. */
  problem(message: string, word?: string): Part {
    const pattern = word && new RegExp(`(?<![A-Za-z0-9_])${escaped(word)}(?![A-Za-z0-9_])`);
    const found = pattern ? pattern.exec(this.#text) : null;
    const place = found
      ? { offset: found.index, length: found[0].length }
      : { offset: 0, length: this.#text.length };
    if (!this.problems.some((known) => known.message === message)) {
      this.problems.push({ message, ...place });
    }
    return BROKEN;
  }

  translate(node: Node): Part {
    switch (node.kind) {
      case "constant":
        return this.#constant(node.value);
      case "name":
        return this.#name(node.name);
      case "group":
        return this.translate(node.inner);
      case "percent": {
        const { run } = this.translate(node.inner);
        return { run: (values) => run(values) / 100, isCondition: false };
      }
      case "unary":
        return this.#unary(node.op, node.inner);
      case "binary":
        return this.#binary(node.op, node.left, node.right);
      case "chain":
        return this.#chain(node);
      case "choice": {
        const condition = this.#condition(node.condition, "?");
        const yes = this.translate(node.yes);
        const no = this.translate(node.no);
        return {
          run: choose(condition, yes.run, no.run),
          isCondition: yes.isCondition && no.isCondition,
          ...this.#agree("be alternatives", yes, no),
        };
      }
      case "call":
        return this.#call(node.name, node.args);
      case "pair":
        return this.#withUnit(node.first, node.second);
    }
  }

  #constant(value: Constant): Part {
    if (typeof value === "boolean") {
      const truth = value ? 1 : 0;
      return { run: () => truth, isCondition: true };
    }
    if (typeof value === "number" && Number.isFinite(value)) {
      return { run: () => value, isCondition: false };
    }
    return this.problem(`${String(value)} is no number that an expression can use`, String(value));
  }

  #name(name: string): Part {
    const kind = this.#variables.get(name);
    if (kind !== undefined) {
      this.names.add(name);
      const run: Run = (values) => values[name] ?? Number.NaN;
      const isCondition = kind === "condition";
      return kind === "m" || kind === "s"
        ? { run, isCondition, dimension: kind }
        : { run, isCondition };
    }
    const constant = CONSTANTS.get(name);
    if (constant !== undefined) return { run: () => constant, isCondition: false };
    if (FUNCTIONS.has(name)) {
      return this.problem(`"${name}" is a function: ${FUNCTIONS.get(name)!.usage}`, name);
    }
    if (EXPRESSION_UNITS.includes(name)) {
      return this.problem(`"${name}" is a unit and follows a number: \`2 ${name}\``, name);
    }
    const known = [...this.#variables.keys()];
    const near = suggestion(name, [...known, ...FUNCTIONS.keys(), ...CONSTANTS.keys()]);
    return this.problem(`unknown name "${name}"${near}${listed("known here", known)}`, name);
  }

  #unary(op: "-" | "+" | "not", node: Node): Part {
    if (op === "not") return { run: not(this.#condition(node, op)), isCondition: true };
    const inner = this.translate(node);
    return { ...inner, run: op === "-" ? negate(inner.run) : inner.run, isCondition: false };
  }

  #binary(op: string, leftNode: Node, rightNode: Node): Part {
    const logic = LOGIC.get(op);
    if (logic) {
      const left = this.#condition(leftNode, op);
      return { run: logic(left, this.#condition(rightNode, op)), isCondition: true };
    }
    const arithmetic = ARITHMETIC.get(op);
    if (!arithmetic) return this.problem(`an expression has no operator "${op}"`, op);
    const left = this.translate(leftNode);
    const right = this.translate(rightNode);
    const verb = SUM_VERBS.get(op);
    return {
      run: arithmetic(left.run, right.run),
      isCondition: false,
      ...(verb !== undefined ? this.#agree(verb, left, right) : {}),
    };
  }

  /** `2.5 cm`: the only product without `*`. */
  #withUnit(number: Node, unit: Node): Part {
    const negative = number.kind === "unary" && number.op === "-";
    const literal = negative ? number.inner : number;
    const value = literal.kind === "constant" ? literal.value : undefined;
    if (typeof value !== "number" || unit.kind !== "name") {
      this.translate(number);
      if (unit.kind !== "name" || this.#variables.has(unit.name)) this.translate(unit);
      return this.problem(
        "two values stand side by side: write `*` between them (a unit follows a number: `2.5 cm`)",
      );
    }
    if (this.#variables.has(unit.name)) {
      return this.problem(`write \`${String(value)} * ${unit.name}\``, unit.name);
    }
    if (!Number.isFinite(value)) return this.#constant(value);
    const known = findUnit(unit.name);
    if (!known) return this.problem(unitProblem(unit.name, ["m", "s"]), unit.name);
    const inSi = value * known.scale * (negative ? -1 : 1);
    return { run: () => inSi, isCondition: false, dimension: known.dimension, explicit: true };
  }

  #chain(node: Node & { kind: "chain" }): Part {
    const first = this.translate(node.first);
    let left = first;
    const links = node.links.map(({ op, side }) => {
      const right = this.translate(side);
      this.#agree("be compared", left, right);
      left = right;
      return { holds: COMPARISONS[op], run: right.run };
    });
    return { run: chain(first.run, links), isCondition: true };
  }

  #condition(node: Node, operator: string): Run {
    const part = this.translate(node);
    if (!part.isCondition && part !== BROKEN) {
      this.problem(`"${operator}" joins conditions, like \`x < 2 cm\`, not numbers`, operator);
    }
    return part.run;
  }

  #call(name: string, nodes: readonly Node[]): Part {
    const args = nodes.map((node) => this.translate(node));
    const found = FUNCTIONS.get(name);
    if (!found) {
      if (this.#variables.has(name)) {
        return this.problem(`"${name}" is no function: write \`${name} * (…)\``, name);
      }
      const known = [...FUNCTIONS.keys()];
      const near = suggestion(name, [...known, ...this.#variables.keys()]);
      return this.problem(`unknown function "${name}"${near}${listed("functions", known)}`, name);
    }
    if (args.length < found.minArguments || args.length > found.maxArguments) {
      return this.problem(`${found.usage} is called with ${args.length} argument(s)`, name);
    }
    let common: Pick<Part, "dimension" | "explicit"> = {};
    if (found.keepsDimension) {
      for (const arg of args)
        common = this.#agree(`be arguments of one ${name}`, { ...BROKEN, ...common }, arg);
    }
    return {
      run: call(
        found.apply,
        args.map(({ run }) => run),
      ),
      isCondition: false,
      ...common,
    };
  }

  /** The dimension of both; a length beside a duration is a mistake where a unit says so. */
  #agree(verb: string, left: Part, right: Part): Pick<Part, "dimension" | "explicit"> {
    const [a, b] = [left.dimension, right.dimension];
    if (a && b && a !== b && (left.explicit || right.explicit)) {
      this.problem(`unit error: ${nounOf(a)} and ${nounOf(b)} cannot ${verb}`);
    }
    return dimensionOf(left.dimension ? left : right);
  }
}

function dimensionOf({ dimension, explicit }: Part): Pick<Part, "dimension" | "explicit"> {
  return dimension ? { dimension, explicit: explicit ?? false } : {};
}

function listed(title: string, names: readonly string[]): string {
  return names.length > 0 ? ` (${title}: ${names.join(", ")})` : "";
}

function escaped(word: string): string {
  return word.replace(/[^A-Za-z0-9_]/g, "\\$&");
}
