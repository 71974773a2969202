import type { MathNode } from "mathjs/number";
import { itemAt, valueAt } from "../base/index.js";
import { ExpressionError, type ExpressionProblem, suggestion } from "./ExpressionError.js";
import { CONSTANTS, FUNCTIONS } from "./names.js";
import {
  ARITHMETIC,
  all,
  COMPARISONS,
  call,
  choose,
  LOGIC,
  negate,
  not,
  type Run,
} from "./operators.js";
import {
  type Dimension,
  doubtfulSi,
  EXPRESSION_UNITS,
  findUnit,
  nounOf,
  unitProblem,
  type VariableKind,
} from "./units.js";

/** The nodes of mathjs' syntax tree that have a meaning here. */
type Node =
  | { readonly type: "ConstantNode"; readonly value: unknown }
  | { readonly type: "SymbolNode"; readonly name: string }
  | { readonly type: "ParenthesisNode"; readonly content: Node }
  | OperatorNode
  | { readonly type: "RelationalNode"; readonly conditionals: string[]; readonly params: Node[] }
  | {
      readonly type: "ConditionalNode";
      readonly condition: Node;
      readonly trueExpr: Node;
      readonly falseExpr: Node;
    }
  | { readonly type: "FunctionNode"; readonly fn: Node; readonly args: Node[] };

interface OperatorNode {
  readonly type: "OperatorNode";
  readonly op: string;
  readonly fn: string;
  readonly implicit: boolean;
  readonly args: Node[];
}

interface Part extends Measure {
  readonly run: Run;
  readonly isCondition: boolean;
}

/** What a part measures. */
interface Measure {
  /** Known for variables and numbers with a unit, and what only adds or compares such. */
  readonly dimension?: Dimension;
  /** The dimension was written as a unit: only such may accuse another of being wrong. */
  readonly explicit?: boolean;
  /** Of a number that is written without a unit. */
  readonly bare?: number;
}

/** Stands for what is wrong, so that the rest is still checked. */
const BROKEN: Part = { run: () => Number.NaN, isCondition: false };

const FORBIDDEN: Readonly<Record<string, string>> = {
  AssignmentNode: "an expression cannot assign; `==` compares",
  FunctionAssignmentNode: "an expression cannot define functions",
  AccessorNode: "an expression has no properties: a name has no dot",
  RangeNode: "an expression has no ranges",
  BlockNode: "an expression is one expression",
};

/**
 * Turns a syntax tree into closures, node by node, and lets nothing through that is not listed.
 * @throws ExpressionError with every problem found
 */
export function translate(
  tree: MathNode,
  text: string,
  variables: ReadonlyMap<string, VariableKind>,
  wanted: "any" | "condition",
): {
  run: Run;
  names: readonly string[];
  kind: VariableKind;
  doubts: readonly ExpressionProblem[];
} {
  const translator = new Translator(text, variables);
  const { run, isCondition, dimension } = translator.translate(tree as unknown as Node);
  if (wanted === "condition" && !isCondition && translator.problems.length === 0) {
    translator.problem(
      `a condition compares, like \`${[...variables.keys()][0] ?? "x"} < 2 cm\`; this is a number`,
    );
  }
  if (translator.problems.length > 0) throw new ExpressionError(text, translator.problems);
  const isLengthOrTime = dimension === "m" || dimension === "s";
  const kind = isCondition ? "condition" : isLengthOrTime ? dimension : "1";
  return { run, names: [...translator.names], kind, doubts: translator.doubts };
}

class Translator {
  readonly problems: ExpressionProblem[] = [];
  readonly doubts: ExpressionProblem[] = [];
  readonly names = new Set<string>();
  readonly #text: string;
  readonly #variables: ReadonlyMap<string, VariableKind>;

  constructor(text: string, variables: ReadonlyMap<string, VariableKind>) {
    this.#text = text;
    this.#variables = variables;
  }

  /** Notes what is wrong at a word of the text, or with the text as a whole; each problem once. */
  problem(message: string, word?: string): Part {
    this.#note(this.problems, message, word);
    return BROKEN;
  }

  #note(noted: ExpressionProblem[], message: string, word: string | undefined): void {
    const pattern = word && new RegExp(`(?<![A-Za-z0-9_])${escaped(word)}(?![A-Za-z0-9_])`);
    const found = pattern ? pattern.exec(this.#text) : null;
    const place = found
      ? { offset: found.index, length: found[0].length }
      : { offset: 0, length: this.#text.length };
    if (!noted.some((known) => known.message === message)) noted.push({ message, ...place });
  }

  translate(node: Node): Part {
    switch (node.type) {
      case "ConstantNode":
        return this.#constant(node.value);
      case "SymbolNode":
        return this.#symbol(node.name);
      case "ParenthesisNode":
        return this.translate(node.content);
      case "OperatorNode":
        return this.#operator(node);
      case "RelationalNode":
        return this.#chain(node.params, node.conditionals);
      case "ConditionalNode": {
        const condition = this.#condition(node.condition, "?");
        const yes = this.translate(node.trueExpr);
        const no = this.translate(node.falseExpr);
        return {
          run: choose(condition, yes.run, no.run),
          isCondition: yes.isCondition && no.isCondition,
          // `lift > 20 cm ? 10 : -reach`: a bonus is no length.
          ...this.#agree("be alternatives", dimensionOf(yes), dimensionOf(no)),
        };
      }
      case "FunctionNode":
        return this.#call(node.fn, node.args);
      default: {
        const { type } = node as { type: string };
        return this.problem(FORBIDDEN[type] ?? `an expression has no ${type.replace("Node", "")}`);
      }
    }
  }

  #constant(value: unknown): Part {
    if (typeof value === "boolean") {
      const truth = value ? 1 : 0;
      return { run: () => truth, isCondition: true };
    }
    if (typeof value === "number" && Number.isFinite(value)) {
      return { run: () => value, isCondition: false, bare: value };
    }
    return this.problem(
      `${String(value)} is not a number that an expression can use`,
      String(value),
    );
  }

  #symbol(name: string): Part {
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
    const called = FUNCTIONS.get(name);
    if (called) return this.problem(`"${name}" is a function: ${called.usage}`, name);
    if (EXPRESSION_UNITS.includes(name)) {
      return this.problem(`"${name}" is a unit and follows a number: \`2 ${name}\``, name);
    }
    const known = [...this.#variables.keys()];
    const near = suggestion(name, [...known, ...FUNCTIONS.keys(), ...CONSTANTS.keys()]);
    return this.problem(`unknown name "${name}"${near}${listed("known here", known)}`, name);
  }

  #operator(node: OperatorNode): Part {
    const { fn, op, args } = node;
    if (node.implicit) return this.#withUnit(itemAt(args, 0), itemAt(args, 1));
    if (fn === "not") return { run: not(this.#condition(itemAt(args, 0), op)), isCondition: true };
    if (fn === "unaryMinus" || fn === "unaryPlus") {
      const inner = this.translate(itemAt(args, 0));
      const run = fn === "unaryMinus" ? negate(inner.run) : inner.run;
      const bare = inner.bare === undefined ? {} : { bare: -inner.bare };
      return { ...inner, ...(fn === "unaryMinus" && bare), run, isCondition: false };
    }
    if (COMPARISONS.has(fn)) return this.#chain(args, [fn]);
    const logic = LOGIC.get(fn);
    if (logic) {
      const run = logic(this.#condition(itemAt(args, 0), op), this.#condition(itemAt(args, 1), op));
      return { run, isCondition: true };
    }
    const arithmetic = ARITHMETIC.get(fn);
    if (!arithmetic || args.length !== 2) {
      return this.problem(`an expression has no operator "${op}"`, op);
    }
    const left = this.translate(itemAt(args, 0));
    const right = this.translate(itemAt(args, 1));
    const sum = fn === "add" || fn === "subtract";
    if (fn === "divide")
      this.#doubt(left, right, left.dimension === "m" ? DOUBTFUL_DIVISOR_M : undefined);
    return {
      run: arithmetic(left.run, right.run),
      isCondition: false,
      ...(sum ? this.#agree(fn === "add" ? "be added" : "be subtracted", left, right) : {}),
    };
  }

  /** `2.5 cm`: the only product without `*`. */
  #withUnit(number: Node, unit: Node): Part {
    const negative = number.type === "OperatorNode" && number.fn === "unaryMinus";
    const literal = negative ? itemAt(number.args, 0) : number;
    if (literal.type !== "ConstantNode" || unit.type !== "SymbolNode") {
      this.translate(number);
      if (unit.type !== "SymbolNode" || this.#variables.has(unit.name)) this.translate(unit);
      return this.problem(
        "two values stand side by side: write `*` between them (a unit follows a number: `2.5 cm`)",
      );
    }
    if (this.#variables.has(unit.name)) {
      return this.problem(`write \`${String(literal.value)} * ${unit.name}\``, unit.name);
    }
    if (typeof literal.value !== "number") return this.#constant(literal.value);
    const known = findUnit(unit.name);
    if (!known) return this.problem(unitProblem(unit.name, ["m", "s"]), unit.name);
    const value = Number(literal.value) * known.scale * (negative ? -1 : 1);
    return { run: () => value, isCondition: false, dimension: known.dimension, explicit: true };
  }

  /** `a < b`, `a < b <= c`. */
  #chain(nodes: readonly Node[], comparisons: readonly string[]): Part {
    const parts = nodes.map((node) => this.translate(node));
    // Each part is computed once, though two links look at it: chains within chains stay linear.
    const told: number[] = [];
    const at = (i: number): Run => {
      return () => told[i] ?? Number.NaN;
    };
    const links = comparisons.map((fn, i) => {
      this.#agree("be compared", itemAt(parts, i), itemAt(parts, i + 1));
      const [left, right] =
        nodes.length > 2 ? [at(i), at(i + 1)] : [itemAt(parts, i).run, itemAt(parts, i + 1).run];
      return valueAt(COMPARISONS, fn)(left, right);
    });
    const hold = links.reduce(all);
    if (nodes.length === 2) return { run: hold, isCondition: true };
    const run: Run = (values) => {
      for (const [i, part] of parts.entries()) told[i] = part.run(values);
      return hold(values);
    };
    return { run, isCondition: true };
  }

  #condition(node: Node, operator: string): Run {
    const part = this.translate(node);
    if (!part.isCondition && part !== BROKEN) {
      this.problem(`"${operator}" joins conditions, like \`x < 2 cm\`, not numbers`, operator);
    }
    return part.run;
  }

  #call(callee: Node, nodes: readonly Node[]): Part {
    const args = nodes.map((node) => this.translate(node));
    if (callee.type !== "SymbolNode") return this.problem("only functions by name can be called");
    const { name } = callee;
    const found = FUNCTIONS.get(name);
    if (!found) {
      if (this.#variables.has(name)) {
        return this.problem(`"${name}" is not a function: write \`${name} * (…)\``, name);
      }
      const known = [...FUNCTIONS.keys()];
      const near = suggestion(name, [...known, ...this.#variables.keys()]);
      return this.problem(`unknown function "${name}"${near}${listed("functions", known)}`, name);
    }
    if (args.length < found.minArguments || args.length > found.maxArguments) {
      return this.problem(`${found.usage} is called with ${args.length} argument(s)`, name);
    }
    let common: Measure = {};
    if (found.keepsDimension) {
      for (const arg of args) common = this.#agree(`be arguments of one ${name}`, common, arg);
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

  /** A number without a unit, beside a length or a duration, that is hardly meant in metres or seconds. */
  #doubt({ dimension }: Measure, { bare }: Measure, from?: number): void {
    if (bare === undefined || dimension === undefined) return;
    const doubt = doubtfulSi(bare, dimension, from);
    if (doubt) this.#note(this.doubts, doubt, String(Math.abs(bare)));
  }

  /** The dimension of both; a length beside a duration is a mistake where a unit says so. */
  #agree(verb: string, left: Measure, right: Measure): Measure {
    this.#doubt(left, right);
    this.#doubt(right, left);
    const [a, b] = [left.dimension, right.dimension];
    if (a && b && a !== b && (left.explicit || right.explicit)) {
      this.problem(`unit error: ${nounOf(a)} and ${nounOf(b)} cannot ${verb}`);
    }
    return dimensionOf(left.dimension ? left : right);
  }
}

/** Smaller ones halve lengths and average them, m. */
const DOUBTFUL_DIVISOR_M = 10;

function dimensionOf({ dimension, explicit }: Measure): Measure {
  return dimension ? { dimension, explicit: explicit ?? false } : {};
}

function listed(title: string, names: readonly string[]): string {
  return names.length > 0 ? ` (${title}: ${names.join(", ")})` : "";
}

function escaped(word: string): string {
  return word.replace(/[^A-Za-z0-9_]/g, "\\$&");
}
