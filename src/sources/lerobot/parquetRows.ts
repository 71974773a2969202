import { stat } from "node:fs/promises";
import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { LeRobotError } from "./readInfo.js";

/** A Parquet file, opened. */
export interface ParquetFile {
  readonly path: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
}

/** @throws LeRobotError */
export async function openParquet(path: string): Promise<ParquetFile> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import("hyparquet");
  return explained(path, async () => {
    if (!(await stat(path)).isFile()) throw new Error("it is not a file");
    const file = await asyncBufferFromFile(path);
    return { path, file, metadata: await parquetMetadataAsync(file) };
  });
}

/** Rows `[from, to)` of a file, of these columns where they are there. Texts are strings. */
export async function parquetRows(
  { path, file, metadata }: ParquetFile,
  columns: readonly string[],
  from = 0,
  to = Number(metadata.num_rows),
): Promise<Record<string, unknown>[]> {
  const { parquetReadObjects } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  return explained(path, () =>
    parquetReadObjects({
      ...{ file, metadata, compressors, rowStart: from, rowEnd: to, utf8: false },
      columns: [...columns],
    }),
  );
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new LeRobotError(`${path}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
