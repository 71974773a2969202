/** A compiled part of an expression. */
export type Run = (values: Readonly<Record<string, number>>) => number;

type Combine = (left: Run, right: Run) => Run;

/** Arithmetic by mathjs' names of the operators. */
export const ARITHMETIC: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["add", (l, r) => (v) => l(v) + r(v)],
  ["subtract", (l, r) => (v) => l(v) - r(v)],
  ["multiply", (l, r) => (v) => l(v) * r(v)],
  ["divide", (l, r) => (v) => l(v) / r(v)],
  ["pow", (l, r) => (v) => l(v) ** r(v)],
  ["mod", (l, r) => (v) => modulo(l(v), r(v))],
]);

/** 1, 0, or NaN if a side is NaN: unknown is neither true nor false. */
export const COMPARISONS: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["smaller", compare((a, b) => a < b)],
  ["smallerEq", compare((a, b) => a <= b)],
  ["larger", compare((a, b) => a > b)],
  ["largerEq", compare((a, b) => a >= b)],
  ["equal", compare((a, b) => a === b)],
  ["unequal", compare((a, b) => a !== b)],
]);

/** Kleene's three-valued logic on 1, 0 and NaN. */
export const LOGIC: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["and", all],
  ["or", (l, r) => (v) => or(l(v), r(v))],
  ["xor", (l, r) => (v) => Math.abs(l(v) - r(v))],
]);

export function all(left: Run, right: Run): Run {
  return (v) => and(left(v), right(v));
}

export function not(inner: Run): Run {
  return (v) => 1 - inner(v);
}

export function negate(inner: Run): Run {
  return (v) => -inner(v);
}

/** NaN if the condition is unknown. */
export function choose(condition: Run, yes: Run, no: Run): Run {
  return (v) => {
    const chosen = condition(v);
    return chosen === 1 ? yes(v) : chosen === 0 ? no(v) : Number.NaN;
  };
}

/** Calls without allocating for the usual one to three arguments. */
export function call(apply: (...args: number[]) => number, args: readonly Run[]): Run {
  const [a, b, c] = args;
  if (a && !b) return (v) => apply(a(v));
  if (a && b && !c) return (v) => apply(a(v), b(v));
  if (a && b && c && args.length === 3) return (v) => apply(a(v), b(v), c(v));
  return (v) => apply(...args.map((run) => run(v)));
}

function compare(holds: (a: number, b: number) => boolean): Combine {
  return (left, right) => (v) => {
    const a = left(v);
    const b = right(v);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
    return holds(a, b) ? 1 : 0;
  };
}

function and(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function or(a: number, b: number): number {
  return a === 1 || b === 1 ? 1 : a + b;
}

/** The sign of the divisor, as mathjs and Python have it. */
function modulo(a: number, b: number): number {
  return a - b * Math.floor(a / b);
}
