import { kindInfo, type QuestionKind } from "../language/index.js";
import { kendallTau } from "./kendallTau.js";
import type { Figures } from "./RewardMetrics.js";
import { type Figure, leastSquares, meanOf, medianOf, pearson, spearman } from "./statistics.js";

/** Nearer than this counts as contact, metres. */
const CONTACT_M = 0.03;

/**
 * How well measured values agree with true ones: index i of both speaks of the same image, NaN
 * where there is no value. Only images with both count; `of` is the number of images.
 *
 * | figure | of quantities |
 * |---|---|
 * | mae, median_error | mean and median of \|measured − true\|, m |
 * | bias_slope, bias_intercept | least squares, measured ≈ slope · true + intercept (m); ideal 1 and 0 |
 * | pearson, spearman, kendall | r, rho on mid-ranks, tau-b; undefined where a side is constant |
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
    if (Number.isNaN(measured[i]!) || Number.isNaN(truth[i]!)) continue;
    x.push(truth[i]!);
    y.push(measured[i]!);
  }
  const figure = (value: number | undefined, n = x.length): Figure => ({
    value,
    n,
    of: measured.length,
  });

  if (kindInfo(kind).shape !== "quantity") {
    return { accuracy: figure(meanOf(x.map((t, i) => (t >= 0.5 === y[i]! >= 0.5 ? 1 : 0)))) };
  }
  const errors = x.map((t, i) => Math.abs(y[i]! - t));
  const line = leastSquares(x, y);
  // Relative error has no meaning at a truth of zero.
  const ratios = x.flatMap((t, i) => (t === 0 ? [] : [y[i]! / t]));
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
  const touching = y.filter((_, i) => x[i]! < CONTACT_M);
  return { ...figures, floor_at_contact: figure(meanOf(touching), touching.length) };
}
