import type { Annotation } from "../annotate/index.js";
import type { Task } from "../task/index.js";
import type { AnnotationSink } from "./AnnotationSink.js";
import { csvHeader, csvRow } from "./csv.js";
import { jsonLine } from "./jsonLine.js";
import { PartialFile } from "./PartialFile.js";

/** JSON lines, one object for each annotation; see `jsonLine`. */
export async function jsonLinesSink(path: string): Promise<AnnotationSink> {
  return textSink(await PartialFile.create(path), jsonLine);
}

/** Comma-separated values with a header; see `csvRow`. */
export async function csvSink(path: string, task: Task): Promise<AnnotationSink> {
  const file = await PartialFile.create(path);
  await file.write(`${csvHeader(task)}\n`);
  return textSink(file, csvRow);
}

function textSink(file: PartialFile, line: (annotation: Annotation) => string): AnnotationSink {
  return {
    path: file.path,
    write: (annotation) => file.write(`${line(annotation)}\n`),
    close: () => file.finish(),
    abort: () => file.abandon(),
  };
}
