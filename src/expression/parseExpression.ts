import { ExpressionError } from "./ExpressionError.js";
import { COMPARISONS, type Comparison } from "./operators.js";
import { type Token, tokensOf } from "./tokens.js";

/** A syntax tree of the expression language. */
export type Node =
  | { readonly kind: "constant"; readonly value: Constant }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "group"; readonly inner: Node }
  | { readonly kind: "percent"; readonly inner: Node }
  | { readonly kind: "unary"; readonly op: "-" | "+" | "not"; readonly inner: Node }
  /** `+%` and `-%` are those of `a + 5 %`, which is 5 % of a more. */
  | { readonly kind: "binary"; readonly op: string; readonly left: Node; readonly right: Node }
  /** `a < b`, `a < b <= c`. */
  | { readonly kind: "chain"; readonly first: Node; readonly links: readonly Link[] }
  | { readonly kind: "choice"; readonly condition: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }
  /** Two values with no operator between them: `2.5 cm`. */
  | { readonly kind: "pair"; readonly first: Node; readonly second: Node };

/** Only finite numbers, true and false can be used. */
export type Constant = number | boolean | null | undefined;

interface Link {
  readonly op: Comparison;
  readonly side: Node;
}

const MAX_LENGTH = 1000;
const MAX_NESTING = 32;

/**
 * The syntax tree of a text. Operators, those that bind least first: `a ? b : c`, or, xor, and,
 * comparisons, + -, * / % mod, a unit after its number, a percent sign, signs and not, ^ (from the
 * right). Text that is long or deep enough to exhaust the stack is refused.
 * @throws ExpressionError with the first thing that is not of the language
 */
export function parseExpression(text: string): Node {
  if (text.length > MAX_LENGTH) {
    const message = `an expression has at most ${MAX_LENGTH} characters; this has ${text.length}`;
    throw syntaxError(text, message, 0);
  }
  const tokens = tokensOf(text);
  if (tokens.length === 1) throw syntaxError(text, "the expression is empty", 0);
  let depth = 0;
  for (const { text: sign, offset } of tokens) {
    if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    if (depth > MAX_NESTING) {
      throw syntaxError(text, `parentheses are nested deeper than ${MAX_NESTING}`, offset);
    }
  }
  return new Parser(text, tokens).whole();
}

function syntaxError(text: string, message: string, offset: number): ExpressionError {
  return new ExpressionError(text, [{ message, offset, length: 1 }]);
}

/** Words that stand for a constant. */
const VALUES: ReadonlyMap<string, Constant> = new Map<string, Constant>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
]);

/** Words that are operators, here or in other languages; `in` is also a unit. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set("and or xor not mod to in".split(" "));

const SUMS: ReadonlySet<string> = new Set(["+", "-"]);
const PRODUCTS: ReadonlySet<string> = new Set(["*", "/", "%", "mod"]);

/** What other languages have, where an expression ought to go on or end. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ...["!", "<<", ">>", ">>>", "??", ".*", "./", ".^", "to", "in"].map(
    (op) => [op, `an expression has no operator "${op}"`] as const,
  ),
  ["=", "an expression cannot assign; `==` compares"],
  [":", "an expression has no ranges"],
  [".", "an expression has no properties: a name has no dot"],
]);

/** Recursive descent: one method for each precedence. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.#end = { type: "end", text: "", offset: text.length };
  }

  whole(): Node {
    const node = this.#choice();
    const { type, text } = this.#peek();
    if (type === "end") return node;
    throw this.#unexpected(`Unexpected ${type === "sign" ? "operator" : "part"} "${text}"`);
  }

  #choice(): Node {
    const condition = this.#logic("or");
    if (!this.#take("?")) return condition;
    const yes = this.#choice();
    if (!this.#take(":")) {
      throw this.#unexpected("False part of conditional expression expected");
    }
    return { kind: "choice", condition, yes, no: this.#choice() };
  }

  #logic(op: "or" | "xor" | "and"): Node {
    let left = this.#logicSide(op);
    while (this.#take(op)) left = { kind: "binary", op, left, right: this.#logicSide(op) };
    return left;
  }

  #logicSide(op: "or" | "xor" | "and"): Node {
    return op === "and" ? this.#comparison() : this.#logic(op === "or" ? "xor" : "and");
  }

  #comparison(): Node {
    const first = this.#sum();
    const links: Link[] = [];
    for (let op = this.#comparing(); op !== undefined; op = this.#comparing()) {
      links.push({ op, side: this.#sum() });
    }
    return links.length === 0 ? first : { kind: "chain", first, links };
  }

  #comparing(): Comparison | undefined {
    const { text } = this.#peek();
    return isComparison(text) && this.#take(text) ? text : undefined;
  }

  #sum(): Node {
    let left = this.#product();
    while (SUMS.has(this.#peek().text)) {
      const sign = this.#next().text;
      const right = this.#product();
      const op = right.kind === "percent" ? `${sign}%` : sign;
      left = { kind: "binary", op, left, right };
    }
    return left;
  }

  #product(): Node {
    let left = this.#pair();
    while (PRODUCTS.has(this.#peek().text)) {
      left = { kind: "binary", op: this.#next().text, left, right: this.#pair() };
    }
    return left;
  }

  #pair(): Node {
    let first = this.#fraction();
    while (this.#startsValue() || (this.#peek().text === "in" && isLiteral(first))) {
      first = { kind: "pair", first, second: this.#fraction() };
    }
    return first;
  }

  /** In `1 / 2 cm`, whether 1 or a half has the unit is anyone's guess: the pair is refused later. */
  #fraction(): Node {
    const left = this.#percent();
    const isFraction =
      this.#peek().text === "/" && isLiteral(left) && this.#peek(1).type === "number";
    if (!isFraction || !(this.#startsName(2) || this.#peek(2).text === "in")) return left;
    return { kind: "binary", op: this.#next().text, left, right: this.#percent() };
  }

  /** A `%` with a value after it is the remainder of a division. */
  #percent(): Node {
    const inner = this.#unary();
    if (this.#peek().text !== "%") return inner;
    const { type, text } = this.#peek(1);
    if (type === "number" || type === "word" || text === "(" || SUMS.has(text)) return inner;
    this.#next();
    return { kind: "percent", inner };
  }

  #unary(): Node {
    for (const op of ["-", "+", "not"] as const) {
      if (this.#take(op)) return { kind: "unary", op, inner: this.#unary() };
    }
    const left = this.#value();
    return this.#take("^") ? { kind: "binary", op: "^", left, right: this.#unary() } : left;
  }

  #value(): Node {
    const { type, text } = this.#peek();
    if (type === "number") return { kind: "constant", value: Number(this.#next().text) };
    if (type === "word") {
      this.#next();
      if (VALUES.has(text)) return { kind: "constant", value: VALUES.get(text) };
      return this.#take("(") ? this.#call(text) : { kind: "name", name: text };
    }
    if (!this.#take("(")) {
      throw this.#unexpected(type === "end" ? "Unexpected end of expression" : "Value expected");
    }
    const inner = this.#choice();
    this.#close();
    return { kind: "group", inner };
  }

  #call(name: string): Node {
    const args: Node[] = [];
    if (this.#peek().text !== ")") {
      do args.push(this.#choice());
      while (this.#take(","));
    }
    this.#close();
    if (this.#peek().text === "=") throw this.#error("an expression cannot define functions");
    return { kind: "call", name, args };
  }

  #close(): void {
    if (!this.#take(")")) throw this.#unexpected("Parenthesis ) expected");
  }

  /** Whether the next token begins a value that can stand after another one. */
  #startsValue(): boolean {
    return this.#peek().type === "number" || this.#startsName(0);
  }

  #startsName(ahead: number): boolean {
    const { type, text } = this.#peek(ahead);
    return text === "(" || (type === "word" && !OPERATOR_WORDS.has(text));
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? this.#end;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #take(text: string): boolean {
    const isNext = this.#peek().text === text;
    if (isNext) this.#at += 1;
    return isNext;
  }

  /** What is wrong with the next token: that it is of another language, or `otherwise`. */
  #unexpected(otherwise: string): ExpressionError {
    return this.#error(FOREIGN.get(this.#peek().text) ?? `not an expression: ${otherwise}`);
  }

  #error(message: string): ExpressionError {
    return syntaxError(this.#text, message, this.#peek().offset);
  }
}

function isComparison(text: string): text is Comparison {
  return Object.hasOwn(COMPARISONS, text);
}

/** A number as it is written, with its sign. */
function isLiteral(node: Node): boolean {
  return (
    node.kind === "constant" ||
    (node.kind === "unary" && node.op !== "not" && node.inner.kind === "constant")
  );
}
