import type { FrameCounters } from "../annotate/index.js";
import { type AnnotationSink, PartialText } from "../export/index.js";
import { ReportBuilder } from "../report/index.js";
import type { Task } from "../task/index.js";

/** The HTML report as an output: gathered while frames come, written at the end. */
export async function reportSink(
  path: string,
  task: Task,
  about: { readonly title: string; readonly source: string; readonly model: string },
  frames: () => FrameCounters,
): Promise<AnnotationSink> {
  const file = await PartialText.create(path);
  const report = new ReportBuilder(task, about);
  return {
    path,
    write: async (annotation) => report.add(annotation),
    async close() {
      await file.write(await report.html({ frames: frames() }));
      await file.finish();
    },
    abort: () => file.abandon(),
  };
}
