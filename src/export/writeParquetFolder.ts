import { join } from "node:path";
import { makeFolder } from "../base/index.js";
import { type RowFeature, type TableColumn, TableFile, valueColumn } from "../sinks/index.js";
import { PICTURE_ROWS, pictureColumn, picturesOf } from "./pictureColumn.js";
import type { StagedEpisode } from "./StagedEpisode.js";

const TEXT = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
const INT = { type: "INT64", repetition_type: "OPTIONAL" } as const;
const whole = (name: string): TableColumn => ({
  schema: [{ name, ...INT }],
  feature: { dtype: "int64", _type: "Value" },
});
const text = (name: string): TableColumn => ({
  schema: [{ name, ...TEXT }],
  feature: { dtype: "string", _type: "Value" },
});

/** A file is followed by another one at this size, bytes. */
const FILE_BYTES = 400 * 1024 * 1024;

/**
 * Writes rows as plain Parquet files `train-00000.parquet` …, as `datasets.load_dataset` reads a
 * folder. Columns are those of the LeRobot data set; what is not known is null; pictures are PNG.
 */
export async function writeParquetFolder(
  folder: string,
  stage: string,
  episodes: readonly StagedEpisode[],
  fps: number,
): Promise<void> {
  let table: TableFile | undefined;
  let [file, bytes, index] = [0, 0, 0];
  await makeFolder(folder);
  try {
    for (const [e, episode] of episodes.entries()) {
      const values = episode.columns.map((column) => valueColumn(column, 0));
      if (!table || bytes >= FILE_BYTES) {
        await table?.finish();
        const name = `train-${String(file++).padStart(5, "0")}.parquet`;
        bytes = 0;
        table = await TableFile.create(join(folder, name), [
          ...["index", "episode_index", "frame_index", "stamp_ns"].map(whole),
          { schema: [{ name: "timestamp", type: "DOUBLE", repetition_type: "OPTIONAL" }] },
          ...["recording", "task"].map(text),
          ...values,
          ...episode.cameras.map(({ name: camera }) =>
            pictureColumn(`observation.images.${camera}`),
          ),
        ]);
      }
      for (let from = 0; from < episode.length; from += PICTURE_ROWS) {
        const to = Math.min(episode.length, from + PICTURE_ROWS);
        const frames = Array.from({ length: to - from }, (_, i) => from + i);
        const ints = (of: (frame: number) => number) =>
          BigInt64Array.from(frames, (frame) => BigInt(of(frame)));
        await table.write([
          ...[ints((frame) => index + frame), ints(() => e), ints((frame) => frame)],
          BigInt64Array.from(episode.stampsNs.slice(from, to), BigInt),
          Float64Array.from(frames, (frame) => frame / fps),
          ...[frames.map(() => episode.recording), frames.map(() => episode.instruction)],
          ...(await Promise.all(
            values.map(async (each, i) =>
              knownOnly(episode.columns[i], await each.values(from, to)),
            ),
          )),
          ...(await Promise.all(
            episode.cameras.map(({ files }) => picturesOf(stage, files.slice(from, to))),
          )),
        ]);
      }
      bytes += episode.cameras.reduce((sum, camera) => sum + camera.bytes, 0);
      index += episode.length;
    }
    await table?.finish();
  } catch (error) {
    await table?.drop();
    throw error;
  }
}

/** Null where a number is not known: Parquet has a place for that. */
function knownOnly(column: RowFeature | undefined, values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (column?.dtype !== "float32") return values;
  const known = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(known) : Number.isNaN(value) ? null : value;
  return Array.from(values, known);
}
