import { open } from "node:fs/promises";
import type { DecodedArray } from "hyparquet";
import { ByteWriter, type KeyValue, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import * as z from "zod";
import { jsonOrUndefined, PartialFile } from "../../base/index.js";
import { LeRobotError, type ParquetFile } from "../../sources/index.js";

type RowGroup = ParquetWriter["row_groups"][number];
type ColumnChunk = RowGroup["columns"][number];

/** A file's metadata as the writer, which has a hyparquet of its own, takes it. */
type WritableMetadata = Readonly<{ schema: SchemaElement[]; row_groups: RowGroup[] }>;

/** A column that a Parquet file gets. */
export interface NewColumn {
  /** Its part of the schema, its own element first. */
  readonly schema: readonly SchemaElement[];
  /** Its values of the file's rows `[from, to)`. */
  readonly values: (from: number, to: number) => DecodedArray | Promise<DecodedArray>;
  /** What the library `datasets` is to take it for; absent: it is told by nothing but its type. */
  readonly feature?: unknown;
}

const COPY_BYTES = 1 << 22;

/**
 * Writes a Parquet file again with more columns. What is there is not decoded: its bytes are copied
 * as they are, and the new columns of each group of rows follow. A column that has the name of a
 * new one is left out.
 *
 * @param to is new
 * @throws LeRobotError, OutputError
 */
export async function addParquetColumns(
  from: ParquetFile,
  to: string,
  columns: readonly NewColumn[],
): Promise<void> {
  const { metadata } = from;
  const names = new Set(columns.map(({ schema }) => nameOf(schema)));
  const { schema, row_groups } = metadata as unknown as WritableMetadata;
  const kept = keptSchema(schema, names);
  const [root] = schema;
  if (root === undefined) throw new LeRobotError(`${from.path} has no columns`);
  // The four letters, the length of the index, and the index itself end the file.
  const dataEnd = from.file.byteLength - 8 - metadata.metadata_length;
  const output = await PartialFile.create(to, "wx");
  try {
    await copyStart(from.path, dataEnd, output);
    const buffer = new ByteWriter();
    const writer = new ParquetWriter({
      writer: Object.assign(buffer, { flush: () => flush(buffer, output) }),
      schema: [
        { ...root, num_children: topCount(kept) + columns.length },
        ...kept,
        ...columns.flatMap(({ schema }) => schema),
      ],
      kvMetadata: newKeyValues(metadata.key_value_metadata ?? [], columns),
      createdBy: "spatial-reward-bridge",
    });
    // The letters that begin a file are there already.
    Object.assign(buffer, { index: 0, offset: dataEnd });
    let row = 0;
    for (const group of row_groups.filter(({ num_rows }) => num_rows > 0n)) {
      const end = row + Number(group.num_rows);
      const columnData = await Promise.all(
        columns.map(async ({ schema, values }) => ({
          name: nameOf(schema),
          data: await values(row, end),
        })),
      );
      await writer.write({ columnData, rowGroupSize: end - row });
      const added = writer.row_groups.pop();
      if (added) writer.row_groups.push(joined(group, added, names));
      row = end;
    }
    await writer.finish();
    await flush(buffer, output);
    await output.finish();
  } catch (error) {
    await output.drop();
    throw error;
  }
}

function nameOf([top]: readonly SchemaElement[]): string {
  return top?.name ?? "";
}

async function copyStart(path: string, bytes: number, to: PartialFile): Promise<void> {
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(Math.min(bytes, COPY_BYTES));
    for (let done = 0; done < bytes; ) {
      const length = Math.min(buffer.length, bytes - done);
      const { bytesRead } = await handle.read(buffer, 0, length, done);
      if (bytesRead === 0) throw new LeRobotError(`${path} became shorter while it was read`);
      await to.write(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

async function flush(buffer: ByteWriter, to: PartialFile): Promise<void> {
  await to.write(buffer.getBytes());
  buffer.index = 0;
}

/** The schema without its root and without the columns of these names, with all that is in them. */
function keptSchema(
  [, ...elements]: readonly SchemaElement[],
  names: ReadonlySet<string>,
): SchemaElement[] {
  const kept: SchemaElement[] = [];
  for (let i = 0; i < elements.length; ) {
    const end = endOf(elements, i);
    if (!names.has(elements[i]?.name ?? "")) kept.push(...elements.slice(i, end));
    i = end;
  }
  return kept;
}

/** Where the elements end that belong to the one at `start`. */
function endOf(elements: readonly SchemaElement[], start: number): number {
  let end = start + 1;
  for (let left = elements[start]?.num_children ?? 0; left > 0; left--) end = endOf(elements, end);
  return end;
}

function topCount(elements: readonly SchemaElement[]): number {
  let count = 0;
  for (let i = 0; i < elements.length; i = endOf(elements, i)) count += 1;
  return count;
}

/** The columns of both, by where they stand in the file. */
function joined(old: RowGroup, added: RowGroup, names: ReadonlySet<string>): RowGroup {
  const columns = old.columns
    .filter(({ meta_data }) => !names.has(meta_data?.path_in_schema[0] ?? ""))
    .map(withoutBounds);
  const bytes = (group: readonly ColumnChunk[]) =>
    group.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n);
  return {
    columns: [...columns, ...added.columns],
    num_rows: old.num_rows,
    total_byte_size: bytes(columns) + added.total_byte_size,
  };
}

/** The least and greatest of texts and bytes do not survive being read as letters. */
function withoutBounds(chunk: ColumnChunk): ColumnChunk {
  const { meta_data } = chunk;
  if (meta_data === undefined || !/BYTE_ARRAY|INT96/.test(meta_data.type)) return chunk;
  const { statistics: _, ...rest } = meta_data;
  return { ...chunk, meta_data: rest };
}

const hubSchema = z.looseObject({
  info: z.looseObject({ features: z.record(z.string(), z.unknown()) }),
});

/**
 * Arrow's copy of the schema would contradict the new columns: without it, its readers go by the
 * Parquet schema. What `datasets` knows of its features gets the new ones.
 */
function newKeyValues(old: readonly KeyValue[], columns: readonly NewColumn[]): KeyValue[] {
  const added = columns.flatMap(({ schema, feature }): [string, unknown][] =>
    feature === undefined ? [] : [[nameOf(schema), feature]],
  );
  return old.flatMap(({ key, value }): KeyValue[] => {
    if (key === "ARROW:schema" || key === "pandas") return [];
    const hub =
      key === "huggingface" ? hubSchema.safeParse(jsonOrUndefined(value ?? "")).data : undefined;
    if (hub === undefined) return [{ key, ...(value !== undefined && { value }) }];
    const features = { ...hub.info.features, ...Object.fromEntries(added) };
    return [{ key, value: JSON.stringify({ info: { ...hub.info, features } }) }];
  });
}
