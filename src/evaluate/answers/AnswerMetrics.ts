import type { RefusalReason } from "../../language/index.js";
import type { Figure } from "../statistics.js";

/** A figure with its 95 % bootstrap interval; without one where there are too few images. */
export interface IntervalFigure extends Figure {
  readonly interval?: readonly [low: number, high: number];
}

/** Figures by name; see docs/evaluation.md for each one's formula. */
export type IntervalFigures = Readonly<Record<string, IntervalFigure>>;

/** A range of lengths in metres and what was measured of the questions whose truth is in it. */
export interface BinMetrics {
  /** Part of the figures' keys: `10_20cm`. */
  readonly name: string;
  /** For the reader: "10–20 cm". */
  readonly label: string;
  readonly fromM: number;
  readonly toM: number;
  readonly figures: IntervalFigures;
}

/** How often the truth is within k of the model's own sigmas. */
export interface CalibrationPoint {
  readonly sigmas: number;
  /** What an honest normal sigma would give. */
  readonly expected: number;
  readonly inside: IntervalFigure;
}

/** How good one predictor is. */
export interface PredictorMetrics {
  /** The model's id, or the baseline's name. */
  readonly name: string;
  readonly role: "model" | "baseline";
  /** For the reader: what it is, or how it was fitted. */
  readonly note: string;
  /** Over all questions of all kinds that a figure has a meaning for. */
  readonly overall: IntervalFigures;
  /** By shape of answer (`quantity`, `yes_no`, `choice`, `class`), then by kind. */
  readonly groups: ReadonlyMap<string, IntervalFigures>;
  /** Of quantities, by the size of the truth. */
  readonly bySize: readonly BinMetrics[];
  /** Of quantities, by the objects' mean distance from the camera, where that is known. */
  readonly byRange: readonly BinMetrics[];
  readonly calibration: readonly CalibrationPoint[];
  /** Questions without a value, by group (`""`: all) and reason. */
  readonly refusals: ReadonlyMap<string, ReadonlyMap<RefusalReason, number>>;
}

/** How often a model contradicts itself; `probe` is `swap`, `unit`, `triangle` or `mirror`. */
export interface ProbeMetrics {
  readonly probe: string;
  readonly disagreement: IntervalFigure;
}

/** How good the answers of a model are, beside baselines on the same questions. */
export interface AnswerMetrics {
  /** The model first. */
  readonly predictors: readonly [PredictorMetrics, ...PredictorMetrics[]];
  readonly probes: readonly ProbeMetrics[];
  readonly rows: number;
  readonly images: number;
  /** Of the resampling behind the intervals. */
  readonly seed: number;
}
