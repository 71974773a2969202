import type { SchemaElement } from "hyparquet-writer";
import { OutputPlace } from "../base/index.js";
import { openParquet, parquetRows } from "../sources/index.js";
import { type TableColumn, TableFile } from "./TableFile.js";

/** A table of one recording. */
export interface RecordingTable {
  /** The recording's name. */
  readonly recording: string;
  readonly path: string;
}

const RECORDING = {
  name: "recording",
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "REQUIRED",
} as const satisfies SchemaElement;

/**
 * Joins the tables of several recordings (`parquetSink`) into one, in their order, with the
 * recording's name as the first column. A column that some do not have (a term of a reward that was
 * never valid) is null there. One table is in memory at a time.
 *
 * @throws LeRobotError where a table cannot be read; OutputError
 */
export async function joinTables(
  tables: readonly RecordingTable[],
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const place = await OutputPlace.take(output);
  let file: TableFile | undefined;
  try {
    const elements = await columnsOf(tables);
    const columns: TableColumn[] = [RECORDING, ...elements].map((element) => ({
      schema: [element],
    }));
    file = await TableFile.create(place.temporary, columns);
    const names = elements.map(({ name }) => name);
    for (const { recording, path } of tables) {
      signal.throwIfAborted();
      const table = await openParquet(path);
      const there = new Set(table.metadata.schema.map(({ name }) => name));
      const wanted = names.filter((name) => there.has(name));
      const rows = await parquetRows(table, wanted);
      const data = names.map((name) => rows.map((row) => row[name] ?? null));
      await file.write([rows.map(() => recording), ...data]);
    }
    await file.finish();
    await place.publish();
  } catch (error) {
    await file?.drop();
    await place.discard();
    throw error;
  }
}

/** All columns that a table has, each after those that stand before it in its first table. */
async function columnsOf(tables: readonly RecordingTable[]): Promise<SchemaElement[]> {
  const columns: SchemaElement[] = [];
  for (const { path } of tables) {
    const { schema } = (await openParquet(path)).metadata;
    let at = 0;
    for (const { name, type, converted_type } of schema.slice(1)) {
      const known = columns.findIndex((column) => column.name === name);
      if (known < 0) {
        const kind = { ...(type && { type }), ...(converted_type && { converted_type }) };
        columns.splice(at, 0, { name, ...kind, repetition_type: "OPTIONAL" });
      }
      at = (known < 0 ? at : known) + 1;
    }
  }
  return columns;
}
