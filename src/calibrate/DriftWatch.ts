import { secondsOf } from "../base/index.js";
import { type Calibration, calibrationOf, curveSigmaAt, saidOf } from "../estimate/index.js";
import type { QuantityKind } from "../language/index.js";

/** The answers are no longer those that the calibration was made from. */
export interface Drift {
  readonly measurement: string;
  /** The stamp of the first answer of the window that raised the alarm. */
  readonly sinceNs: bigint;
  /** In words, with the figure. */
  readonly reason: string;
}

/** An answer beside its truth, at run time. */
export interface WatchedAnswer {
  readonly measurement: string;
  readonly kind: QuantityKind;
  readonly stampNs: bigint;
  readonly saidM: number;
  readonly trueM: number;
  /** Of the truth; 0 where absent. */
  readonly trueSigmaM?: number;
}

/** Answers that err by themselves, over which the tests look back. */
const WINDOW = 40;
/** Two-sided sign test: P(≤ 6 or ≥ 34 of 40) = 8e-6 where the curve holds. */
const FEWEST_ABOVE = 7;
/** One answer in 20 lies outside of two standard deviations; and the wild ones. */
const OUTSIDE_SHARE = 0.05;
const FALSE_ALARM = 1e-4;
/** Answers closer together than this many correlation times count as one. */
const APART = 2;

interface Seen {
  readonly stampNs: bigint;
  readonly isAbove: boolean;
  readonly isOutside: boolean;
}

/**
 * Holds a model's answers against the truth while both are at hand: are as many above as below what
 * the calibration expects (a sign test: the curve has moved), and are as few far from it as it says
 * (a binomial test: the scatter has grown)? Each over a sliding window of 40 answers of one
 * measurement that err by themselves; each raises a false alarm in at most 1 of 10 000 windows.
 */
export class DriftWatch {
  readonly #calibration: Calibration;
  readonly #windows = new Map<string, Seen[]>();
  readonly #drifts = new Map<string, Drift>();
  readonly #first = new Map<string, Drift>();

  constructor(calibration: Calibration) {
    this.#calibration = calibration;
  }

  /** Those of now, one for each measurement at most. */
  get drifts(): readonly Drift[] {
    return [...this.#drifts.values()];
  }

  /** The first of each measurement, also where it has passed. */
  get firstDrifts(): readonly Drift[] {
    return [...this.#first.values()];
  }

  observe({ measurement, kind, stampNs, saidM, trueM, trueSigmaM = 0 }: WatchedAnswer): void {
    const length = calibrationOf(this.#calibration, kind);
    if (!length) return;
    const seen = this.#windows.get(measurement) ?? [];
    this.#windows.set(measurement, seen);
    const last = seen.at(-1);
    if (last && stampNs < last.stampNs) seen.length = 0;
    else if (last && secondsOf(stampNs - last.stampNs) < APART * length.correlationS) return;
    const { spread, curve } = length;
    const expected = saidOf(curve, trueM).saidM;
    // What the calibration itself does not know of the curve, and the truth of itself, is no drift.
    const playM = Math.hypot(curveSigmaAt(length, trueM), curve.slope * trueSigmaM);
    const sigma = Math.hypot(spread.absoluteSigmaM, spread.relativeSigma * expected, playM);
    const error = saidM - expected;
    const isNear = Math.abs(error) < playM;
    // Within the curve's own play an answer counts as above and below in turn.
    const isAbove = isNear ? !seen.at(-1)?.isAbove : error > 0;
    seen.push({ stampNs, isAbove, isOutside: Math.abs(error) > 2 * sigma });
    if (seen.length > WINDOW) seen.shift();
    if (seen.length < WINDOW) return;
    const reason = whatIsWrong(seen, spread.wildShare);
    const before = this.#drifts.get(measurement);
    if (reason === undefined) this.#drifts.delete(measurement);
    else {
      const sinceNs = before?.sinceNs ?? seen[0]?.stampNs ?? stampNs;
      const drift = { measurement, sinceNs, reason };
      this.#drifts.set(measurement, drift);
      if (!this.#first.has(measurement)) this.#first.set(measurement, drift);
    }
  }
}

function whatIsWrong(seen: readonly Seen[], wildShare: number): string | undefined {
  const above = seen.filter(({ isAbove }) => isAbove).length;
  const outside = seen.filter(({ isOutside }) => isOutside).length;
  if (above < FEWEST_ABOVE || above > WINDOW - FEWEST_ABOVE) {
    const [count, side] = above > WINDOW / 2 ? [above, "above"] : [WINDOW - above, "below"];
    return `${count} of the last ${WINDOW} answers lie ${side} what the calibration expects of the truth: calibrate again`;
  }
  const share = OUTSIDE_SHARE + wildShare;
  if (atLeast(outside, WINDOW, share) < FALSE_ALARM) {
    return `${outside} of the last ${WINDOW} answers lie more than two sigmas from what the calibration expects of the truth, and ${Math.round(share * WINDOW)} should: calibrate again`;
  }
  return undefined;
}

/** P(X ≥ k) of a binomial variable. */
function atLeast(k: number, n: number, p: number): number {
  let [term, sum] = [(1 - p) ** n, 0];
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += term;
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return sum;
}
