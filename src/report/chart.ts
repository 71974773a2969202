import { type ScaleContinuousNumeric, scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { escapeHtml, itemAt } from "../base/index.js";
import type { Stretch } from "./EpisodeRecord.js";
import type { Palette } from "./palette.js";

/** A chart's plot area in the SVG's own units. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** Seconds, or what else the axis counts → x. */
  readonly x: (value: number) => number;
  /** Value → y. */
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/** A labelled place on an axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Room for the y axis's numbers, the time axis's numbers, and a line's half width. */
export const MARGIN = { left: 46, right: 10, top: 6, bottom: 22 } as const;

export interface PlotOptions {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly endS: number;
  readonly domain: readonly [number, number];
  /** Labelled values instead of round ones. */
  readonly yTicks?: Plot["yTicks"];
}

export function plot({ width, height, palette, endS, domain, yTicks }: PlotOptions): Plot {
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 1, domain[1] + 1] : domain;
  const x = scaleLinear([0, endS || 1], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([low, high], [height - MARGIN.bottom, MARGIN.top]);
  // What lies outside is drawn at the border, not over the neighbours.
  y.clamp(true);
  if (!yTicks) y.nice(4);
  const format = y.tickFormat(4);
  return {
    width,
    height,
    palette,
    x,
    y,
    xTicks: secondTicks(x.ticks(Math.max(2, Math.round(width / 90)))),
    yTicks: yTicks ?? y.ticks(4).map((at) => ({ at, label: format(at) })),
  };
}

/** The last one names the unit. */
function secondTicks(ticks: readonly number[]): Tick[] {
  return ticks.map((at) => ({ at, label: at === ticks.at(-1) ? `${at} s` : `${at}` }));
}

/** Grid and numbers of both axes. */
export function axes({ width, height, palette, x, y, xTicks, yTicks }: Plot): string {
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  const horizontal = yTicks.map(
    ({ at, label }) =>
      `<line x1="${MARGIN.left}" x2="${right}" y1="${px(y(at))}" y2="${px(y(at))}" stroke="${palette.grid}"/>` +
      `<text x="${MARGIN.left - 7}" y="${px(y(at) + 3.5)}" text-anchor="end" fill="${palette.muted}">${escapeHtml(label)}</text>`,
  );
  const vertical = xTicks.map(
    ({ at, label }) =>
      `<line x1="${px(x(at))}" x2="${px(x(at))}" y1="${MARGIN.top}" y2="${bottom}" stroke="${palette.grid}"/>` +
      `<text x="${px(x(at))}" y="${bottom + 15}" text-anchor="middle" fill="${palette.muted}">${escapeHtml(label)}</text>`,
  );
  return horizontal.join("") + vertical.join("");
}

interface Point {
  readonly index: number;
  readonly timeS: number;
  readonly value: number;
}

/** The points that draw a curve as all of its points would. */
function decimatedPoints(timesS: readonly number[], values: readonly number[]): Point[] {
  return decimated(values).map((index) => ({
    index,
    timeS: itemAt(timesS, index),
    value: itemAt(values, index),
  }));
}

/** A curve that breaks where values are missing. `style`: further attributes. */
export function curve(
  { x, y }: Plot,
  timesS: readonly number[],
  values: readonly number[],
  stroke: string,
  style = 'stroke-width="1.8"',
): string {
  const path = line<Point>()
    .defined(({ value }) => !Number.isNaN(value))
    .x(({ timeS }) => x(timeS))
    .y(({ value }) => y(value))
    .digits(1)(decimatedPoints(timesS, values));
  return path
    ? `<path d="${path}" fill="none" stroke="${stroke}" stroke-linejoin="round" stroke-linecap="round" ${style}/>`
    : "";
}

/** The band value ± sigmas · sigma. */
export function band(
  { x, y }: Plot,
  timesS: readonly number[],
  values: readonly number[],
  sigma: readonly number[],
  sigmas: number,
  fill: string,
  opacity: number,
): string {
  const points = decimatedPoints(timesS, values).map((point) => ({
    ...point,
    halfWidth: sigmas * itemAt(sigma, point.index),
  }));
  const path = area<(typeof points)[number]>()
    .defined(({ value, halfWidth }) => !Number.isNaN(value + halfWidth))
    .x(({ timeS }) => x(timeS))
    .y0(({ value, halfWidth }) => y(value - halfWidth))
    .y1(({ value, halfWidth }) => y(value + halfWidth))
    .digits(1)(points);
  return path ? `<path d="${path}" fill="${fill}" fill-opacity="${opacity}"/>` : "";
}

/** A dot for each value. One path: a long episode has thousands. */
export function dots(
  { x, y }: Plot,
  timesS: readonly number[],
  values: readonly number[],
  stroke: string,
): string {
  const path = decimatedPoints(timesS, values)
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ timeS, value }) => `M${px(x(timeS))},${px(y(value))}h0`)
    .join("");
  return path
    ? `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="3" stroke-linecap="round" stroke-opacity="0.55"/>`
    : "";
}

/** Shades images that are not `ok`; the reason shows on hover. A lone image is a hair wide. */
export function shading(
  { x, height, palette }: Plot,
  timesS: readonly number[],
  stretches: readonly Stretch[],
): string {
  return stretches
    .map(({ validity, reason, from, to }) => {
      const left = x(middle(timesS, from));
      const width = Math.max(1, x(middle(timesS, to + 1)) - left);
      const [fill, opacity] =
        validity === "invalid" ? [palette.invalid, 0.28] : [palette.stale, 0.22];
      return (
        `<rect class="${validity}" x="${px(left)}" y="${MARGIN.top}" width="${px(width)}" ` +
        `height="${height - MARGIN.bottom - MARGIN.top}" fill="${fill}" fill-opacity="${opacity}">` +
        `<title>${escapeHtml(`${validity}: ${reason}`)}</title></rect>`
      );
    })
    .join("");
}

/** Half-way between an image and the one before it. */
function middle(timesS: readonly number[], index: number): number {
  const after = itemAt(timesS, Math.min(index, timesS.length - 1));
  const before = itemAt(timesS, Math.max(index - 1, 0));
  return index >= timesS.length ? after : (before + after) / 2;
}

/** A vertical line through the plot. */
export function mark(
  { x, height }: Plot,
  timeS: number,
  stroke: string,
  style = 'stroke-dasharray="2 3"',
): string {
  const at = px(x(timeS));
  return `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${height - MARGIN.bottom}" stroke="${stroke}" ${style}/>`;
}

/** A coordinate with a tenth of a unit: finer cannot be seen and makes the file long. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** More points than a chart has pixels draw nothing that one could see. */
const MOST_BUCKETS = 900;

/**
 * Indices that draw a curve as all of its points would: of each bucket of neighbours the lowest
 * and the highest, the first missing value (it breaks the line), and the ends. All indices where
 * there are few.
 */
export function decimated(values: readonly number[]): number[] {
  const n = values.length;
  const width = Math.ceil(n / MOST_BUCKETS);
  if (width <= 2) return values.map((_, i) => i);
  const kept = new Set([0, n - 1]);
  for (let start = 0; start < n; start += width) {
    let low: number | undefined;
    let high: number | undefined;
    let missing: number | undefined;
    for (let i = start; i < Math.min(start + width, n); i++) {
      const value = itemAt(values, i);
      if (Number.isNaN(value)) missing ??= i;
      else {
        if (low === undefined || value < itemAt(values, low)) low = i;
        if (high === undefined || value > itemAt(values, high)) high = i;
      }
    }
    for (const index of [low, high, missing]) if (index !== undefined) kept.add(index);
  }
  return [...kept].sort((a, b) => a - b);
}

/** At most `most` indices, evenly spread, with both ends. */
export function thinned(n: number, most: number): number[] {
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (n - 1)) / (most - 1)));
}
