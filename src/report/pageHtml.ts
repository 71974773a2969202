import { escapeHtml, itemAt, secondsOf } from "../base/index.js";
import type { Task } from "../task/index.js";
import { MARGIN } from "./chart.js";
import { cursorData, PAGE_SCRIPT } from "./cursor.js";
import type { EpisodeRecord } from "./EpisodeRecord.js";
import { htmlPage, scriptJson } from "./htmlPage.js";
import { type KeyFrame, keyFrameSvg } from "./KeyFrames.js";
import { THEMED } from "./palette.js";
import {
  legendMark,
  measurementPanel,
  type Panel,
  progressPanel,
  returnPanel,
  rewardPanel,
} from "./panels.js";
import { planView } from "./planView.js";
import {
  type DriftNote,
  episodeCardsHtml,
  type FrameCounts,
  frameCountsHtml,
  measurementTableHtml,
} from "./summary.js";

/** An episode and its pictures. */
export interface ReportedEpisode {
  readonly record: EpisodeRecord;
  readonly keyFrames: readonly KeyFrame[];
}

export interface PageOptions {
  readonly task: Task;
  readonly title: string;
  readonly source: string;
  readonly model: string;
  readonly frames: FrameCounts;
  readonly drifts: readonly DriftNote[];
}

const WIDTH = 992;
const PLAN_COLOURS = ["measured", "stale", "progress", "raw", "invalid"] as const;
/** A list of more stretches than this is noise; the charts show them all. */
const MOST_STRETCHES = 40;

/** The report as one self-contained HTML page; the same input gives the same bytes. */
export function pageHtml(
  episodes: readonly ReportedEpisode[],
  { task, title, source, model, frames, drifts }: PageOptions,
): string {
  const objects = [...task.objects.keys()];
  const colourOf = (object: string): number => Math.max(0, objects.indexOf(object));
  const sections = episodes.map(({ record, keyFrames }) => {
    const head =
      episodes.length > 1 ? `<h2>${escapeHtml(`${record.name}, ${record.camera}`)}</h2>` : "";
    const cards =
      episodes.length > 1
        ? episodeCardsHtml(record)
        : frameCountsHtml(frames) + episodeCardsHtml(record);
    return (
      `<section>${head}<dl class="cards">${cards}</dl>${measurementTableHtml(record)}` +
      `${chartsHtml(record, keyFrames)}${planHtml(record, colourOf)}${stretchesHtml(record)}${framesHtml(keyFrames, colourOf)}</section>`
    );
  });
  const allFrames =
    episodes.length === 1 ? "" : `<dl class="cards">${frameCountsHtml(frames)}</dl>`;
  const description = task.description
    ? `<p class="about">${escapeHtml(task.description)}</p>`
    : "";
  const body = `<header>
<h1>${escapeHtml(title)}</h1>
<p class="about">task <b>${escapeHtml(task.name)}</b> · model <b>${escapeHtml(model)}</b> · source <b>${escapeHtml(source)}</b></p>
${description}
</header>
${driftsHtml(drifts, episodes[0]?.record)}
${allFrames}${sections.join("\n")}
<details><summary>Task file</summary><pre>${escapeHtml(task.source)}</pre></details>
<footer>Times are seconds from the first image; every value stands at the stamp of the image it speaks of. Bands are one and two standard deviations. Key frames are numbered in the reward chart.</footer>`;
  return htmlPage({ title, body, script: PAGE_SCRIPT });
}

/** Where the calibration of the model has ceased to hold. */
function driftsHtml(drifts: readonly DriftNote[], first: EpisodeRecord | undefined): string {
  if (drifts.length === 0) return "";
  const items = drifts.map(({ measurement, sinceNs, reason }) => {
    const sinceS = secondsOf(sinceNs - (first?.startNs ?? sinceNs)).toFixed(1);
    return `<li><b>${escapeHtml(measurement)}</b>, since ${sinceS} s: ${escapeHtml(reason)}</li>`;
  });
  return `<section class="drifts"><h2>The calibration does not hold</h2><ul>${items.join("")}</ul></section>`;
}

function chartsHtml(record: EpisodeRecord, keyFrames: readonly KeyFrame[]): string {
  const style = (height: number) => ({ width: WIDTH, height, palette: THEMED });
  const panels = [
    rewardPanel(record, style(170), keyFrames),
    returnPanel(record, style(120)),
    ...(record.stages.length > 0 ? [progressPanel(record, style(130))] : []),
    ...record.measurements.map((measured, i) =>
      measurementPanel(record, measured, style(170), `m${i}`),
    ),
  ];
  return (
    `<div class="charts" tabindex="0" aria-label="charts; the arrow keys move the cursor">` +
    `${panels.map(panelHtml).join("")}` +
    `<script type="application/json">${scriptJson(cursorData(record, WIDTH))}</script></div>`
  );
}

function panelHtml({ id, title, note, legend, width, height, body }: Panel): string {
  const keys = legend.map(
    (entry) => `<span class="key">${legendMark(entry, THEMED)}${escapeHtml(entry.label)}</span>`,
  );
  return (
    `<figure data-panel="${id}"><figcaption><b>${escapeHtml(title)}</b>` +
    `${note === "" ? "" : `<span>${escapeHtml(note)}</span>`}${keys.join("")}<output></output></figcaption>` +
    `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${body}` +
    `<line class="cursor" y1="${MARGIN.top}" y2="${height - MARGIN.bottom}"/></svg></figure>`
  );
}

/** Every stretch without a full answer, of the reward and then of each measurement. */
function stretchesHtml({ timesS, stretches, measurements }: EpisodeRecord): string {
  const all = [
    ...stretches.list.map((stretch) => ({ of: "reward", ...stretch })),
    ...measurements.flatMap(({ measurement: { name }, stretches: { list } }) =>
      list.map((stretch) => ({ of: name, ...stretch })),
    ),
  ];
  if (all.length === 0) return "";
  const rows = all.slice(0, MOST_STRETCHES).map(({ of, validity, reason, from, to }) => {
    const time =
      from === to
        ? seconds(itemAt(timesS, from))
        : `${seconds(itemAt(timesS, from))} – ${seconds(itemAt(timesS, to))}`;
    return (
      `<tr><td class="text">${escapeHtml(of)}</td><td>${time} s</td><td>${to - from + 1}</td>` +
      `<td class="text"><span class="swatch" style="background:var(--${validity})"></span>${validity}</td>` +
      `<td class="text">${escapeHtml(reason)}</td></tr>`
    );
  });
  const more = all.length - rows.length;
  return (
    `<h2>Stale and invalid stretches</h2><div class="scroll"><table><thead><tr>` +
    `<th scope="col">of</th><th scope="col">time</th><th scope="col">images</th>` +
    `<th scope="col" class="text">validity</th><th scope="col" class="text">reason</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>` +
    (more > 0 ? `<p class="about">and ${more} more</p>` : "")
  );
}

function planHtml(record: EpisodeRecord, colourOf: (object: string) => number): string {
  const plan = planView(record, THEMED, (object) => {
    const role = PLAN_COLOURS[colourOf(object) % PLAN_COLOURS.length];
    return THEMED[role ?? "measured"];
  });
  if (plan === "") return "";
  return (
    "<h2>From above</h2>" +
    '<p class="about">The gripper\'s path, and where each object was believed to be over time, with one ' +
    "and two standard deviations; a cross marks its true place at the end, where that is known.</p>" +
    plan
  );
}

function framesHtml(keyFrames: readonly KeyFrame[], colourOf: (object: string) => number): string {
  if (keyFrames.length === 0) return "";
  const figures = keyFrames.map((frame, i) => {
    const said = frame.reward === null ? frame.validity : `reward ${frame.reward.toFixed(3)}`;
    const stage = frame.stage === "" ? "" : ` · ${escapeHtml(frame.stage)}`;
    const picture = keyFrameSvg(frame, colourOf, `role="img" aria-label="key frame ${i + 1}"`);
    return (
      `<figure>${picture}<figcaption><b>${i + 1}</b> · ${frame.timeS.toFixed(2)} s${stage} · ` +
      `${said}</figcaption></figure>`
    );
  });
  return `<h2>Key frames</h2><div class="frames">${figures.join("")}</div>`;
}

function seconds(time: number): string {
  return time.toFixed(2);
}
