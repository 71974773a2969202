import { scaleLinear, scaleLog } from "d3-scale";
import { MARGIN, type Plot, type Tick } from "../chart.js";
import type { Palette } from "../palette.js";

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
export const LENGTH_TICKS: readonly Tick[] = [-3, -2, -1, 0, 1, 2].flatMap((power) =>
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
export function lengthDomain(lengths: readonly number[]): [number, number] {
  const ends = LENGTH_TICKS.map(({ at }) => at);
  const [low, high] = [Math.min(...lengths), Math.max(...lengths)];
  return [
    ends.findLast((at) => at <= low) ?? ends[0]!,
    ends.find((at) => at >= high) ?? ends.at(-1)!,
  ];
}
