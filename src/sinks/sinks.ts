import type { AnnotationSink, FrameCounters } from "../annotate/index.js";
import { Registry } from "../base/index.js";
import type { DriftNote } from "../report/index.js";
import type { FrameSource } from "../sources/index.js";
import type { Task } from "../task/index.js";

/** What a sink may say about the run whose annotations it gets. */
export interface SinkContext {
  readonly task: Task;
  readonly source: FrameSource;
  /** The model's id. */
  readonly model: string;
  /** The run's counts; complete when the sink is closed. */
  readonly frames: FrameCounters;
  /** Images and point clouds are wanted in the output too, where it can hold them. */
  readonly withImages: boolean;
  /** Where calibrated answers have left their calibration; complete when the sink is closed. */
  readonly drifts?: () => readonly DriftNote[];
}

/** An output format, registered under its name: that of its file extension, or one of its own. */
export interface SinkKind {
  /** One sentence. */
  readonly summary: string;
  /** Where the name is not the file extension; empty for what is always a folder. */
  readonly extension?: string;
  /** A folder of outputs gets a folder of this format's own: a rosbag2 folder. */
  readonly isFolder?: boolean;
  open(path: string, context: SinkContext): Promise<AnnotationSink>;
  /** Makes one output of those of several recordings, in their order, where they may share one. */
  join?(parts: readonly string[], path: string): Promise<void>;
}

/** Output formats by name. */
export const sinks = new Registry<SinkKind>("an output format");

sinks.register("mcap", {
  summary: "annotated bag",
  isFolder: true,
  async open(path, { task, source, model, withImages }) {
    const { annotatedBagSink } = await import("./annotatedBagSink.js");
    return annotatedBagSink(path, { task, source, model, withImages });
  },
});
sinks.register("jsonl", {
  summary: "JSON lines",
  async open(path, { task }) {
    const { jsonLinesSink } = await import("./textSinks.js");
    return jsonLinesSink(path, task);
  },
});
sinks.register("csv", {
  summary: "comma-separated values",
  async open(path, { task }) {
    const { csvSink } = await import("./textSinks.js");
    return csvSink(path, task);
  },
});
sinks.register("parquet", {
  summary: "table",
  async open(path, { task }) {
    const { parquetSink } = await import("./parquetSinks.js");
    return parquetSink(path, task);
  },
});
sinks.register("lerobot-progress", {
  summary: "progress of each frame, for LeRobot's weighting of samples (RA-BC)",
  extension: "parquet",
  async open(path, context) {
    const { progressSink } = await import("./progressSink.js");
    return progressSink(path, context);
  },
  async join(parts, path) {
    const { joinProgress } = await import("./progressSink.js");
    await joinProgress(parts, path);
  },
});
for (const [format, summary, withFacts] of [
  ["lerobot", "copy of a LeRobot data set with rewards", false],
  ["lerobot-vqa", "the same with questions and answers as language rows", true],
] as const) {
  sinks.register(format, {
    summary,
    extension: "",
    isFolder: true,
    async open(path, { source, task }) {
      const { datasetSink } = await import("./lerobot/datasetSink.js");
      return datasetSink(path, source, task, withFacts);
    },
  });
}
for (const [format, summary] of [
  ["html", "report"],
  ["svg", "picture of the report"],
  ["png", "picture of the report"],
] as const) {
  sinks.register(format, {
    summary,
    async open(path, { task, source, model, frames, drifts }) {
      const { reportSink } = await import("./reportSink.js");
      const about = { source: source.info.name, model, frames, ...(drifts && { drifts }) };
      return reportSink(path, format, task, about);
    },
  });
}
