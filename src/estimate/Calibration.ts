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
  /** How uncertain the curve itself is, standard deviations; 0 if exactly known. */
  readonly curveSigma: { readonly relativeSlope: number; readonly offsetM: number };
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

const SOFTNESS_M = 0.01;
/** How much sigma grows for each range width that a length lies outside the range. */
const GROWTH_OUTSIDE = 3;
const GRID = 120;

/** The calibration of a kind: its own, else that of all lengths together. */
export function calibrationOf(
  { kinds, pooled }: Calibration,
  kind: QuantityKind,
): LengthCalibration | undefined {
  return kinds.get(kind) ?? pooled;
}

/** What the model says of a true length on the median, m, and the derivative. */
export function saidOf(curve: SaidCurve, trueM: number): { saidM: number; slope: number } {
  const { knots } = curve;
  const line = knots ? alongKnots(knots, curve.slope, trueM) : undefined;
  const saidM = line?.saidM ?? curve.slope * trueM + curve.offsetM;
  const slope = line?.slope ?? curve.slope;
  if (curve.floorM === undefined) return { saidM, slope };
  const above = (saidM - curve.floorM) / SOFTNESS_M;
  // ln(1 + e^x) without overflow.
  const soft = Math.max(above, 0) + Math.log1p(Math.exp(-Math.abs(above)));
  return { saidM: curve.floorM + SOFTNESS_M * soft, slope: slope / (1 + Math.exp(-above)) };
}

function alongKnots(
  knots: NonNullable<SaidCurve["knots"]>,
  slope: number,
  trueM: number,
): { saidM: number; slope: number } | undefined {
  const [first, last] = [knots[0], knots.at(-1)];
  if (!first || !last) return undefined;
  const [a, b] = knots.flatMap((knot, i) => {
    const next = knots[i + 1];
    return next && trueM >= knot.trueM && trueM < next.trueM ? [knot, next] : [];
  });
  if (a && b) {
    const rise = (b.saidM - a.saidM) / (b.trueM - a.trueM);
    return { saidM: a.saidM + rise * (trueM - a.trueM), slope: rise };
  }
  const end = trueM < first.trueM ? first : last;
  return { saidM: end.saidM + slope * (trueM - end.trueM), slope };
}

/**
 * The truth behind one answer: mean and standard deviation of the lengths that would make the
 * model say it (a flat prior over what the calibration covers and half as much again). At the
 * model's floor that is a wide interval, and the value its middle.
 *
 * @returns undefined if the calibration knows neither the kind nor lengths in general
 */
export function calibrated(
  calibration: Calibration,
  kind: QuantityKind,
  saidM: number,
): CalibratedLength | undefined {
  const length = calibrationOf(calibration, kind);
  if (!length) return undefined;
  const { curve, spread, conformal, range, curveSigma } = length;
  const widthM = Math.max(range.toM - range.fromM, 0.01);
  const toM = range.toM + 0.5 * widthM;
  const fromM = kindInfo(kind).signed ? range.fromM - 0.5 * widthM : 0;
  let [sum, first, second] = [0, 0, 0];
  for (let i = 0; i <= GRID; i++) {
    const trueM = fromM + ((toM - fromM) * i) / GRID;
    const expected = saidOf(curve, trueM).saidM;
    const sigma = Math.hypot(
      spread.absoluteSigmaM,
      spread.relativeSigma * expected,
      curveSigma.relativeSlope * curve.slope * trueM,
      curveSigma.offsetM,
    );
    const weight = Math.exp(-0.5 * ((saidM - expected) / sigma) ** 2) / sigma;
    sum += weight;
    first += weight * trueM;
    second += weight * trueM ** 2;
  }
  // Said far beyond all that the curve gives: the nearest end, as wide as the range.
  const top = saidOf(curve, toM).saidM;
  const valueM = sum > 1e-12 ? first / sum : saidM > top ? toM : fromM;
  const spreadM = sum > 1e-12 ? Math.sqrt(Math.max(second / sum - valueM ** 2, 0)) : widthM;
  const outsideM = Math.max(range.fromM - valueM, valueM - range.toM, 0);
  const gridM = (toM - fromM) / GRID;
  const sigmaM = Math.hypot(spreadM, gridM) * (1 + (GROWTH_OUTSIDE * outsideM) / widthM);
  return {
    valueM,
    sigmaM,
    wildShare: spread.wildShare,
    width68M: conformal.factor68 * sigmaM,
    width95M: conformal.factor95 * sigmaM,
    isInRange: outsideM === 0 && saidM <= top,
  };
}
