import { ByteWriter, type ColumnSource, parquetWrite } from "hyparquet-writer";
import type { Annotation, AnnotationSink } from "../annotate/index.js";
import { UserError, writeWhole } from "../base/index.js";
import type { DatasetRow } from "../camera/index.js";
import type { Task } from "../task/index.js";

/** A task whose rewards an output format has no place for. */
export class FormatError extends UserError {
  override readonly code = "output.format";
}

/**
 * A table of the annotations with the columns of the CSV (docs: README, "Outputs"), typed. What is
 * not known is null: an invalid reward is never a number.
 */
export function parquetSink(path: string, task: Task): AnnotationSink {
  const rows: TableRow[] = [];
  return {
    path,
    write: async ({ frame: _, facts: __, positions: ___, ...row }) => {
      rows.push(row);
    },
    close: () => writeWhole(path, parquetBytes(tableOf(rows, task))),
    abort: async () => {},
  };
}

/**
 * The progress of each frame, as LeRobot's training reads it to weigh samples by their progress
 * (`--sample_weighting.type=rabc --sample_weighting.progress_path=…`): `index`, `episode_index` and
 * `frame_index` of the data set, and `progress_sparse` from the task's stages, NaN where it is not
 * valid. Frames of other sources are counted in the order of their stamps.
 *
 * @throws FormatError for a task without stages, whose progress says nothing
 */
export function progressSink(path: string, task: Task, model: string): AnnotationSink {
  if (task.stages.length === 0) {
    throw new FormatError(
      `${path}: the task ${task.name} has no stages, and progress is what lerobot-progress holds: ` +
        "add stages (docs/task-file.md), or write another format",
    );
  }
  const counter = new RowCounter();
  // Of several cameras that saw one frame, the last one counts.
  const progress = new Map<number, { readonly row: DatasetRow; readonly value: number }>();
  return {
    path,
    write: async (annotation) => {
      if (annotation.outcome === "predicted") return;
      const row = annotation.frame.row ?? counter.rowOf(annotation);
      const { validity, progress: value } = annotation.reward;
      progress.set(row.index, { row, value: validity === "invalid" ? Number.NaN : value });
    },
    close: () => {
      const rows = [...progress.values()].sort((a, b) => a.row.index - b.row.index);
      const count = (of: (row: DatasetRow) => number) =>
        BigInt64Array.from(rows, ({ row }) => BigInt(of(row)));
      const columns: ColumnSource[] = [
        { name: "index", type: "INT64", data: count(({ index }) => index) },
        { name: "episode_index", type: "INT64", data: count(({ episode }) => episode) },
        { name: "frame_index", type: "INT64", data: count(({ frame }) => frame) },
        {
          name: "progress_sparse",
          type: "FLOAT",
          data: Float32Array.from(rows, ({ value }) => value),
        },
      ];
      return writeWhole(path, parquetBytes(columns, [{ key: "reward_model_path", value: model }]));
    },
    abort: async () => {},
  };
}

/** Counts the frames of a source that is no data set. */
class RowCounter {
  #index = -1;
  #episode = -1;
  #frame = -1;
  #attempt = "";
  #stampNs: bigint | undefined;

  rowOf({ frame: { episode, stampNs }, attempt }: Annotation): DatasetRow {
    const name = `${attempt} ${episode}`;
    if (name !== this.#attempt) {
      this.#attempt = name;
      this.#episode += 1;
      this.#frame = -1;
    }
    // Cameras that saw one time share its row.
    if (stampNs !== this.#stampNs || this.#frame < 0) {
      this.#stampNs = stampNs;
      this.#index += 1;
      this.#frame += 1;
    }
    return { index: this.#index, episode: this.#episode, frame: this.#frame };
  }
}

/** What the table needs: the images of a recording would not fit into memory. */
type TableRow = Omit<Annotation, "frame" | "facts" | "positions">;

function tableOf(rows: readonly TableRow[], task: Task): ColumnSource[] {
  const texts = (name: string, of: (row: TableRow) => string | undefined): ColumnSource => ({
    name,
    type: "STRING",
    data: rows.map((row) => of(row) ?? null),
  });
  const numbers = (name: string, of: (row: TableRow) => number | null | undefined) =>
    ({ name, type: "DOUBLE", data: rows.map((row) => of(row) ?? null) }) as const;
  const flags = (name: string, of: (row: TableRow) => boolean): ColumnSource => ({
    name,
    type: "BOOLEAN",
    data: rows.map(of),
  });
  const measured = task.measurements.flatMap(({ name }, i) => [
    numbers(`${name}_value`, ({ measurements }) => measurements[i]?.value),
    numbers(`${name}_sigma`, ({ measurements }) => measurements[i]?.sigma),
    numbers(`${name}_raw`, ({ measurements }) => measurements[i]?.raw),
    texts(`${name}_validity`, ({ measurements }) => measurements[i]?.validity),
  ]);
  const terms = [...new Set(rows.flatMap(({ reward }) => Object.keys(reward.terms)))];
  return [
    {
      name: "stamp_ns",
      type: "INT64",
      data: BigInt64Array.from(rows, ({ reward }) => reward.stampNs),
    },
    texts("camera", ({ reward }) => reward.camera),
    texts("episode", ({ reward }) => reward.episode),
    numbers("reward", ({ reward }) => reward.reward),
    texts("validity", ({ reward }) => reward.validity),
    texts("reason", ({ reward }) => reward.reason),
    numbers("progress", ({ reward }) => (reward.validity === "invalid" ? null : reward.progress)),
    texts("stage", ({ reward }) => reward.stage),
    flags("success", ({ reward }) => reward.success),
    texts("ended", ({ reward }) => reward.ended),
    ...terms.map((term) => numbers(`term_${term}`, ({ reward }) => reward.terms[term])),
    ...measured,
    numbers("latency_ms", ({ latencyMs }) => latencyMs),
    texts("model", ({ model }) => model),
    flags("predicted", ({ outcome }) => outcome === "predicted"),
  ];
}

function parquetBytes(
  columnData: ColumnSource[],
  kvMetadata: { key: string; value: string }[] = [],
): Uint8Array {
  const writer = new ByteWriter();
  parquetWrite({ writer, columnData, kvMetadata });
  return new Uint8Array(writer.getBuffer());
}
