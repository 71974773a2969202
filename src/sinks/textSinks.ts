import type { Annotation, AnnotationSink } from "../annotate/index.js";
import type { Task } from "../task/index.js";
import { csvHeader, csvRow } from "./csv.js";
import { jsonLine } from "./jsonLine.js";
import { PartialText } from "./PartialText.js";

/** JSON lines, one object for each annotation; see `jsonLine`. */
export async function jsonLinesSink(path: string, task?: Task): Promise<AnnotationSink> {
  return textSink(await PartialText.create(path), (annotation) => jsonLine(annotation, task));
}

/** Comma-separated values with a header; see `csvRow`. */
export async function csvSink(path: string, task: Task): Promise<AnnotationSink> {
  const file = await PartialText.create(path);
  await file.write(`${csvHeader(task)}\n`);
  return textSink(file, csvRow);
}

function textSink(file: PartialText, line: (annotation: Annotation) => string): AnnotationSink {
  return {
    path: file.path,
    write: (annotation) => file.write(`${line(annotation)}\n`),
    close: () => file.finish(),
    abort: () => file.abandon(),
  };
}
