import type { AnswerMetrics, AnswerRow, ProbeOutcome } from "../../evaluate/index.js";
import { answersPageHtml } from "./answersPageHtml.js";
import { BestAndWorst } from "./BestAndWorst.js";
import { examplePicture } from "./examplePicture.js";
import { SampledPoints } from "./SampledPoints.js";

export interface AnswersReportOptions {
  readonly title: string;
  /** What was evaluated: the data set and split, or the file of predictions. */
  readonly source: string;
  readonly model: string;
  /** Of the data set, for pictures; without one there are none. */
  readonly folder?: string;
}

/** Contradictions shown of each probe. */
const MOST_PROBES = 3;

/**
 * Makes a report of evaluated answers that pass by one by one: a self-contained HTML page. Keeps a
 * bounded sample of them, whatever their number.
 *
 * @example
 * const report = new AnswersReport({ title: "Answers", source: "vqa/", model: vlm.id });
 * for (const row of rows) report.add(row);
 * await writeFile("report.html", await report.html(tally.metrics()));
 */
export class AnswersReport {
  readonly #options: AnswersReportOptions;
  readonly #points = new SampledPoints();
  readonly #examples = new BestAndWorst();
  readonly #probes = new Map<string, ProbeOutcome[]>();

  constructor(options: AnswersReportOptions) {
    this.#options = options;
  }

  add(row: AnswerRow): void {
    if (row.truth.shape === "quantity" && row.said.value?.shape === "quantity") {
      this.#points.add(row.truth.value_m, row.said.value.valueM);
    }
    this.#examples.add(row);
  }

  addProbe(outcome: ProbeOutcome): void {
    if (outcome.verdict !== "disagree") return;
    const shown = this.#probes.get(outcome.probe) ?? [];
    this.#probes.set(outcome.probe, shown);
    if (shown.length < MOST_PROBES) shown.push(outcome);
  }

  /** The page. Images are read now: a picture whose file is gone is left out. */
  async html(metrics: AnswerMetrics): Promise<string> {
    const { folder } = this.#options;
    const pictures = async (rows: readonly AnswerRow[]) =>
      Promise.all(
        rows.map(async (row) => ({ row, picture: folder && (await examplePicture(folder, row)) })),
      );
    return answersPageHtml(metrics, {
      ...this.#options,
      points: this.#points,
      worst: await pictures(this.#examples.worst()),
      best: await pictures(this.#examples.best()),
      contradictions: [...this.#probes.values()].flat(),
    });
  }
}
