/** A compiled part of an expression. */
export type Run = (values: Readonly<Record<string, number>>) => number;

type Combine = (left: Run, right: Run) => Run;

/** Arithmetic, as the syntax tree names it. */
export const ARITHMETIC: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["+", (l, r) => (v) => l(v) + r(v)],
  ["-", (l, r) => (v) => l(v) - r(v)],
  ["+%", (l, r) => (v) => more(l(v), r(v))],
  ["-%", (l, r) => (v) => more(l(v), -r(v))],
  ["*", (l, r) => (v) => l(v) * r(v)],
  ["/", (l, r) => (v) => l(v) / r(v)],
  ["^", (l, r) => (v) => l(v) ** r(v)],
  ["%", (l, r) => (v) => modulo(l(v), r(v))],
  ["mod", (l, r) => (v) => modulo(l(v), r(v))],
]);

type Holds = (a: number, b: number) => boolean;

/** Whether two numbers compare so. */
export const COMPARISONS = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
} satisfies Readonly<Record<string, Holds>>;

export type Comparison = keyof typeof COMPARISONS;

/** Kleene's three-valued logic on 1, 0 and NaN. */
export const LOGIC: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ["and", (l, r) => (v) => and(l(v), r(v))],
  ["or", (l, r) => (v) => or(l(v), r(v))],
  ["xor", (l, r) => (v) => Math.abs(l(v) - r(v))],
]);

/**
 * `a < b`, `a < b <= c`: 1, 0, or NaN where a side that matters is NaN: what cannot be told is
 * neither true nor false. Each side is computed once.
 */
export function chain(first: Run, links: readonly { holds: Holds; run: Run }[]): Run {
  return (v) => {
    let a = first(v);
    let all = 1;
    for (const { holds, run } of links) {
      const b = run(v);
      all = and(all, Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : holds(a, b) ? 1 : 0);
      a = b;
    }
    return all;
  };
}

export function not(inner: Run): Run {
  return (v) => 1 - inner(v);
}

export function negate(inner: Run): Run {
  return (v) => -inner(v);
}

/** NaN where the condition cannot be told. */
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

function and(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function or(a: number, b: number): number {
  return a === 1 || b === 1 ? 1 : a + b;
}

/** A share more of a value. */
function more(value: number, share: number): number {
  return value + value * share;
}

/** The sign of the divisor, as Python has it. */
function modulo(a: number, b: number): number {
  return a - b * Math.floor(a / b);
}
