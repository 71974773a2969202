import { escapeHtml } from "../../base/index.js";
import {
  type AnswerMetrics,
  type FigureColumn,
  formatFigure,
  formatInterval,
  groupsWith,
  type IntervalFigures,
  type PredictorMetrics,
  QUANTITY_COLUMNS,
  VERDICT_COLUMNS,
} from "../../evaluate/index.js";
import { intervalBar } from "./answerCharts.js";

/** What the tables by kind show of the figures; metrics.json has all of them. */
const SHOWN_OF_LENGTHS = [
  "within_50_200",
  "within_90_110",
  "abs_rel_error",
  "mra",
  "mae",
  "within_2_sigma",
];

/** All predictors side by side, over all questions. */
export function overallTable({ predictors }: AnswerMetrics): string {
  const columns = [...QUANTITY_COLUMNS, ...VERDICT_COLUMNS.slice(1)].filter(({ name }) =>
    predictors.some(({ overall }) => overall[name]),
  );
  const [model] = predictors;
  const rows = columns.map(({ name, title, unit }) => {
    const cells = predictors.map(({ overall }) => {
      const figure = overall[name];
      if (!figure) return "<td>–</td>";
      return `<td>${formatFigure(figure.value, unit)}<small>${interval(overall, { name, title, unit })}</small></td>`;
    });
    const figure = model.overall[name];
    const n = figure ? `${figure.n}/${figure.of}` : "";
    return `<tr><th scope="row">${escapeHtml(title)}</th><td>${n}</td>${cells.join("")}</tr>`;
  });
  const head = ["figure", "n/N", ...predictors.map(({ name }) => name)];
  return table(head, rows);
}

/** The model's figures by kind, with a picture of one of them beside the baselines'. */
export function kindTable(
  predictors: AnswerMetrics["predictors"],
  shape: "quantity" | "verdict",
): string {
  const [model] = predictors;
  const [mark, plotted] =
    shape === "quantity"
      ? (["mae", "within_90_110"] as const)
      : (["accuracy", "accuracy"] as const);
  const columns =
    shape === "quantity"
      ? QUANTITY_COLUMNS.filter(({ name }) => SHOWN_OF_LENGTHS.includes(name))
      : VERDICT_COLUMNS.slice(1);
  const groups = groupsWith(model, mark);
  if (groups.length === 0) return "";
  const rows = groups.map(([name, figures, { n, of }]) => {
    const cells = columns.map(
      (column) =>
        `<td>${formatFigure(figures[column.name]?.value, column.unit)}<small>${interval(figures, column)}</small></td>`,
    );
    const bar = intervalBar(predictors.map(({ groups }) => groups.get(name)?.[plotted]));
    return (
      `<tr><th scope="row">${escapeHtml(name.replaceAll("_", " "))}</th>` +
      `<td>${bar}</td><td>${n}/${of}</td>${cells.join("")}</tr>`
    );
  });
  const title = columns.find(({ name }) => name === plotted)?.title;
  const head = ["", `${title}, 0–100 %`, "n/N", ...columns.map((column) => column.title)];
  return `<div class="kinds">${table(head, rows)}</div>`;
}

/** Questions without a value, by kind and reason. */
export function refusalTable({ refusals }: PredictorMetrics): string {
  const all = refusals.get("");
  if (!all) return '<p class="about">Every question got a value.</p>';
  const reasons = [...all].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
  const rows = [...refusals]
    .sort(([a], [b]) => Number(b === "") - Number(a === ""))
    .map(([group, counts]) => {
      const cells = reasons.map((reason) => `<td>${counts.get(reason) ?? ""}</td>`).join("");
      return `<tr><th scope="row">${escapeHtml(group === "" ? "all" : group.replaceAll("_", " "))}</th>${cells}</tr>`;
    });
  return table(["", ...reasons.map((reason) => reason.replaceAll("_", " "))], rows);
}

export function table(head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join("");
  return `<div class="scroll"><table><thead><tr>${cells}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function interval(figures: IntervalFigures, { name, unit }: FigureColumn): string {
  const figure = figures[name];
  return figure ? formatInterval(figure, unit) : "";
}
