import { ByteWriter, type ColumnSource, parquetWrite } from "hyparquet-writer";
import type { Annotation, AnnotationSink } from "../annotate/index.js";
import { writeWhole } from "../base/index.js";
import { validTerms } from "../reward/index.js";
import type { Task } from "../task/index.js";

/**
 * A table of the annotations with the columns of the CSV (docs/json-lines.md), typed. What is
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
    numbers("progress", ({ reward }) => reward.progress),
    texts("stage", ({ reward }) => reward.stage),
    flags("success", ({ reward }) => reward.success),
    texts("ended", ({ reward }) => reward.ended),
    ...terms.map((term) => numbers(`term_${term}`, ({ reward }) => validTerms(reward)[term])),
    ...measured,
    numbers("latency_ms", ({ latencyMs }) => latencyMs),
    texts("model", ({ model }) => model),
    flags("predicted", ({ outcome }) => outcome === "predicted"),
  ];
}

/** A Parquet file of these columns. */
export function parquetBytes(
  columnData: ColumnSource[],
  kvMetadata: { key: string; value: string }[] = [],
): Uint8Array {
  const writer = new ByteWriter();
  parquetWrite({ writer, columnData, kvMetadata });
  return new Uint8Array(writer.getBuffer());
}
