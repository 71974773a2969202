import { escapeHtml } from "../../base/index.js";
import {
  type AnswerMetrics,
  type AnswerRow,
  formatFigure,
  formatInterval,
  type ProbeOutcome,
  truthText,
} from "../../evaluate/index.js";
import { formatValue } from "../../language/index.js";
import { card, htmlPage } from "../htmlPage.js";
import { keyFrameSvg, type MarkedPicture } from "../KeyFrames.js";
import {
  CHART,
  calibrationChart,
  errorAgainstLength,
  predictorColour,
  type SampledPoints,
  saidAgainstTrue,
} from "./answerCharts.js";
import { kindTable, overallTable, refusalTable, table } from "./answerTables.js";

export interface ShownExample {
  readonly row: AnswerRow;
  readonly picture: MarkedPicture | undefined | "";
}

export interface AnswersPage {
  readonly title: string;
  readonly source: string;
  readonly model: string;
  readonly points: SampledPoints;
  readonly worst: readonly ShownExample[];
  readonly best: readonly ShownExample[];
  readonly contradictions: readonly ProbeOutcome[];
}

/** The report as one self-contained HTML page; the same input gives the same bytes. */
export function answersPageHtml(metrics: AnswerMetrics, page: AnswersPage): string {
  const { title, source, model, points } = page;
  const { predictors } = metrics;
  const lengths = kindTable(predictors, "quantity");
  const verdicts = kindTable(predictors, "verdict");
  const body = [
    `<header><h1>${escapeHtml(title)}</h1><p class="about">model <b>${escapeHtml(model)}</b> · ` +
      `source <b>${escapeHtml(source)}</b> · <b>${metrics.rows}</b> questions</p></header>`,
    `<dl class="cards">${cards(metrics)}</dl>`,
    keys(metrics),
    `<div class="plots charts">${plots(metrics, points)}</div>`,
    `<h2>All questions</h2>${overallTable(metrics)}`,
    lengths && `<h2>Lengths by kind</h2>${keys(metrics)}${lengths}`,
    verdicts && `<h2>Yes/no, choices and relations by kind</h2>${keys(metrics)}${verdicts}`,
    `<h2>Without a value</h2>${refusalTable(predictors[0])}`,
    consistency(metrics, page.contradictions),
    examples("Worst answers", page.worst),
    examples("Best lengths", page.best),
    footer(metrics),
  ];
  return htmlPage({ title, body: body.join("\n"), style: ANSWERS_STYLE });
}

const CARDS = [
  ["within_90_110", "Lengths within 90–110 %"],
  ["within_50_200", "Lengths within 50–200 %"],
  ["accuracy", "Right verdicts"],
  ["answered", "Questions answered"],
] as const;

function cards({ predictors }: AnswerMetrics): string {
  const [model, ...baselines] = predictors;
  return CARDS.flatMap(([name, title]) => {
    const figure = model.overall[name];
    if (!figure) return [];
    const others = baselines.flatMap(({ name: baseline, overall }) =>
      overall[name] ? `${escapeHtml(baseline)} ${formatFigure(overall[name].value, "share")}` : [],
    );
    const detail = [formatInterval(figure, "share"), ...others].filter((part) => part !== "");
    return card(title, formatFigure(figure.value, "share"), detail.join(" · "));
  }).join("");
}

function plots({ predictors }: AnswerMetrics, points: SampledPoints): string {
  const sampled =
    points.truthM.length < points.seen ? `${points.truthM.length} of ${points.seen} answers` : "";
  return [
    plotHtml(
      "Answer against true length",
      `bands: 50–200 %, 90–110 %; wrong signs left out${sampled && `; ${sampled}`}`,
      saidAgainstTrue(points),
    ),
    plotHtml(
      "Relative error by true length",
      "mean, 95 % interval",
      errorAgainstLength(predictors, ({ bySize }) => bySize),
    ),
    plotHtml(
      "Relative error by distance from the camera",
      "mean, 95 % interval",
      errorAgainstLength(predictors, ({ byRange }) => byRange),
    ),
    plotHtml(
      "Calibration: truths within k sigma",
      "dashed: an honest sigma",
      calibrationChart(predictors),
    ),
  ].join("");
}

function plotHtml(title: string, note: string, body: string): string {
  if (body === "") return "";
  return (
    `<figure><figcaption><b>${title}</b><span>${note}</span></figcaption>` +
    `<svg class="plot" viewBox="0 0 ${CHART.width} ${CHART.height}" role="img" aria-label="${title}">${body}</svg></figure>`
  );
}

/** Which colour is which predictor. */
function keys({ predictors }: AnswerMetrics): string {
  const entries = predictors.map(({ name, note }, i) => {
    const colour = predictorColour(i);
    return (
      `<span><svg viewBox="0 0 10 10" width="10" height="10"><circle cx="5" cy="5" r="4" fill="${colour}"/></svg>` +
      `${escapeHtml(name)} (${escapeHtml(note)})</span>`
    );
  });
  return `<p class="keys">${entries.join("")}</p>`;
}

const PROBE_WORDS: Readonly<Record<string, string>> = {
  swap: "A and B swapped",
  unit: "asked for inches",
  triangle: "triangle of three objects",
  mirror: "mirrored image",
};

function consistency({ probes }: AnswerMetrics, contradictions: readonly ProbeOutcome[]): string {
  if (probes.length === 0) return "";
  const rows = probes.map(
    ({ probe, disagreement }) =>
      `<tr><th scope="row">${PROBE_WORDS[probe] ?? escapeHtml(probe)}</th>` +
      `<td>${formatFigure(disagreement.value, "share")}<small>${formatInterval(disagreement, "share")}</small></td>` +
      `<td>${disagreement.n}/${disagreement.of}</td></tr>`,
  );
  const shown = contradictions.map(({ probe, exchanges }) => {
    const said = exchanges.map(
      ({ question, answer }) => `${escapeHtml(question)} <b>${escapeHtml(clipped(answer))}</b>`,
    );
    return `<tr><th scope="row">${PROBE_WORDS[probe] ?? ""}</th><td class="text">${said.join("<br>")}</td></tr>`;
  });
  return (
    `<h2>Disagreement with itself</h2>${table(["probe", "disagrees", "compared"], rows)}` +
    (shown.length > 0 ? `<h3>Some contradictions</h3>${table(["probe", "said"], shown)}` : "")
  );
}

function examples(title: string, shown: readonly ShownExample[]): string {
  if (shown.length === 0) return "";
  return `<h2>${title}</h2><div class="frames">${shown.map(exampleHtml).join("")}</div>`;
}

function exampleHtml({ row, picture }: ShownExample): string {
  const { question, truth, said, subject, object, kind } = row;
  const image = picture
    ? keyFrameSvg(picture, (name) => (name === row.objects?.[0] ? 0 : 1), 'role="img"')
    : "";
  const understood = said.value ? formatValue(said.value) : "";
  const words = clipped(said.text);
  const caption =
    `${escapeHtml(question)}<br>said <b>${escapeHtml(words)}</b>` +
    `${understood === "" || understood.startsWith(words) ? "" : ` (${escapeHtml(understood)})`}, ` +
    `true <b>${escapeHtml(truthText(truth, subject, object))}</b>` +
    `<br>${escapeHtml(`${kind.replaceAll("_", " ")} · ${row.id}`)}`;
  const style = image === "" ? ' class="words"' : "";
  return `<figure${style}>${image}<figcaption>${caption}</figcaption></figure>`;
}

/** Of long answers only the beginning is shown. */
function clipped(text: string): string {
  return text.length > 140 ? `${text.slice(0, 139)}…` : text;
}

function footer({ seed, images }: AnswerMetrics): string {
  return (
    "<footer>Intervals are 95 % percentile bootstrap intervals, resampling images rather than " +
    `questions (${images} groups, seed ${seed}); there are none where fewer than five groups speak. ` +
    "Relative figures leave out truths below 5 mm. Shares are of answered questions; n/N tells " +
    "of how many. “First” is yes, the subject, or a kind's first relation.</footer>"
  );
}

/** Beside the style of all reports. */
export const ANSWERS_STYLE = `
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:22px 16px;margin-top:20px}
.plots figure,.plots .plot{overflow:visible;min-width:0}
.bar{display:block;margin-top:3px}
.kinds th,.kinds td{padding-left:6px;padding-right:8px}
.kinds th:first-child{padding-left:0}
td small,dd small{color:var(--muted);font-size:11.5px;display:block}
.keys{color:var(--muted);font-size:12.5px;margin:6px 0 0;display:flex;flex-wrap:wrap;gap:2px 16px}
.keys span{display:inline-flex;align-items:center;gap:5px}
.frames .words{border:1px solid var(--grid);border-radius:6px;padding:10px 12px}
h3{font-size:14.5px;margin:26px 0 0}
`;
