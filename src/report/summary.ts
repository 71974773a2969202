import { escapeHtml, itemAt } from "../base/index.js";
import { agreement, type Figures } from "../evaluate/index.js";
import type { EpisodeRecord, MeasurementRecord } from "./EpisodeRecord.js";
import { card } from "./htmlPage.js";

/** What became of the frames: `in = annotated + dropped + failed`. */
export interface FrameCounts {
  readonly in: number;
  readonly annotated: number;
  readonly dropped: number;
  readonly failed: number;
}

/** The answers to a measurement have left the model's calibration. */
export interface DriftNote {
  readonly measurement: string;
  /** Stamp of the first answer that differs. */
  readonly sinceNs: bigint;
  /** In words, with the figure. */
  readonly reason: string;
}

export function frameCountsHtml({ in: all, annotated, dropped, failed }: FrameCounts): string {
  return card(
    "Frames",
    String(all),
    `= ${annotated} annotated + ${dropped} dropped + ${failed} failed`,
  );
}

/** Return, end and validity of an episode. */
export function episodeCardsHtml(record: EpisodeRecord): string {
  const { ended, timesS, progress, validity, length } = record;
  const share = (n: number) =>
    `${((100 * n) / Math.max(1, length)).toFixed(n === length ? 0 : 1)} %`;
  const reached = `progress ${(progress.findLast((each) => !Number.isNaN(each)) ?? 0).toFixed(2)}`;
  const { ok, stale, invalid } = validity;
  return (
    card(
      "Return",
      record.return.toFixed(2),
      `${length} images, ${(timesS.at(-1) ?? 0).toFixed(1)} s`,
    ) +
    card(
      "End",
      ended?.how ?? "none",
      ended ? `at ${itemAt(timesS, ended.at).toFixed(1)} s, ${reached}` : `not reached, ${reached}`,
      ended ? (ended.how === "success" ? "good" : "bad") : "",
    ) +
    card("Rewards ok", share(ok), `stale ${share(stale)}, invalid ${share(invalid)}`)
  );
}

/** How each measurement agrees with the truth, if TF gives it. */
export function measurementTableHtml({ measurements, length }: EpisodeRecord): string {
  const columns: readonly [title: string, of: (figures: Figures) => string][] = [
    ["Spearman", ({ spearman }) => fixed(spearman?.value, 3)],
    ["Pearson", ({ pearson }) => fixed(pearson?.value, 3)],
    ["median error", ({ median_error }) => centimetres(median_error?.value)],
    ["mean error", ({ mae }) => centimetres(mae?.value)],
    ["slope", ({ bias_slope }) => fixed(bias_slope?.value, 2)],
    ["at contact", ({ floor_at_contact }) => centimetres(floor_at_contact?.value)],
    ["right", ({ accuracy }) => percent(accuracy?.value)],
  ];
  const rows = measurements.map((record) => {
    const figures = agreement(record.measurement.kind, record.value, record.truth);
    const { n } = itemAt(Object.values(figures), 0);
    return {
      record,
      compared: `${n}/${length}`,
      cells: columns.map(([, of]) => (n === 0 ? "–" : of(figures))),
    };
  });
  // A column that is empty for all of the task's kinds says nothing.
  const used = columns.map((_, i) => rows.some(({ cells }) => cells[i] !== "–"));
  const pick = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => used[i]);
  const head = ["measurement", "answered", "with truth", ...pick(columns).map(([title]) => title)];
  const body = rows.map(
    ({ record, compared, cells }) =>
      `<tr><th scope="row">${escapeHtml(record.measurement.name)}<small>${escapeHtml(record.question)}</small></th>` +
      [`${answered(record)}/${length}`, compared, ...pick(cells)]
        .map((cell) => `<td>${cell}</td>`)
        .join("") +
      "</tr>",
  );
  return (
    `<div class="scroll"><table><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead>` +
    `<tbody>${body.join("")}</tbody></table></div>`
  );
}

function answered({ raw }: MeasurementRecord): number {
  return raw.reduce((n, value) => n + (Number.isNaN(value) ? 0 : 1), 0);
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? "–" : value.toFixed(digits);
}

function centimetres(metres: number | undefined): string {
  return metres === undefined
    ? "–"
    : `${(100 * metres).toFixed(Math.abs(metres) < 0.01 ? 2 : 1)} cm`;
}

function percent(share: number | undefined): string {
  return share === undefined ? "–" : `${(100 * share).toFixed(0)} %`;
}
