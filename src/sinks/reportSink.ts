import type { AnnotationSink, FrameCounters } from "../annotate/index.js";
import { OutputFile } from "../base/index.js";
import { type DriftNote, ReportBuilder, svgToPng } from "../report/index.js";
import type { Task } from "../task/index.js";

export interface ReportAbout {
  readonly source: string;
  readonly model: string;
  /** The run's counts; read at the end. */
  readonly frames: FrameCounters;
  /** Read at the end. */
  readonly drifts?: () => readonly DriftNote[];
}

/** What a finished report is written as. */
export const REPORT_FORMATS = {
  html: (report: ReportBuilder, { frames, drifts }: Pick<ReportAbout, "frames" | "drifts">) =>
    report.html({ frames, ...(drifts && { drifts: drifts() }) }),
  svg: (report: ReportBuilder) => report.picture(),
  png: async (report: ReportBuilder) => svgToPng(await report.picture()),
} as const;

/** The HTML report, or a picture of it, as an output: gathered while frames come, written at the end. */
export async function reportSink(
  path: string,
  format: keyof typeof REPORT_FORMATS,
  task: Task,
  { source, model, frames, drifts }: ReportAbout,
): Promise<AnnotationSink> {
  const file = await OutputFile.create(path);
  const report = new ReportBuilder(task, { title: `${task.name}: ${source}`, source, model });
  return {
    path,
    write: (annotation) => report.add(annotation),
    async close() {
      await file.write(
        Buffer.from(await REPORT_FORMATS[format](report, { frames, ...(drifts && { drifts }) })),
      );
      await file.finish();
    },
    abort: () => file.discard(),
  };
}
