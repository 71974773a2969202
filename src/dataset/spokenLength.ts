import { METRES_IN, type Random } from "../base/index.js";

export interface SpeechOptions {
  /** Say lengths as people do; else in metres with millimetres. */
  readonly human: boolean;
  /** Share of lengths said in inches and feet, 0..1. */
  readonly imperialShare: number;
}

const { in: INCH_M, ft: FOOT_M } = METRES_IN;

/**
 * Rounding may change a length by this much, as a part of it: SpatialVLM says 0.86 m as "1 meter"
 * three times in four.
 */
const ROUGH = 0.17;
/** … where the length is said with care. */
const CAREFUL = 0.07;

/**
 * A length (metres, 0 or more) as a person would say it. The tree, with the shares of its
 * branches; each branch that would round by more than 17 % (careful: 7 %) gives way to the finer
 * one after it:
 *
 * | system | length | said as |
 * |---|---|---|
 * | metric | 0.7 m and more | 60 % rough: whole metres, half metres; else tenths of a metre (60 %) or whole centimetres |
 * | | 10 cm to 0.7 m | 45 % rough: tens of centimetres, else fives; 55 % whole centimetres |
 * | | 2 to 10 cm | 75 % whole centimetres, 25 % halves of one |
 * | | below 2 cm | millimetres |
 * | imperial | 2 ft and more | 60 % rough: whole feet, half feet; else feet and inches |
 * | | 3 inches to 2 ft | 25 % "a foot" where that is near enough; else whole inches |
 * | | below 3 inches | halves, quarters, tenths of an inch |
 */
export function spokenLength(valueM: number, random: Random, options: SpeechOptions): string {
  // Drawn always, so that one choice does not shift the ones after it.
  const [system, care, detail] = [random.next(), random.next(), random.next()];
  if (!options.human) return `${valueM.toFixed(3)} m`;
  return system < options.imperialShare
    ? imperial(valueM, care, detail)
    : metric(valueM, care, detail);
}

function metric(valueM: number, care: number, detail: number): string {
  const cm = valueM * 100;
  if (valueM < 0.0005) return "0 cm";
  if (valueM >= 0.7) {
    if (care < 0.6) {
      for (const step of [1, 0.5]) {
        const said = near(valueM, step, ROUGH);
        if (said !== undefined) return meters(said);
      }
    }
    const tenths = detail < 0.6 ? near(valueM, 0.1, CAREFUL) : undefined;
    return tenths === undefined ? `${Math.round(cm)} cm` : meters(tenths);
  }
  if (cm >= 10) {
    if (care < 0.45) {
      for (const step of detail < 0.5 ? [10, 5] : [5]) {
        const said = near(cm, step, ROUGH);
        if (said !== undefined) return centimeters(said, detail);
      }
    }
    return centimeters(Math.round(cm), detail);
  }
  if (cm >= 2) {
    const said = care < 0.75 ? near(cm, 1, ROUGH) : undefined;
    return centimeters(said ?? Math.round(2 * cm) / 2, detail);
  }
  return `${Math.max(1, Math.round(10 * cm))} mm`;
}

function imperial(valueM: number, care: number, detail: number): string {
  const inches = valueM / INCH_M;
  const feet = valueM / FOOT_M;
  if (valueM < 0.0005) return "0 inches";
  if (feet >= 2) {
    if (care < 0.6) {
      for (const step of [1, 0.5]) {
        const said = near(feet, step, ROUGH);
        if (said !== undefined) return `${plain(said)} feet`;
      }
    }
    const whole = Math.floor(Math.round(inches) / 12);
    const rest = Math.round(inches) - 12 * whole;
    return rest === 0 ? `${whole} feet` : `${whole} feet ${rest} ${rest === 1 ? "inch" : "inches"}`;
  }
  if (inches >= 3) {
    if (care < 0.25 && Math.abs(feet - 1) <= CAREFUL) return detail < 0.5 ? "1 foot" : "a foot";
    return `${Math.round(inches)} inches`;
  }
  for (const step of [0.5, 0.25]) {
    const said = near(inches, step, ROUGH);
    if (said !== undefined) return said === 1 ? "1 inch" : `${plain(said)} inches`;
  }
  return `${Math.max(0.1, Math.round(10 * inches) / 10)} inches`;
}

/** The value in whole steps, where that is near enough and not 0. */
function near(value: number, step: number, tolerance: number): number | undefined {
  const rounded = Math.round(value / step) * step;
  return rounded > 0 && Math.abs(rounded - value) <= tolerance * value ? rounded : undefined;
}

function meters(value: number): string {
  return `${plain(value)} ${value === 1 ? "meter" : "meters"}`;
}

function centimeters(value: number, detail: number): string {
  return `${plain(value)} ${detail < 0.7 ? "cm" : value === 1 ? "centimeter" : "centimeters"}`;
}

function plain(value: number): string {
  return String(Number(value.toFixed(2)));
}
