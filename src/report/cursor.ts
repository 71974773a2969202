import { itemAt } from "../base/index.js";
import { lengthText } from "../overlay/index.js";
import { MARGIN, thinned } from "./chart.js";
import type { EpisodeRecord, MeasurementRecord } from "./EpisodeRecord.js";

/** Images that the cursor can stop at. */
const MOST_STOPS = 1500;

/** What the page's script needs: where the cursor can be and what each panel says there. */
export interface CursorData {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  /** Time at `right`, s. */
  readonly end: number;
  readonly t: readonly number[];
  readonly say: Readonly<Record<string, readonly string[]>>;
}

export function cursorData(record: EpisodeRecord, width: number): CursorData {
  const stops = thinned(record.length, MOST_STOPS);
  const total = record.cumulativeReturn();
  const stageAt = (i: number) => record.stages.findLast(({ from }) => from <= i)?.stage ?? "";
  const say: Record<string, string[]> = {
    reward: stops.map((i) => number(itemAt(record.reward, i))),
    return: stops.map((i) => itemAt(total, i).toFixed(3)),
    progress: stops.map((i) => `${progressText(itemAt(record.progress, i))} · ${stageAt(i)}`),
  };
  for (const [m, measured] of record.measurements.entries()) {
    say[`m${m}`] = stops.map((i) => measurementText(measured, i));
  }
  return {
    width,
    left: MARGIN.left,
    right: width - MARGIN.right,
    end: record.timesS.at(-1) ?? 0,
    t: stops.map((i) => Math.round(itemAt(record.timesS, i) * 1e4) / 1e4),
    say,
  };
}

function measurementText(record: MeasurementRecord, i: number): string {
  const text = (v: number) => (record.unit === "m" ? lengthText(v) : v.toFixed(2));
  const [value, sigma] = [itemAt(record.value, i), itemAt(record.sigma, i)];
  const [raw, truth] = [itemAt(record.raw, i), itemAt(record.truth, i)];
  const spread =
    Number.isNaN(sigma) || record.unit !== "m" ? "" : ` ± ${(100 * sigma).toFixed(1)} cm`;
  return [
    Number.isNaN(value) ? "no value" : text(value) + spread,
    ...(Number.isNaN(raw) ? [] : [`answer ${text(raw)}`]),
    ...(Number.isNaN(truth) ? [] : [`true ${text(truth)}`]),
  ].join(" · ");
}

function progressText(value: number): string {
  return Number.isNaN(value) ? "no progress" : value.toFixed(3);
}

function number(value: number): string {
  return Number.isNaN(value) ? "no reward" : value.toFixed(4);
}

/**
 * The cursor of the report: pointer or arrow keys move one line through all charts of an episode,
 * and each chart shows its values there. Plain ES5-ish JavaScript; the report is complete without.
 */
export const PAGE_SCRIPT = `
document.querySelectorAll(".charts").forEach(function (charts) {
  var data = JSON.parse(charts.querySelector("script").textContent);
  var panels = [].map.call(charts.querySelectorAll("figure"), function (figure) {
    return { svg: figure.querySelector(".plot"), line: figure.querySelector(".cursor"), output: figure.querySelector("output"), id: figure.dataset.panel };
  });
  var at = -1;
  function show(i) {
    charts.classList.add("reading");
    at = Math.max(0, Math.min(data.t.length - 1, i));
    var x = data.left + (data.right - data.left) * (data.end ? data.t[at] / data.end : 0);
    panels.forEach(function (panel) {
      panel.line.setAttribute("x1", x);
      panel.line.setAttribute("x2", x);
      panel.line.style.visibility = "visible";
      panel.output.textContent = data.t[at].toFixed(2) + " s:  " + data.say[panel.id][at];
    });
  }
  function hide() {
    charts.classList.remove("reading");
    panels.forEach(function (panel) {
      panel.line.style.visibility = "hidden";
      panel.output.textContent = "";
    });
  }
  panels.forEach(function (panel) {
    panel.svg.addEventListener("pointermove", function (event) {
      var box = panel.svg.getBoundingClientRect();
      var x = ((event.clientX - box.left) / box.width) * data.width;
      var t = ((x - data.left) / (data.right - data.left)) * data.end;
      var low = 0;
      var high = data.t.length - 1;
      while (high - low > 1) {
        var middle = (low + high) >> 1;
        if (data.t[middle] < t) low = middle;
        else high = middle;
      }
      show(t - data.t[low] < data.t[high] - t ? low : high);
    });
  });
  charts.addEventListener("pointerleave", hide);
  charts.addEventListener("blur", hide);
  charts.addEventListener("keydown", function (event) {
    var step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(at + step);
  });
});
`;
