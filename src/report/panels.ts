import { extent, quantileSorted } from "d3-array";
import { escapeHtml, itemAt } from "../base/index.js";
import { kindInfo } from "../language/index.js";
import { axes, band, curve, dots, MARGIN, mark, type Plot, plot, px, shading } from "./chart.js";
import type { EpisodeRecord, MeasurementRecord } from "./EpisodeRecord.js";
import type { KeyFrame } from "./KeyFrames.js";
import type { Palette } from "./palette.js";

export interface LegendEntry {
  readonly label: string;
  readonly mark: "line" | "dashed" | "band" | "dot" | "end" | "invalid" | "stale";
  readonly colour: keyof Palette;
}

/** A chart over the time of an episode. */
export interface Panel {
  /** Key of its values in the page's data: `reward`, `return`, `progress`, `m0`, … */
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly legend: readonly LegendEntry[];
  readonly width: number;
  readonly height: number;
  /** The SVG's content. */
  readonly body: string;
}

export interface PanelStyle {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
}

/** The reward of each image, with numbered ticks where the key frames are. */
export function rewardPanel(
  record: EpisodeRecord,
  style: PanelStyle,
  keyFrames: readonly KeyFrame[] = [],
): Panel {
  const { reward, timesS, ended } = record;
  // Bonus and terminal shaping of the last step are of another size than the dense reward.
  const running = reward.filter((_, i) => i !== ended?.at);
  const chart = plotOf(record, style, extentOf([...running, 0]));
  const final = ended ? itemAt(reward, ended.at) : Number.NaN;
  const isOff = Math.abs(chart.y.invert(chart.y(final)) - final) > 1e-9;
  return {
    ...style,
    id: "reward",
    title: "Reward",
    note: isOff ? `off the scale at the end: ${final.toPrecision(3)}` : "",
    legend: [
      { label: "reward", mark: "line", colour: "reward" },
      ...(ended ? [{ label: ended.how, mark: "end", colour: endColour(ended.how) } as const] : []),
      ...validityLegend(record.stretches.list),
    ],
    body: [
      axes(chart),
      shading(chart, timesS, record.stretches.list),
      timeMarks(record, chart),
      curve(chart, timesS, reward, chart.palette.reward),
      ...keyFrames.map(({ timeS }, i) => keyFrameTick(chart, timeS, i + 1)),
    ].join(""),
  };
}

/** The sum of the rewards so far. */
export function returnPanel(record: EpisodeRecord, style: PanelStyle): Panel {
  const total = record.cumulativeReturn();
  const chart = plotOf(record, style, extentOf([...total, 0]));
  return {
    ...style,
    id: "return",
    title: "Return",
    note: "sum of the rewards so far, undiscounted",
    legend: [],
    body: [
      axes(chart),
      timeMarks(record, chart),
      curve(chart, record.timesS, total, chart.palette.reward),
    ].join(""),
  };
}

/** Progress over bands that are the stages. */
export function progressPanel(record: EpisodeRecord, style: PanelStyle): Panel {
  const chart = plotOf(record, style, [0, 1]);
  const { height, palette, x } = chart;
  const names: string[] = [];
  const bands = record.stages.map(({ stage, from }, i) => {
    const left = x(itemAt(record.timesS, from));
    const right = x(itemAt(record.timesS, record.stages[i + 1]?.from ?? record.length - 1));
    const fill = i % 2 === 0 ? palette.band : "none";
    // A name needs room; a narrower band shows its name on hover.
    const name =
      right - left > 7 * stage.length
        ? `<text x="${px(left + 5)}" y="${MARGIN.top + 13}" ${halo(palette.muted, palette)}>${escapeHtml(stage)}</text>`
        : "";
    if (name !== "") names.push(name);
    return (
      `<rect class="stage" x="${px(left)}" y="${MARGIN.top}" width="${px(right - left)}" ` +
      `height="${height - MARGIN.bottom - MARGIN.top}" fill="${fill}" pointer-events="all">` +
      `<title>${escapeHtml(stage)}</title></rect>`
    );
  });
  return {
    ...style,
    id: "progress",
    title: "Progress",
    note: record.stages.length > 0 ? "bands: stages" : "",
    legend: [],
    body: [
      bands.join(""),
      axes(chart),
      timeMarks(record, chart),
      curve(chart, record.timesS, record.progress, palette.progress, 'stroke-width="2"'),
      ...names,
    ].join(""),
  };
}

/** A measurement with its sigma bands, the raw answers, and the truth where it is known. */
export function measurementPanel(
  record: EpisodeRecord,
  measured: MeasurementRecord,
  style: PanelStyle,
  id: string,
): Panel {
  const { value, sigma, raw, truth, measurement, stretches, unit } = measured;
  const { timesS } = record;
  const isLength = unit === "m";
  const chart = isLength
    ? plotOf(record, style, lengthDomain(measured))
    : plotOf(record, style, [-0.1, 1.1], binaryTicks(measured));
  const { palette } = chart;
  const hasTruth = truth.some((v) => !Number.isNaN(v));
  const legend: LegendEntry[] = [
    { label: "measured, filtered", mark: "line", colour: "measured" },
    ...(isLength ? [{ label: "±1σ, ±2σ", mark: "band", colour: "measured" } as const] : []),
    { label: "answer", mark: "dot", colour: "raw" },
    ...(hasTruth ? [{ label: "true", mark: "dashed", colour: "truth" } as const] : []),
    ...validityLegend(stretches.list),
  ];
  const { kind, subject, object } = measurement;
  const about = [subject, object].flatMap((one) => one?.phrase ?? []).join(" – ");
  return {
    ...style,
    id,
    title: measurement.name,
    note: `${kind.replaceAll("_", " ")}, ${about}${isLength ? ", m" : ""}`,
    legend,
    body: [
      axes(chart),
      shading(chart, timesS, stretches.list),
      timeMarks(record, chart),
      isLength ? band(chart, timesS, value, sigma, 2, palette.measured, 0.13) : "",
      isLength ? band(chart, timesS, value, sigma, 1, palette.measured, 0.2) : "",
      dots(chart, timesS, raw, palette.raw),
      curve(chart, timesS, value, palette.measured),
      curve(chart, timesS, truth, palette.truth, 'stroke-width="1.3" stroke-dasharray="5 4"'),
    ].join(""),
  };
}

function plotOf(
  record: EpisodeRecord,
  { width, height, palette }: PanelStyle,
  domain: readonly [number, number],
  yTicks?: Plot["yTicks"],
): Plot {
  const endS = record.timesS.at(-1) ?? 1;
  return plot({ width, height, palette, endS, domain, ...(yTicks && { yTicks }) });
}

/** The least and the greatest number; NaN does not count. */
function extentOf(values: readonly number[]): [number, number] {
  const [low = 0, high = 0] = extent(values);
  return [low, high];
}

/** All of the filtered and true values; of raw answers and sigmas not the wildest. */
function lengthDomain({ value, truth, raw, sigma }: MeasurementRecord): [number, number] {
  const known = (values: readonly number[]) => values.filter((v) => !Number.isNaN(v));
  const wild = known([
    ...raw,
    ...value.map((v, i) => v + 2 * itemAt(sigma, i)),
    ...value.map((v, i) => v - 2 * itemAt(sigma, i)),
  ]).sort((a, b) => a - b);
  const tame = [quantileSorted(wild, 0.02) ?? 0, quantileSorted(wild, 0.98) ?? 1];
  const all = [...known(value), ...known(truth), ...tame, 0];
  const isUnsigned = [...known(value), ...known(truth)].every((v) => v >= 0);
  const [low, high] = extentOf(all);
  return [isUnsigned ? 0 : low, high];
}

function binaryTicks({ measurement: { kind, subject, object } }: MeasurementRecord) {
  const { shape, relations } = kindInfo(kind);
  const [no, yes] =
    shape === "choice"
      ? [object?.name ?? "", subject.name]
      : shape === "class"
        ? [relations[1] ?? "", relations[0] ?? ""]
        : ["no", "yes"];
  return [
    { at: 0, label: no },
    { at: 1, label: yes },
  ];
}

function validityLegend(stretches: readonly { readonly validity: string }[]): LegendEntry[] {
  return (["stale", "invalid"] as const)
    .filter((validity) => stretches.some((stretch) => stretch.validity === validity))
    .map((validity) => ({ label: validity, mark: validity, colour: validity }));
}

/** Where stages begin and the episode ends. */
function timeMarks({ stages, timesS, ended }: EpisodeRecord, chart: Plot): string {
  const { palette } = chart;
  const begins = stages
    .filter(({ from }) => from > 0)
    .map(({ from }) => mark(chart, itemAt(timesS, from), palette.muted, 'stroke-dasharray="1 4"'));
  if (!ended) return begins.join("");
  const colour = palette[endColour(ended.how)];
  return begins.join("") + mark(chart, itemAt(timesS, ended.at), colour, 'stroke-width="1.5"');
}

/** Letters that stay readable over curves. */
function halo(fill: string, { page }: Palette): string {
  return `fill="${fill}" stroke="${page}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
}

function endColour(how: string): "success" | "failure" {
  return how === "success" ? "success" : "failure";
}

function keyFrameTick({ x, height, palette }: Plot, timeS: number, number: number): string {
  const at = x(timeS);
  const bottom = height - MARGIN.bottom;
  return (
    `<path d="M${px(at)},${bottom - 5}l4,7h-8z" fill="${palette.ink}"/>` +
    `<text x="${px(at)}" y="${bottom - 8}" text-anchor="middle" ${halo(palette.ink, palette)} font-size="10">${number}</text>`
  );
}

/** A small drawing of what a legend entry names, as an `svg` element of 20 × 10. */
export function legendMark(
  { mark, colour }: LegendEntry,
  palette: Palette,
  attributes = "",
): string {
  const stroke = palette[colour];
  const drawing = {
    line: `<path d="M0,5h20" stroke="${stroke}" stroke-width="2"/>`,
    dashed: `<path d="M0,5h20" stroke="${stroke}" stroke-width="1.5" stroke-dasharray="5 3"/>`,
    dot: `<circle cx="10" cy="5" r="2.2" fill="${stroke}"/>`,
    band:
      `<rect width="20" height="10" fill="${stroke}" fill-opacity=".13"/>` +
      `<rect y="2.5" width="20" height="5" fill="${stroke}" fill-opacity=".25"/>`,
    end: `<path d="M10,0v10" stroke="${stroke}" stroke-width="1.5"/>`,
    stale: `<rect width="20" height="10" fill="${stroke}" fill-opacity=".25"/>`,
    invalid: `<rect width="20" height="10" fill="${stroke}" fill-opacity=".32"/>`,
  }[mark];
  return `<svg viewBox="0 0 20 10" style="width:20px;height:10px" width="20" height="10" ${attributes}>${drawing}</svg>`;
}
