import { itemAt } from "../base/index.js";
import { kindInfo, type QuantityKind, type Reliability } from "../language/index.js";

/**
 * What a model says of a length, as a function of the truth, on the median: said = floorM +
 * softnessM · ln(1 + exp((slope·true + offsetM − floorM) / softnessM)), a line that bends into a
 * floor. Without `floorM` there is no floor. Signed kinds have none: for them the line alone.
 */
export interface SaidCurve {
  /** Greater than 0. */
  readonly slope: number;
  readonly offsetM: number;
  readonly floorM?: number;
  /**
   * Points of the curve where data allow more than a line (isotonic regression): both columns
   * ascend, at least 2. They replace the line, which continues beyond their ends.
   */
  readonly knots?: readonly { readonly trueM: number; readonly saidM: number }[];
}

/** What was learnt of a model's answers of one kind of length. */
export interface LengthCalibration {
  readonly curve: SaidCurve;
  /** Of what is said about the curve: relative to the curve's value; and wild answers. */
  readonly spread: Reliability;
  /** Correlation time (1/e) of neighbouring errors, s; 0: errors are independent. */
  readonly correlationS: number;
  /**
   * Factors of sigma that hold the truth with 68 % and 95 % on recordings left out (split
   * conformal prediction); 1 and 2 where errors are normal.
   */
  readonly conformal: { readonly factor68: number; readonly factor95: number };
  /** True lengths that the data cover, m. */
  readonly range: { readonly fromM: number; readonly toM: number };
  readonly curveSigma: CurveSigma;
}

/** How uncertain a curve itself is, standard deviations; 0 if exactly known. */
export interface CurveSigma {
  readonly relativeSlope: number;
  readonly offsetM: number;
  /** Of slope and offset; absent: 0. A line that is steeper lies lower elsewhere. */
  readonly correlation?: number;
  /** Absent: as of the offset. */
  readonly floorM?: number;
}

/** A model's calibration: of each kind of length that had enough data, and of all together. */
export interface Calibration {
  /** The id of the model as in its answers. */
  readonly model: string;
  readonly kinds: ReadonlyMap<QuantityKind, LengthCalibration>;
  /** For kinds with too few data of their own. */
  readonly pooled?: LengthCalibration;
  readonly provenance: CalibrationProvenance;
}

/** Where a calibration comes from. */
export interface CalibrationProvenance {
  /** Of the model and its prompt; answers of another are not to be calibrated with this. */
  readonly fingerprint: string;
  readonly task: string;
  readonly recordings: readonly string[];
  readonly episodes: number;
  readonly answers: number;
}

/** The estimate of a length from one answer only. */
export interface CalibratedLength {
  readonly valueM: number;
  readonly sigmaM: number;
  readonly wildShare: number;
  /** Half widths of the intervals that hold the truth with 68 % and 95 %, m. */
  readonly width68M: number;
  readonly width95M: number;
  /** Within the lengths that the calibration was made from. */
  readonly isInRange: boolean;
}

const SOFTNESS_M = 0.003;
/** So many of these above it, it adds less than a double holds. */
const NO_FLOOR = 40;
/** How much sigma grows for each range width that a length lies outside the range. */
const GROWTH_OUTSIDE = 3;
const GRID = 120;
/** Logarithms of a weight below the largest that does not count, and points that must count. */
const NEGLIGIBLE = 12;
const FINE = 60;
/** Sigmas from the nearest length that the curve gives. */
const BEYOND = 7.4;

/** The curve of a model that is taken at its word. */
export const AS_SAID: SaidCurve = { slope: 1, offsetM: 0 };

/** Whether lengths stay as they were said. */
function isAsSaid({ slope, offsetM, floorM, knots }: SaidCurve): boolean {
  return slope === 1 && offsetM === 0 && floorM === undefined && knots === undefined;
}

/** The calibration of a kind: its own, else that of all lengths together. */
export function calibrationOf(
  { kinds, pooled }: Calibration,
  kind: QuantityKind,
): LengthCalibration | undefined {
  return kinds.get(kind) ?? pooled;
}

/** What a model says of a true length on the median, m, and the derivative. */
export interface SaidLength {
  saidM: number;
  slope: number;
}

/**
 * What the model says of a true length on the median, m, and the derivative.
 *
 * @param said is filled in and returned: a fit asks a million times, and makes one
 */
export function saidOf(
  curve: SaidCurve,
  trueM: number,
  said: SaidLength = { saidM: 0, slope: 0 },
): SaidLength {
  const { knots, floorM } = curve;
  if (knots && knots.length > 0) setAlongKnots(said, knots, curve.slope, trueM);
  else {
    said.saidM = curve.slope * trueM + curve.offsetM;
    said.slope = curve.slope;
  }
  if (floorM === undefined) return said;
  const above = (said.saidM - floorM) / SOFTNESS_M;
  // Mostly nothing of the floor is left.
  if (above > NO_FLOOR) return said;
  // ln(1 + e^x) without overflow, and how it rises.
  const small = Math.exp(-Math.abs(above));
  const soft = Math.max(above, 0) + Math.log(1 + small);
  said.saidM = floorM + SOFTNESS_M * soft;
  said.slope *= (above > 0 ? 1 : small) / (1 + small);
  return said;
}

/** Standard deviation of `saidOf`, m: of the line above the floor, of the floor where that is said. */
export function curveSigmaAt(
  { curve, curveSigma }: Pick<LengthCalibration, "curve" | "curveSigma">,
  trueM: number,
): number {
  const { relativeSlope, offsetM, correlation = 0, floorM = offsetM } = curveSigma;
  const slopeM = relativeSlope * curve.slope * trueM;
  const line = slopeM ** 2 + offsetM ** 2 + 2 * correlation * slopeM * offsetM;
  if (curve.floorM === undefined || curve.knots) return Math.sqrt(line);
  const above = saidOf(curve, trueM).slope / curve.slope;
  return Math.sqrt(above ** 2 * line + ((1 - above) * floorM) ** 2);
}

function setAlongKnots(
  said: SaidLength,
  knots: NonNullable<SaidCurve["knots"]>,
  slope: number,
  trueM: number,
): void {
  const first = itemAt(knots, 0);
  let a = first;
  for (let i = 1; i < knots.length; i++) {
    const b = itemAt(knots, i);
    if (trueM >= a.trueM && trueM < b.trueM) {
      const rise = (b.saidM - a.saidM) / (b.trueM - a.trueM);
      said.saidM = a.saidM + rise * (trueM - a.trueM);
      said.slope = rise;
      return;
    }
    a = b;
  }
  const end = trueM < first.trueM ? first : a;
  said.saidM = end.saidM + slope * (trueM - end.trueM);
  said.slope = slope;
}

/**
 * The truth behind one answer: mean and standard deviation of the lengths that would make the
 * model say it (a flat prior over what the calibration covers and half as much again). At the
 * model's floor that is a wide interval, and the value its middle. A model that is taken at its word
 * keeps its lengths.
 *
 * @param ownSigmaM of a model whose sigma covers all of its error in this image, m: sigma is not
 *   below it. What was learnt is true of the model in general; a doubt is about this answer.
 * @returns undefined if the calibration knows neither the kind nor lengths in general
 */
export function calibrated(
  calibration: Calibration,
  kind: QuantityKind,
  saidM: number,
  ownSigmaM = 0,
): CalibratedLength | undefined {
  const length = calibrationOf(calibration, kind);
  if (!length) return undefined;
  const { curve, spread, conformal, range } = length;
  const widthM = Math.max(range.toM - range.fromM, 0.01);
  const toM = range.toM + 0.5 * widthM;
  const fromM = kindInfo(kind).signed ? range.fromM - 0.5 * widthM : 0;
  const top = saidOf(curve, toM).saidM;
  const found = posterior(length, saidM, fromM, toM);
  // Said far beyond all that the curve gives: the nearest end, as wide as the range.
  const meanM = found?.meanM ?? (saidM > top ? toM : fromM);
  const valueM = isAsSaid(curve) ? saidM : meanM;
  const outsideM = Math.max(range.fromM - valueM, valueM - range.toM, 0);
  const aboutM = Math.hypot(found?.sigmaM ?? widthM, valueM - meanM);
  const sigmaM = aboutM * (1 + (GROWTH_OUTSIDE * outsideM) / widthM);
  return {
    valueM,
    sigmaM: Math.max(sigmaM, ownSigmaM),
    wildShare: spread.wildShare,
    width68M: Math.max(conformal.factor68 * sigmaM, ownSigmaM),
    width95M: Math.max(conformal.factor95 * sigmaM, 2 * ownSigmaM),
    isInRange: outsideM === 0 && saidM <= top,
  };
}

/**
 * Mean and standard deviation of the true length, integrated over grids that become finer where
 * the weight is: a model may be a hundred times as exact as its range is wide. Undefined where
 * what was said lies beyond all that the curve gives.
 */
function posterior(
  length: LengthCalibration,
  saidM: number,
  fromM: number,
  toM: number,
): { readonly meanM: number; readonly sigmaM: number } | undefined {
  const { curve, spread } = length;
  const look = (trueM: number) => {
    const expected = saidOf(curve, trueM).saidM;
    const sigma = Math.hypot(
      spread.absoluteSigmaM,
      spread.relativeSigma * expected,
      curveSigmaAt(length, trueM),
    );
    const z = (saidM - expected) / sigma;
    return { trueM, z, ln: -0.5 * z * z - Math.log(sigma) };
  };
  let [low, high] = [fromM, toM];
  for (;;) {
    const stepM = (high - low) / GRID;
    const points = Array.from({ length: GRID + 1 }, (_, i) => look(low + i * stepM));
    const best = points.reduce((a, b) => (b.ln > a.ln ? b : a));
    const heavy = points.filter(({ ln }) => ln > best.ln - NEGLIGIBLE);
    const from = Math.max(low, (heavy[0] ?? best).trueM - stepM);
    const to = Math.min(high, (heavy.at(-1) ?? best).trueM + stepM);
    if (to - from < high - low - 2.5 * stepM && heavy.length < FINE) {
      [low, high] = [from, to];
      continue;
    }
    if (Math.abs(best.z) > BEYOND) return undefined;
    const weights = points.map(({ ln }) => Math.exp(ln - best.ln));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const meanM =
      points.reduce((total, { trueM }, i) => total + (weights[i] ?? 0) * trueM, 0) / sum;
    const square =
      points.reduce((total, { trueM }, i) => total + (weights[i] ?? 0) * (trueM - meanM) ** 2, 0) /
      sum;
    return { meanM, sigmaM: Math.hypot(Math.sqrt(square), stepM) };
  }
}
