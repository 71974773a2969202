import { textTable } from "../formatMetrics.js";
import type {
  AnswerMetrics,
  IntervalFigure,
  IntervalFigures,
  PredictorMetrics,
} from "./AnswerMetrics.js";

/** How a figure is written: shares as percent, lengths in centimetres. */
export type FigureUnit = "share" | "metres" | "square_metres" | "number";

export interface FigureColumn {
  readonly name: string;
  readonly title: string;
  readonly unit: FigureUnit;
}

export const QUANTITY_COLUMNS: readonly FigureColumn[] = [
  { name: "answered", title: "answered", unit: "share" },
  { name: "within_50_200", title: "50–200 %", unit: "share" },
  { name: "within_67_150", title: "67–150 %", unit: "share" },
  { name: "within_90_110", title: "90–110 %", unit: "share" },
  { name: "within_25", title: "±25 %", unit: "share" },
  { name: "delta_1_25", title: "δ ≤ 1.25", unit: "share" },
  { name: "abs_rel_error", title: "abs. rel.", unit: "share" },
  { name: "mra", title: "MRA", unit: "share" },
  { name: "mae", title: "MAE", unit: "metres" },
  { name: "mse", title: "MSE, m²", unit: "square_metres" },
  { name: "bias_slope", title: "slope", unit: "number" },
  { name: "bias_intercept", title: "intercept", unit: "metres" },
  { name: "within_1_sigma", title: "in 1σ", unit: "share" },
  { name: "within_2_sigma", title: "in 2σ", unit: "share" },
];

export const VERDICT_COLUMNS: readonly FigureColumn[] = [
  { name: "answered", title: "answered", unit: "share" },
  { name: "accuracy", title: "right", unit: "share" },
  { name: "accuracy_of_all", title: "right, of all", unit: "share" },
  { name: "first_said", title: "first said", unit: "share" },
  { name: "first_true", title: "first true", unit: "share" },
];

/** "94.1 %", "1.23 cm", "–" */
export function formatFigure(value: number | undefined, unit: FigureUnit): string {
  if (value === undefined) return "–";
  switch (unit) {
    case "share":
      return `${(100 * value).toFixed(1)} %`;
    case "metres":
      return `${(100 * value).toFixed(Math.abs(value) < 0.1 ? 2 : 1)} cm`;
    case "square_metres":
      return value < 0.001 ? value.toExponential(1) : value.toFixed(4);
    case "number":
      return value.toFixed(3);
  }
}

/** "[92.0, 96.3]" in the figure's unit; empty if there is none. */
export function formatInterval({ interval }: IntervalFigure, unit: FigureUnit): string {
  if (!interval) return "";
  const bare = interval.map((end) => formatFigure(end, unit).replace(/ (%|cm)$/, ""));
  return `[${bare.join(", ")}]`;
}

/** The groups of a predictor that have a figure, with that figure; shapes before kinds. */
export function groupsWith(
  { groups }: PredictorMetrics,
  name: string,
): (readonly [group: string, figures: IntervalFigures, figure: IntervalFigure])[] {
  return [...groups].flatMap(([group, figures]) => {
    const figure = figures[name];
    return figure === undefined ? [] : [[group, figures, figure] as const];
  });
}

/** The metrics as text for a terminal: predictors beside each other, then the model by kind. */
export function formatAnswers(metrics: AnswerMetrics): string {
  const [model] = metrics.predictors;
  const parts = [overallTable(metrics)];
  for (const [title, columns, mark] of [
    ["Lengths by kind", QUANTITY_COLUMNS, "mae"],
    ["Yes/no, choices and relations by kind", VERDICT_COLUMNS, "accuracy"],
  ] as const) {
    const rows = groupsWith(model, mark);
    if (rows.length === 0) continue;
    const head = ["", "n/N", ...columns.map((column) => column.title)];
    const lines = rows.map(([name, figures, { n, of }]) => [
      name,
      `${n}/${of}`,
      ...columns.map((column) => formatFigure(figures[column.name]?.value, column.unit)),
    ]);
    parts.push(`${title}\n${textTable([head, ...lines])}`);
  }
  const refusals = model.refusals.get("");
  if (refusals) {
    const list = [...refusals].sort(([, a], [, b]) => b - a).map(([reason, n]) => `${reason} ${n}`);
    parts.push(`Without a value: ${list.join(", ")}\n`);
  }
  if (metrics.probes.length > 0) {
    const lines = metrics.probes.map(({ probe, disagreement }) => [
      probe,
      formatFigure(disagreement.value, "share"),
      formatInterval(disagreement, "share"),
      counts(disagreement),
    ]);
    parts.push(`Disagreement with itself\n${textTable([["", "share", "95 %", "n/N"], ...lines])}`);
  }
  return parts.join("\n");
}

function overallTable({ predictors }: AnswerMetrics): string {
  const columns = [...QUANTITY_COLUMNS, ...VERDICT_COLUMNS.slice(1, 3)].filter(({ name }) =>
    predictors.some(({ overall }) => overall[name]),
  );
  const head = ["", "n/N", ...predictors.flatMap(({ name }) => [name, "95 %"])];
  const [model] = predictors;
  const lines = columns.map(({ name, unit }) => [
    name,
    model.overall[name] ? counts(model.overall[name]) : "",
    ...predictors.flatMap(({ overall }) =>
      overall[name]
        ? [formatFigure(overall[name].value, unit), formatInterval(overall[name], unit)]
        : ["–", ""],
    ),
  ]);
  return `All questions\n${textTable([head, ...lines])}`;
}

function counts({ n, of }: IntervalFigure): string {
  return `${n}/${of}`;
}
