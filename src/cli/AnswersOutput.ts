import { join } from "node:path";
import { OutputFile, writeWhole } from "../base/index.js";
import {
  type AnswerMetrics,
  type EvaluatedScene,
  metricsDocument,
  predictionRowOf,
} from "../evaluate/index.js";
import { AnswersReport, type AnswersReportOptions } from "../report/index.js";

/** Lines are gathered to this size before they are written. */
const BUFFER_CHARS = 1 << 16;

/** What an evaluation writes into a folder. */
export function outputFiles(folder: string): string[] {
  return ["metrics.json", "predictions.jsonl", "report.html"].map((name) => join(folder, name));
}

/** The files of an evaluation. They appear under their names when all is done. */
export class AnswersOutput {
  readonly written: readonly string[];
  readonly #predictions: OutputFile;
  readonly #report: AnswersReport;
  #lines = "";

  private constructor(folder: string, predictions: OutputFile, report: AnswersReport) {
    this.#predictions = predictions;
    this.#report = report;
    this.written = outputFiles(folder);
  }

  static async create(folder: string, report: AnswersReportOptions): Promise<AnswersOutput> {
    const predictions = await OutputFile.create(join(folder, "predictions.jsonl"));
    return new AnswersOutput(folder, predictions, new AnswersReport(report));
  }

  async add({ rows, probes }: EvaluatedScene): Promise<void> {
    for (const row of rows) {
      this.#report.add(row);
      this.#lines += `${JSON.stringify(predictionRowOf(row))}\n`;
    }
    for (const probe of probes) this.#report.addProbe(probe);
    if (this.#lines.length > BUFFER_CHARS) await this.#flush();
  }

  async finish(metrics: AnswerMetrics): Promise<void> {
    await this.#flush();
    const html = await this.#report.html(metrics);
    const [json, , page] = this.written;
    await writeWhole(json!, `${JSON.stringify(metricsDocument(metrics), undefined, 2)}\n`);
    await writeWhole(page!, html);
    await this.#predictions.finish();
  }

  /** Leaves nothing under a final name. */
  async abort(): Promise<void> {
    await this.#predictions.discard();
  }

  async #flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = "";
    await this.#predictions.write(Buffer.from(lines));
  }
}
