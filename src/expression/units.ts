import { METRES_IN, UserError } from "../base/index.js";
import { suggestion } from "./ExpressionError.js";

/** What a variable is: a length, a duration, a plain number, or a condition that is 0 or 1. */
export type VariableKind = "m" | "s" | "1" | "condition";

/** What a number can be: metres, seconds, metres per second squared. */
export type Dimension = "m" | "s" | "m/s^2";

interface Unit {
  readonly dimension: Dimension;
  /** SI units in one of it. */
  readonly scale: number;
}

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...scales("m", {
    um: METRES_IN.um,
    mm: METRES_IN.mm,
    cm: METRES_IN.cm,
    dm: METRES_IN.dm,
    m: METRES_IN.m,
    km: METRES_IN.km,
    in: METRES_IN.in,
    inch: METRES_IN.in,
    inches: METRES_IN.in,
    ft: METRES_IN.ft,
    foot: METRES_IN.ft,
    feet: METRES_IN.ft,
    yd: METRES_IN.yd,
  }),
  ...scales("s", { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, sec: 1, min: 60, h: 3600 }),
  ...scales("m/s^2", { "m/s^2": 1, "m/s²": 1, "cm/s^2": 1e-2, "cm/s²": 1e-2, "mm/s^2": 1e-3 }),
]);

/** Units that people write by mistake, so that the message can say what they measure. */
const FOREIGN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mass: "mg g kg t lb lbs oz kilogram kilograms",
    force: "N kN lbf newton newtons",
    angle: "deg degree degrees rad radian radians",
    frequency: "Hz kHz MHz fps",
    speed: "m/s cm/s km/h mph",
    "picture size": "px pixel pixels",
    temperature: "K degC degF celsius",
    electricity: "V A W mA",
    share: "%",
  }).flatMap(([what, names]) => names.split(" ").map((name) => [name, what] as const)),
);

const NOUNS: Readonly<Record<Dimension, string>> = {
  m: "a length",
  s: "a duration",
  "m/s^2": "an acceleration",
};

const EXAMPLES: Readonly<Record<Dimension, string>> = {
  m: "`2.5 cm`, or 0.025 for metres",
  s: "`500 ms`, or 0.5 for seconds",
  "m/s^2": "`1.5 m/s^2`, or 1.5",
};

/** A number with a wrong unit, or something that is not a number. */
export class QuantityError extends UserError {
  override readonly code = "expression.quantity";
}

/** The unit of that name; undefined for names that are not a length, duration or acceleration. */
export function findUnit(name: string): Unit | undefined {
  return UNITS.get(name);
}

/** The names of the units that a number inside an expression may carry. */
export const EXPRESSION_UNITS: readonly string[] = [...UNITS.keys()].filter(
  (name) => !name.includes("/"),
);

/** "a length", "a duration". */
export function nounOf(dimension: Dimension): string {
  return NOUNS[dimension];
}

/** Says what is wrong with a unit where `wanted` is needed: `"kg" is a mass, not a length …`. */
export function unitProblem(name: string, wanted: readonly Dimension[]): string {
  const needed = wanted.map(nounOf).join(" or ");
  const known = findUnit(name);
  const what = known ? nounOf(known.dimension) : FOREIGN.has(name) && `a ${FOREIGN.get(name)}`;
  const examples = wanted.map((dimension) => EXAMPLES[dimension]).join("; ");
  if (what) return `"${name}" measures ${what}, but ${needed} is needed: ${examples}`;
  const fitting = [...UNITS].filter(([, unit]) => wanted.includes(unit.dimension));
  const near = suggestion(
    name,
    fitting.map(([unit]) => unit),
  );
  return `unknown unit "${name}"${near || `; ${needed} is needed: ${examples}`}`;
}

/** From here on a number without a unit is hardly meant in SI: no table is so wide, no episode so long. */
const DOUBTFUL_FROM: Readonly<Record<Dimension, number>> = { m: 2, s: 1000, "m/s^2": 100 };
const RATHER: Readonly<Record<Dimension, string>> = { m: "cm", s: "ms", "m/s^2": "cm/s^2" };

/**
 * What to ask of a number without a unit that is hardly meant in metres, seconds or m/s²; undefined if it
 * may be.
 *
 * @param from where doubt begins
 */
export function doubtfulSi(
  value: number,
  dimension: Dimension,
  from = DOUBTFUL_FROM[dimension],
): string | undefined {
  if (Math.abs(value) < from) return undefined;
  const [rather, meant] = [`${value} ${RATHER[dimension]}`, `${value} ${dimension}`];
  return `${value} has no unit, so it is ${meant}: write \`${rather}\` if that is meant, else \`${meant}\``;
}

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(\S*)$/i;

/**
 * A number of a file in SI units: a bare number is in SI already, a text carries its unit.
 *
 * @example parseQuantity("2.5 cm", "m") // 0.025
 * @throws QuantityError when the unit does not measure `dimension`, or there is no finite number.
 */
export function parseQuantity(value: unknown, dimension: Dimension): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const match = typeof value === "string" ? QUANTITY.exec(value.trim()) : null;
  if (!match) {
    const shown = typeof value === "string" ? `"${value}"` : String(value);
    throw new QuantityError(`${shown} is not ${nounOf(dimension)}: ${EXAMPLES[dimension]}`);
  }
  const [, number, name = ""] = match;
  const unit = name === "" ? { dimension, scale: 1 } : findUnit(name);
  if (unit?.dimension !== dimension) throw new QuantityError(unitProblem(name, [dimension]));
  return Number(number) * unit.scale;
}

function scales(dimension: Dimension, units: Readonly<Record<string, number>>) {
  return Object.entries(units).map(([name, scale]) => [name, { dimension, scale }] as const);
}
