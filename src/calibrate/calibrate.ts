import { groups } from "d3-array";
import { UserError } from "../base/index.js";
import type { Calibration, CalibrationProvenance } from "../estimate/index.js";
import { kindInfo, type QuantityKind } from "../language/index.js";
import { assemble } from "./assemble.js";
import { type CalibrationFigures, factorsOf, figuresOf } from "./conformal.js";
import { foretellsBetter, madeWorse, strangersOf } from "./judgeLeftOut.js";
import { type LeftOut, leaveOut } from "./leaveOut.js";
import type { Pair } from "./Pair.js";
import { supportOf } from "./support.js";

/** There is nothing to calibrate with. */
export class CalibrationDataError extends UserError {
  override readonly code = "calibration.data";
}

export interface CalibrationResult {
  readonly calibration: Calibration;
  readonly leftOut: readonly LeftOut[];
  /** Of all answers, then by kind. */
  readonly overall: CalibrationFigures;
  readonly figures: ReadonlyMap<QuantityKind, CalibrationFigures>;
  /** Limits of the data, in words. */
  readonly warnings: readonly string[];
}

/**
 * Fits a calibration to what a model said and what was true, and says what it is worth on episodes
 * that were left out of the fit. Data that do not support it change little, and widen sigma.
 *
 * @throws CalibrationDataError if there is no answer with a truth
 */
export function calibrate(
  given: readonly Pair[],
  model: string,
  about: Omit<CalibrationProvenance, "episodes" | "answers">,
): CalibrationResult {
  if (given.length === 0) {
    throw new CalibrationDataError("no answer of the model has a known truth");
  }
  const first = leaveOut(given, model, about);
  const strangers = strangersOf(first.leftOut);
  const pairs = given.filter(({ episode }) => !strangers.has(episode));
  const { warnings, isWeak } = supportOf(pairs);
  const fit = strangers.size === 0 ? first : leaveOut(pairs, model, about);
  const worse = madeWorse(fit);
  const asSaid = new Map([...worse].filter(([key]) => !foretellsBetter(pairs, key, fit.fitted)));
  const { leftOut, fitted } = asSaid.size === 0 ? fit : leaveOut(pairs, model, about, asSaid);
  const unsigned = pairs.filter(({ kind }) => !kindInfo(kind).signed);
  const factors = factorsOf(leftOut, isWeak);
  const provenance = {
    ...about,
    episodes: new Set(pairs.map(({ episode }) => episode)).size,
    answers: pairs.length,
  };
  const calibration = assemble(fitted, isWeak, factors, model, provenance);
  const byKind = groups(leftOut, ({ pair }) => pair.kind);
  const poor = unsigned.length > 0 && fitted.pooled === undefined;
  return {
    calibration,
    leftOut,
    overall: figuresOf(leftOut, factors),
    figures: new Map(byKind.map(([kind, some]) => [kind, figuresOf(some, factors)] as const)),
    warnings: [
      ...[...strangers].map(
        ([name, sigmas]) =>
          `${name} is left out: its answers are ${sigmas.toFixed(1)} sigmas from the estimate of the other ` +
          "episodes. Was a different object grasped there?",
      ),
      ...warnings,
      ...[...worse].map(
        ([key, { saidM, calibratedM }]) =>
          `${key === "all" ? "lengths of all kinds together" : key}: on episodes left out, calibrated ` +
          `lengths are ${centimetres(calibratedM)} off and those that the model said ` +
          `${centimetres(saidM)}: ` +
          (asSaid.has(key)
            ? "they are used as they are said, and only sigma is learnt"
            : "a single answer gains nothing; the curve is kept because it foretells what is said " +
              "better than the truth itself, which fusion uses"),
      ),
      ...(poor
        ? [`${unsigned.length} answers are too few for a fit: they are used unchanged`]
        : []),
    ],
  };
}

function centimetres(lengthM: number): string {
  return `${(100 * lengthM).toFixed(lengthM < 0.001 ? 3 : 2)} cm`;
}
