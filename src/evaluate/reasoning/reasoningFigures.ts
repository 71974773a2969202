import { closestName } from "../../base/index.js";
import type { IntervalFigure } from "../answers/AnswerMetrics.js";
import { type FigureUnit, formatFigure, formatInterval } from "../answers/formatAnswers.js";
import { textTable } from "../formatMetrics.js";
import {
  brokenThresholds,
  type FailedThreshold,
  type Threshold,
  ThresholdError,
} from "../thresholds.js";
import type { ReasoningFigures, ReasoningMetrics } from "./ReasoningTally.js";

/** All figures by flat keys: `FIGURE` over all questions, `KIND.FIGURE`. */
export function reasoningFigures({
  overall,
  kinds,
}: ReasoningMetrics): Map<string, IntervalFigure> {
  const all = new Map(Object.entries(overall));
  for (const [kind, figures] of kinds) {
    for (const [name, figure] of Object.entries(figures)) all.set(`${kind}.${name}`, figure);
  }
  return all;
}

/**
 * The thresholds that do not hold; see `brokenThresholds`.
 *
 * @throws ThresholdError for a key that there is not
 */
export function failedReasoningThresholds(
  metrics: ReasoningMetrics,
  thresholds: readonly Threshold[],
): FailedThreshold[] {
  const figures = reasoningFigures(metrics);
  return brokenThresholds(figures, thresholds, ({ bound, key }) => {
    if (figures.has(key)) return [key];
    const near = closestName(key, figures.keys());
    throw new ThresholdError(
      `--${bound} ${key}: no such figure.${near ? ` Is it ${near}?` : ""} A key is FIGURE (all ` +
        `questions) or KIND.FIGURE. Figures: ${Object.keys(metrics.overall).join(", ")}. ` +
        `Kinds: ${[...metrics.kinds.keys()].join(", ")}`,
    );
  });
}

/**
 * The metrics as JSON: `{questions, scenes, seed, llm, vlm, figures: {KEY: {value, n, of, low,
 * high}}, unanswered: {ENDING: count}}`; null if there is no value or interval.
 */
export function reasoningDocument(metrics: ReasoningMetrics): Readonly<Record<string, unknown>> {
  const { questions, scenes, seed, reasoner, vlm, unanswered } = metrics;
  const figures = [...reasoningFigures(metrics)].map(([key, { value = null, n, of, interval }]) => [
    key,
    { value, n, of, low: interval?.[0] ?? null, high: interval?.[1] ?? null },
  ]);
  return {
    questions,
    scenes,
    seed,
    llm: reasoner,
    vlm,
    figures: Object.fromEntries(figures),
    unanswered: Object.fromEntries(unanswered),
  };
}

const HEAD = ["", "n/N", "right", "95 %", "right, of all", "95 %", "guessing", "doubted"];
const COSTS = ["turns", "questions", "refused", "tokens"];

/** The metrics as text for a terminal, all questions first. */
export function formatReasoning({ overall, kinds, unanswered }: ReasoningMetrics): string {
  const rows = [["all", overall] as const, ...kinds];
  const table = textTable([
    [...HEAD, ...COSTS],
    ...rows.map(([name, figures]) => line(name, figures)),
  ]);
  const endings = [...unanswered].map(([ending, n]) => `${ending} ${n}`).join(", ");
  return endings === "" ? table : `${table}\nWithout an answer: ${endings}\n`;
}

function line(name: string, figures: ReasoningFigures): string[] {
  const { answered, accuracy, accuracy_of_all: ofAll } = figures;
  const say = (key: keyof ReasoningFigures, unit: FigureUnit) =>
    formatFigure(figures[key].value, unit);
  const few = (key: keyof ReasoningFigures) =>
    figures[key].value?.toFixed(key === "tokens" ? 0 : 1) ?? "–";
  return [
    name,
    `${answered.n}/${answered.of}`,
    say("accuracy", "share"),
    formatInterval(accuracy, "share"),
    say("accuracy_of_all", "share"),
    formatInterval(ofAll, "share"),
    say("guessing", "share"),
    say("doubted", "share"),
    few("turns"),
    few("questions"),
    say("refused", "share"),
    few("tokens"),
  ];
}
