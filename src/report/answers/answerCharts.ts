import { scaleLinear, scaleLog } from "d3-scale";
import { escapeHtml, itemAt, lastOf } from "../../base/index.js";
import type { BinMetrics, IntervalFigure, PredictorMetrics } from "../../evaluate/index.js";
import { axes, curve, dots, MARGIN, type Plot, px, type Tick } from "../chart.js";
import { type Palette, THEMED } from "../palette.js";

export const CHART = { width: 484, height: 330 } as const;
const STYLE = { ...CHART, palette: THEMED };

const PREDICTOR_COLOURS: readonly (keyof Palette)[] = ["measured", "truth", "raw"];

/** The colour of the predictor of that number, the model's first. */
export function predictorColour(index: number): string {
  return THEMED[itemAt(PREDICTOR_COLOURS, index % PREDICTOR_COLOURS.length)];
}

/** Said against true lengths, both as magnitudes, over the bands of the relative figures. */
export function saidAgainstTrue({ truthM, saidM }: SampledPoints): string {
  const shown = truthM
    .map((truth, i) => ({ truth, said: itemAt(saidM, i) }))
    .filter(({ truth, said }) => truth * said > 0);
  if (shown.length === 0) return "";
  const xs = shown.map(({ truth }) => Math.abs(truth));
  const ys = shown.map(({ said }) => Math.abs(said));
  // Millimetres and less are the noise of both, and would take most of the room.
  const domain = lengthDomain([...xs, ...ys].map((length) => Math.max(0.005, length)));
  const axis = { domain, ticks: LENGTH_TICKS, log: true } as const;
  const chart = plane({ ...STYLE, x: axis, y: axis });
  return [
    wedge(chart, domain, 0.5, 2, 0.1),
    wedge(chart, domain, 0.9, 1 / 0.9, 0.16),
    axes(chart),
    curve(chart, [...domain], [...domain], THEMED.muted, 'stroke-dasharray="4 4"'),
    dots(chart, xs, ys, THEMED.measured),
  ].join("");
}

/** Mean relative error by the size of the truth, of every predictor with its interval. */
export function errorAgainstLength(
  predictors: readonly PredictorMetrics[],
  bins: (predictor: PredictorMetrics) => readonly BinMetrics[],
): string {
  const series = predictors.map((predictor) =>
    bins(predictor).flatMap(({ fromM, toM, figures }) => {
      const figure = figures.abs_rel_error;
      return figure ? pointsAt(middle(fromM, toM), figure) : [];
    }),
  );
  const all = series.flat();
  if (all.length === 0) return "";
  const errors = all.flatMap(({ value, figure }) => [value, ...(figure.interval ?? [])]);
  const high = Math.min(10, Math.max(0.2, ...errors) * 1.3);
  const low = Math.max(0.001, Math.min(0.05, ...errors.filter((error) => error > 0)) / 1.3);
  const lengths = all.map(({ atM }) => atM);
  const chart = plane({
    ...STYLE,
    x: {
      domain: lengthDomain([Math.min(...lengths) * 0.8, Math.max(...lengths) * 1.2]),
      ticks: LENGTH_TICKS,
      log: true,
    },
    y: { domain: [low, high], ticks: ERROR_TICKS, log: true },
  });
  return axes(chart) + series.map((points, i) => seriesSvg(chart, points, i)).join("");
}

const ERROR_TICKS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10].map(
  (at) => ({ at, label: `${Number((at * 100).toPrecision(1))} %` }),
);

/** Share of truths inside k sigmas against what an honest normal sigma would give. */
export function calibrationChart(predictors: readonly PredictorMetrics[]): string {
  const series = predictors.map(({ calibration }) =>
    calibration.flatMap(({ sigmas, inside }) => pointsAt(sigmas, inside)),
  );
  const ideal = predictors.find(({ calibration }) => calibration.length > 0)?.calibration;
  if (ideal === undefined) return "";
  const ticks = [0, 1, 2, 3].map((at) => ({ at, label: at === 3 ? "3 σ" : `${at}` }));
  const shares = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: `${100 * at} %` }));
  const chart = plane({
    ...STYLE,
    x: { domain: [0, 3.1], ticks },
    y: { domain: [0, 1], ticks: shares },
  });
  return [
    axes(chart),
    curve(
      chart,
      [0, ...ideal.map(({ sigmas }) => sigmas)],
      [0, ...ideal.map(({ expected }) => expected)],
      THEMED.muted,
      'stroke-dasharray="4 4"',
    ),
    ...series.map((points, i) => seriesSvg(chart, points, i)),
  ].join("");
}

interface Point {
  readonly atM: number;
  readonly value: number;
  readonly figure: IntervalFigure;
}

/** None where the figure has no value. */
function pointsAt(atM: number, figure: IntervalFigure): Point[] {
  return figure.value === undefined ? [] : [{ atM, value: figure.value, figure }];
}

/** The series of the predictor of that number. */
function seriesSvg(chart: Plot, points: readonly Point[], index: number): string {
  const colour = predictorColour(index);
  const xs = points.map(({ atM }) => atM);
  const ys = points.map(({ value }) => value);
  // Whiskers of several predictors at one place stay apart.
  const shift = (index - 1) * 2.5;
  const marks = points.map(({ atM, value, figure: { interval, n, of } }) => {
    const at = px(chart.x(atM) + shift);
    const whisker = interval
      ? `<path d="M${at},${px(chart.y(interval[0]))}V${px(chart.y(interval[1]))}" stroke="${colour}" stroke-width="1.5"/>`
      : "";
    const title = escapeHtml(`${(100 * value).toFixed(1)} % (n = ${n}/${of})`);
    return `${whisker}<circle cx="${at}" cy="${px(chart.y(value))}" r="3" fill="${colour}"><title>${title}</title></circle>`;
  });
  return curve(chart, xs, ys, colour, 'stroke-width="1.2" stroke-opacity="0.6"') + marks.join("");
}

/** Where said / true lies between two ratios. */
function wedge(
  { x, y, palette }: Plot,
  [low, high]: readonly [number, number],
  from: number,
  to: number,
  opacity: number,
): string {
  // The scales clamp: steps along the edges keep their corners where the border cuts them.
  const edge = (ratio: number): string[] =>
    Array.from({ length: 41 }, (_, i) => {
      const at = low * (high / low) ** (i / 40);
      return `${px(x(at))},${px(y(at * ratio))}`;
    });
  return `<polygon points="${[...edge(from), ...edge(to).reverse()].join(" ")}" fill="${palette.measured}" fill-opacity="${opacity}"/>`;
}

function middle(fromM: number, toM: number): number {
  if (toM === Number.POSITIVE_INFINITY) return fromM * 1.4;
  return fromM === 0 ? toM / 2 : Math.sqrt(fromM * toM);
}

/** A dot with a whisker for each predictor on a scale from 0 to 100 %, for a table's cell. */
export function intervalBar(figures: readonly (IntervalFigure | undefined)[]): string {
  const width = 130;
  const height = 6 + 6 * figures.length;
  const x = (share: number): string => px(4 + (width - 8) * share);
  const marks = figures.map((figure, i) => {
    if (figure?.value === undefined) return "";
    const colour = predictorColour(i);
    const y = 6 + 6 * i;
    const whisker = figure.interval
      ? `<path d="M${x(figure.interval[0])},${y}H${x(figure.interval[1])}" stroke="${colour}" stroke-width="2" stroke-opacity="0.5"/>`
      : "";
    return `${whisker}<circle cx="${x(figure.value)}" cy="${y}" r="2.6" fill="${colour}"/>`;
  });
  const grid = [0, 0.25, 0.5, 0.75, 1]
    .map((at) => `<path d="M${x(at)},0V${height}" stroke="${THEMED.grid}"/>`)
    .join("");
  return `<svg class="bar" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${grid}${marks.join("")}</svg>`;
}

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
  readonly log?: boolean;
}

export interface PlaneOptions {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly x: Axis;
  readonly y: Axis;
}

/** A plot of one number against another; what lies outside is drawn at the border. */
export function plane({ width, height, palette, x, y }: PlaneOptions): Plot {
  return {
    width,
    height,
    palette,
    x: scaleOf(x, [MARGIN.left, width - MARGIN.right]),
    y: scaleOf(y, [height - MARGIN.bottom, MARGIN.top]),
    xTicks: within(x),
    yTicks: within(y),
  };
}

function scaleOf({ domain, log }: Axis, range: readonly [number, number]) {
  return (log ? scaleLog : scaleLinear)(domain, range).clamp(true);
}

function within({ domain: [low, high], ticks }: Axis): Tick[] {
  return ticks.filter(({ at }) => at >= low && at <= high);
}

/** 1 cm, 2 cm, 5 cm, … 100 m for logarithmic axes of lengths. */
const LENGTH_TICKS: readonly Tick[] = [-3, -2, -1, 0, 1, 2].flatMap((power) =>
  [1, 2, 5].map((digit) => {
    const metres = digit * 10 ** power;
    const label =
      metres < 0.01
        ? `${digit} mm`
        : metres < 1
          ? `${digit * 10 ** (power + 2)} cm`
          : `${digit * 10 ** power} m`;
    return { at: metres, label };
  }),
);

/** The next tick at or outside each end. */
function lengthDomain(lengths: readonly number[]): [number, number] {
  const ends = LENGTH_TICKS.map(({ at }) => at);
  const [low, high] = [Math.min(...lengths), Math.max(...lengths)];
  return [
    ends.findLast((at) => at <= low) ?? itemAt(ends, 0),
    ends.find((at) => at >= high) ?? lastOf(ends),
  ];
}

/** More dots than this are a blot. */
const MOST = 1500;

/**
 * An even sample of (true, said) lengths of a stream of unknown length: whenever it is full, every
 * other one is given up, and from then on only every other one is taken.
 */
export class SampledPoints {
  truthM: number[] = [];
  saidM: number[] = [];
  #stride = 1;
  #seen = 0;

  add(truthM: number, saidM: number): void {
    const index = this.#seen;
    this.#seen += 1;
    if (index % this.#stride !== 0) return;
    this.truthM.push(truthM);
    this.saidM.push(saidM);
    if (this.truthM.length < MOST) return;
    this.#stride *= 2;
    this.truthM = this.truthM.filter((_, i) => i % 2 === 0);
    this.saidM = this.saidM.filter((_, i) => i % 2 === 0);
  }

  /** Of all lengths that were offered. */
  get seen(): number {
    return this.#seen;
  }
}
