import { escapeHtml } from "../../base/index.js";
import type {
  CalibrationFigure,
  CalibrationFigures,
  CalibrationResult,
  LeftOut,
} from "../../calibrate/index.js";
import { saidOf } from "../../estimate/index.js";
import { CHART, plane } from "../answers/answerCharts.js";
import { ANSWERS_STYLE } from "../answers/answersPageHtml.js";
import { axes, curve, dots, type Plot, type Tick } from "../chart.js";
import { card, htmlPage } from "../htmlPage.js";
import { THEMED } from "../palette.js";

export interface CalibrationPage {
  readonly title: string;
  readonly model: string;
  /** Where the truth came from: `tf`, `kinematics`, `rgbd`. */
  readonly truth: string;
  /** One line for each fact that a reader should know about the recordings. */
  readonly notes: readonly string[];
}

/** More dots than this are a blot. */
const MOST_DOTS = 1500;

/**
 * What a calibration does to a model's answers, on episodes that were left out of its fit: one
 * self-contained HTML page; the same input gives the same bytes.
 */
export function calibrationPageHtml(result: CalibrationResult, page: CalibrationPage): string {
  const { calibration, overall, figures, warnings, leftOut } = result;
  const { provenance } = calibration;
  const shown = thinned(leftOut);
  const body = [
    `<header><h1>${escapeHtml(page.title)}</h1><p class="about">model <b>${escapeHtml(page.model)}</b> · ` +
      `task <b>${escapeHtml(provenance.task)}</b> · truth from <b>${escapeHtml(page.truth)}</b> · ` +
      `<b>${provenance.answers}</b> answers of <b>${provenance.episodes}</b> episodes</p></header>`,
    listOf("Limits of the data", warnings),
    `<dl class="cards">${cards(overall)}</dl>`,
    `<p class="keys">${key("raw", "raw")}${key("measured", "calibrated, on episodes left out of the fit")}${key("truth", "the fitted curve, or no error")}</p>`,
    `<div class="plots charts">${plots(result, shown)}</div>`,
    `<h2>By kind of question</h2>${kindTable(overall, figures)}`,
    `<h2>Fitted curves</h2>${curveTable(result)}`,
    listOf("The recordings", page.notes),
    FOOTER,
  ];
  return htmlPage({
    title: page.title,
    body: body.filter((part) => part !== "").join("\n"),
    style: ANSWERS_STYLE,
  });
}

const FOOTER =
  "<footer>Intervals are 95 % percentile bootstrap intervals that resample episodes; none is given " +
  "for fewer than four episodes. Every figure and dot is from an answer whose episode was left out of " +
  "the fit that it was calibrated with. A calibrated value uses one answer only; " +
  "filtering over a whole episode improves it further.</footer>";

function cards({ rawErrorM, calibratedErrorM, within1Sigma, within2Sigma }: CalibrationFigures) {
  return [
    card("Mean error, raw", cm(rawErrorM.value), interval(rawErrorM, cm)),
    card("Mean error, calibrated", cm(calibratedErrorM.value), interval(calibratedErrorM, cm)),
    card("Truth within 1 sigma", share(within1Sigma.value), interval(within1Sigma, share)),
    card("Truth within 2 sigma", share(within2Sigma.value), interval(within2Sigma, share)),
  ].join("");
}

function plots({ calibration }: CalibrationResult, shown: readonly LeftOut[]): string {
  const trueM = shown.map(({ pair }) => pair.trueM);
  const saidM = shown.map(({ pair }) => pair.saidM);
  const valueM = shown.map((each) => each.valueM);
  const timesS = shown.map(({ pair }) => pair.timeS);
  const ends = (values: readonly number[]): [number, number] => {
    const [low, high] = [Math.min(0, ...values), Math.max(0.1, ...values)];
    return [low, low + 1.04 * (high - low)];
  };
  const all = ends([...trueM, ...saidM, ...valueM]);
  const square = (): Plot =>
    plane({
      ...CHART,
      palette: THEMED,
      x: { domain: ends(trueM), ticks: lengthTicks(ends(trueM)) },
      y: { domain: all, ticks: lengthTicks(all) },
    });
  const before = square();
  const diagonal = curve(before, ends(trueM), ends(trueM), THEMED.muted, 'stroke-dasharray="4 4"');
  const errors = ends([...saidM, ...valueM].map((x, i) => x - (trueM[i % trueM.length] ?? 0)));
  const errorsPlot = (x: readonly number[], ticks: readonly Tick[]): Plot =>
    plane({
      ...CHART,
      palette: THEMED,
      x: { domain: ends(x), ticks },
      y: { domain: errors, ticks: lengthTicks(errors) },
    });
  const errorOf = (values: readonly number[]) => values.map((value, i) => value - (trueM[i] ?? 0));
  const byLength = errorsPlot(trueM, lengthTicks(ends(trueM)));
  const byTime = errorsPlot(timesS, secondTicks(ends(timesS)));
  const errorDots = (plot: Plot, x: readonly number[]) =>
    axes(plot) +
    curve(plot, ends(x), [0, 0], THEMED.truth) +
    dots(plot, x, errorOf(saidM), THEMED.raw) +
    dots(plot, x, errorOf(valueM), THEMED.measured);
  return [
    plotHtml(
      "Answer against true length",
      "dashed: the truth; line: the fitted curve",
      axes(before) +
        diagonal +
        dots(before, trueM, saidM, THEMED.raw) +
        fittedCurves(before, calibration, ends(trueM)),
    ),
    plotHtml(
      "Calibrated against true length",
      "each answer on its own",
      axes(before) + diagonal + dots(before, trueM, valueM, THEMED.measured),
    ),
    plotHtml("Error by true length", "raw and calibrated", errorDots(byLength, trueM)),
    plotHtml("Error by time in the episode", "raw and calibrated", errorDots(byTime, timesS)),
  ].join("");
}

function fittedCurves(
  plot: Plot,
  { kinds, pooled }: CalibrationResult["calibration"],
  [low, high]: readonly [number, number],
): string {
  const lengths = kinds.size > 0 ? [...kinds.values()] : pooled ? [pooled] : [];
  return lengths
    .map(({ curve: fitted, range }) => {
      const steps = Array.from({ length: 61 }, (_, i) => low + ((high - low) * i) / 60).filter(
        (x) => x >= range.fromM - 1e-9 && x <= range.toM + 1e-9,
      );
      const said = steps.map((x) => saidOf(fitted, x).saidM);
      return curve(plot, steps, said, THEMED.truth, 'stroke-width="2.2"');
    })
    .join("");
}

function kindTable(overall: CalibrationFigures, figures: CalibrationResult["figures"]): string {
  const cell = (figure: CalibrationFigure, format: (x: number) => string) =>
    `<td>${format(figure.value)}<small>${interval(figure, format)}</small></td>`;
  const rows = [...figures, ["all", overall] as const].map(
    ([kind, each]) =>
      `<tr><th scope="row">${escapeHtml(kind.replaceAll("_", " "))}</th><td>${each.answers}</td>` +
      cell(each.rawErrorM, cm) +
      cell(each.calibratedErrorM, cm) +
      cell(each.within1Sigma, share) +
      cell(each.within2Sigma, share) +
      cell(each.within68, share) +
      `${cell(each.within95, share)}</tr>`,
  );
  const head = [
    "kind",
    "answers",
    "raw error",
    "calibrated",
    "in 1 σ",
    "in 2 σ",
    "in conformal 68 %",
    "in conformal 95 %",
  ];
  return tableHtml(head, rows);
}

function curveTable({ calibration: { kinds, pooled } }: CalibrationResult): string {
  const lengths = [...kinds, ...(pooled ? [["all", pooled] as const] : [])];
  const rows = lengths.map(([kind, { curve: fitted, spread, correlationS, range }]) => {
    const { slope, offsetM, floorM, knots } = fitted;
    const floor = floorM === undefined ? "" : `, not below ${cm(floorM)}`;
    const words = knots
      ? `a rising curve of ${knots.length} knots`
      : `${slope.toFixed(2)} × true ${offsetM < 0 ? "−" : "+"} ${cm(Math.abs(offsetM))}${floor}`;
    return (
      `<tr><th scope="row">${escapeHtml(kind.replaceAll("_", " "))}</th><td class="text">${words}</td>` +
      `<td>${share(spread.relativeSigma)} and ${cm(spread.absoluteSigmaM)}</td><td>${share(spread.wildShare)}</td>` +
      `<td>${correlationS === 0 ? "none" : `${correlationS.toFixed(1)} s`}</td>` +
      `<td>${cm(range.fromM)} to ${cm(range.toM)}</td></tr>`
    );
  });
  return tableHtml(
    ["kind", "curve", "scatter", "wild", "errors correlated for", "valid for"],
    rows,
  );
}

function tableHtml(head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((name) => `<th scope="col">${name}</th>`).join("");
  return `<div class="scroll"><table class="kinds"><thead><tr>${cells}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function listOf(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("");
  return `<h2>${title}</h2><ul>${items}</ul>`;
}

function plotHtml(title: string, note: string, body: string): string {
  return (
    `<figure><figcaption><b>${title}</b><span>${note}</span></figcaption>` +
    `<svg class="plot" viewBox="0 0 ${CHART.width} ${CHART.height}" role="img" aria-label="${title}">${body}</svg></figure>`
  );
}

function key(colour: "raw" | "measured" | "truth", name: string): string {
  return (
    `<span><svg viewBox="0 0 10 10" width="10" height="10"><circle cx="5" cy="5" r="4" fill="${THEMED[colour]}"/></svg>` +
    `${name}</span>`
  );
}

function thinned(leftOut: readonly LeftOut[]): readonly LeftOut[] {
  const step = Math.ceil(leftOut.length / MOST_DOTS);
  return step <= 1 ? leftOut : leftOut.filter((_, i) => i % step === 0);
}

function lengthTicks([low, high]: readonly [number, number]): Tick[] {
  return roundSteps(low, high).map((at) => ({ at, label: cm(at, 0) }));
}

function secondTicks([low, high]: readonly [number, number]): Tick[] {
  return roundSteps(low, high).map((at) => ({ at, label: `${Number(at.toFixed(3))} s` }));
}

function roundSteps(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((digit) => digit * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from(
    { length: Math.floor(high / step + 1e-9) - first + 1 },
    (_, i) => (first + i) * step,
  );
}

function cm(metres: number, digits = 1): string {
  const text = (100 * metres).toFixed(digits);
  return `${Number(text) === 0 ? (0).toFixed(digits) : text} cm`;
}

function share(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}

function interval(figure: CalibrationFigure, format: (x: number) => string): string {
  return figure.interval ? figure.interval.map((x) => format(x)).join(" … ") : "";
}
