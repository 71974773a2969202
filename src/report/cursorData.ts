import { lengthText } from "../overlay/index.js";
import { MARGIN } from "./chart.js";
import { thinned } from "./decimated.js";
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
    reward: stops.map((i) => number(record.reward[i]!)),
    return: stops.map((i) => total[i]!.toFixed(3)),
    progress: stops.map((i) => `${record.progress[i]!.toFixed(3)} · ${stageAt(i)}`),
  };
  for (const [m, measured] of record.measurements.entries()) {
    say[`m${m}`] = stops.map((i) => measurementText(measured, i));
  }
  return {
    width,
    left: MARGIN.left,
    right: width - MARGIN.right,
    end: record.timesS.at(-1) ?? 0,
    t: stops.map((i) => Math.round(record.timesS[i]! * 1e4) / 1e4),
    say,
  };
}

function measurementText({ value, sigma, raw, truth, unit }: MeasurementRecord, i: number): string {
  const text = (v: number) => (unit === "m" ? lengthText(v) : v.toFixed(2));
  const spread =
    Number.isNaN(sigma[i]!) || unit !== "m" ? "" : ` ± ${(100 * sigma[i]!).toFixed(1)} cm`;
  return [
    Number.isNaN(value[i]!) ? "no value" : text(value[i]!) + spread,
    ...(Number.isNaN(raw[i]!) ? [] : [`answer ${text(raw[i]!)}`]),
    ...(Number.isNaN(truth[i]!) ? [] : [`true ${text(truth[i]!)}`]),
  ].join(" · ");
}

function number(value: number): string {
  return Number.isNaN(value) ? "no reward" : value.toFixed(4);
}
