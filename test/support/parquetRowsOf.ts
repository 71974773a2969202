import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";

/** The rows of a Parquet file, as another program reads them. */
export async function parquetRowsOf(path: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path) });
}
