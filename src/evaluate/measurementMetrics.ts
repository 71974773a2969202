import { itemAt, shuffled, valueAt } from "../base/index.js";
import { kindInfo, type QuestionKind } from "../language/index.js";
import type { MeasurementSeries } from "./EpisodeColumns.js";
import type { Figures, MeasurementMetrics } from "./RewardMetrics.js";
import {
  type Figure,
  kendallTau,
  leastSquares,
  meanOf,
  medianOf,
  pearson,
  spearman,
} from "./statistics.js";

/** `parts`: the same measurement of each episode, at least one. */
export function measurementMetrics(
  parts: readonly MeasurementSeries[],
  seed: number,
): MeasurementMetrics {
  const { name, kind, about } = itemAt(parts, 0);
  const measured = parts.flatMap((part) => [...part.measured]);
  const truth = parts.flatMap((part) => [...part.truth]);
  const reversed = parts.flatMap((part) => [...part.measured].reverse());
  const against = (values: readonly number[], other: readonly number[] = truth) =>
    agreement(kind, values, other);
  const wrong = wrongTarget(parts, (other) => against(measured, other));
  return {
    name,
    kind,
    about,
    answered: share(measured),
    known: share(truth),
    real: { ...against(measured), ...rawFigures(parts, truth), ...calibration(parts) },
    controls: {
      reversed: against(reversed),
      shuffled: against(shuffled(measured, seed)),
      wrongTarget: wrong.figures,
    },
    wrongTargetObject: wrong.object,
  };
}

function share(values: readonly number[]): Figure {
  const n = values.filter((value) => !Number.isNaN(value)).length;
  return { value: values.length === 0 ? undefined : n / values.length, n, of: values.length };
}

/** The model before the filter: shows what smoothing and the outlier gate add. */
function rawFigures(parts: readonly MeasurementSeries[], truth: readonly number[]): Figures {
  const raw = agreement(
    itemAt(parts, 0).kind,
    parts.flatMap((part) => [...part.raw]),
    truth,
  );
  const names = ["mae", "median_error", "spearman", "accuracy"];
  return Object.fromEntries(
    names.flatMap((name) => (raw[name] ? [[`raw_${name}`, raw[name]]] : [])),
  );
}

/** Share of the values whose truth is within two of their sigmas; 0.95 if sigma is honest and errors normal. */
function calibration(parts: readonly MeasurementSeries[]): Figures {
  if (kindInfo(itemAt(parts, 0).kind).shape !== "quantity") return {};
  let n = 0;
  let inside = 0;
  let of = 0;
  for (const { measured, sigma, truth } of parts) {
    of += measured.length;
    measured.forEach((value, i) => {
      const error = Math.abs(value - itemAt(truth, i));
      if (Number.isNaN(error) || Number.isNaN(itemAt(sigma, i))) return;
      n += 1;
      if (error <= 2 * itemAt(sigma, i)) inside += 1;
    });
  }
  return { within_2_sigma: { value: n === 0 ? undefined : inside / n, n, of } };
}

/** The hardest of the decoys: of those that every episode has, the one that correlates best. */
function wrongTarget(
  parts: readonly MeasurementSeries[],
  against: (truth: readonly number[]) => Figures,
): { readonly object: string; readonly figures: Figures } {
  let hardest = { object: "", figures: against(parts.flatMap((p) => noTruth(p.measured.length))) };
  let highest = Number.NEGATIVE_INFINITY;
  for (const object of itemAt(parts, 0).decoys.keys()) {
    if (!parts.every((part) => part.decoys.has(object))) continue;
    const figures = against(parts.flatMap((part) => [...valueAt(part.decoys, object)]));
    const score = (figures.spearman ?? figures.accuracy)?.value;
    if (score === undefined || score <= highest) continue;
    highest = score;
    hardest = { object, figures };
  }
  return hardest;
}

function noTruth(length: number): number[] {
  return new Array<number>(length).fill(Number.NaN);
}

/** Nearer than this counts as contact, metres. */
const CONTACT_M = 0.03;

/**
 * How well measured values agree with true ones: index i of both speaks of the same image, NaN if
 * there is no value. Only images with both count; `of` is the number of images.
 *
 * | figure | of quantities |
 * |---|---|
 * | mae, median_error | mean and median of \|measured − true\|, m |
 * | bias_slope, bias_intercept | least squares, measured ≈ slope · true + intercept (m); ideal 1 and 0 |
 * | pearson, spearman, kendall | r, rho on mid-ranks, tau-b; undefined if a side is constant |
 * | within_half_to_double | share of answers within 50..200 % of the truth (SpatialVLM, table 2) |
 * | floor_at_contact | distances: mean measured value where the truth is below 3 cm; ideal < 0.03 |
 *
 * Of yes/no, choice and classify kinds: `accuracy`.
 */
export function agreement(
  kind: QuestionKind,
  measured: ArrayLike<number>,
  truth: ArrayLike<number>,
): Figures {
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < measured.length; i++) {
    const [said, known] = [itemAt(measured, i), itemAt(truth, i)];
    if (Number.isNaN(said) || Number.isNaN(known)) continue;
    x.push(known);
    y.push(said);
  }
  const figure = (value: number | undefined, n = x.length): Figure => ({
    value,
    n,
    of: measured.length,
  });

  if (kindInfo(kind).shape !== "quantity") {
    return {
      accuracy: figure(meanOf(x.map((t, i) => (t >= 0.5 === itemAt(y, i) >= 0.5 ? 1 : 0)))),
    };
  }
  const errors = x.map((t, i) => Math.abs(itemAt(y, i) - t));
  const line = leastSquares(x, y);
  // Relative error has no meaning at a truth of zero.
  const ratios = x.flatMap((t, i) => (t === 0 ? [] : [itemAt(y, i) / t]));
  const figures = {
    mae: figure(meanOf(errors)),
    median_error: figure(medianOf(errors)),
    bias_slope: figure(line?.slope),
    bias_intercept: figure(line?.intercept),
    pearson: figure(pearson(x, y)),
    spearman: figure(spearman(x, y)),
    kendall: figure(kendallTau(x, y)),
    within_half_to_double: figure(
      meanOf(ratios.map((ratio) => (ratio >= 0.5 && ratio <= 2 ? 1 : 0))),
      ratios.length,
    ),
  };
  if (kind !== "distance" && kind !== "horizontal_distance") return figures;
  const touching = y.filter((_, i) => itemAt(x, i) < CONTACT_M);
  return { ...figures, floor_at_contact: figure(meanOf(touching), touching.length) };
}
