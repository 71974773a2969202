import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { OutputError } from "../../base/index.js";
import {
  type FeatureStats,
  type RowFeature,
  statsOfRows,
  type TableColumn,
  TableFile,
} from "../../sinks/index.js";
import type { PictureStorage } from "../EpisodePictures.js";
import type { StagedEpisode } from "../StagedEpisode.js";

export interface LeRobotOptions {
  readonly fps: number;
  readonly storage: PictureStorage;
  readonly robotType?: string;
  /** What made the progress. */
  readonly model: string;
  /** A file of rows or a video is followed by another one at this size, MB. */
  readonly dataMb?: number;
  readonly videoMb?: number;
}

export const CHUNK = 1000;
export const DATA_MB = 100;
export const VIDEO_MB = 200;
export const MB = 1024 * 1024;

/** Which file of a data set, and where in it. */
export interface Place {
  readonly chunk: number;
  readonly file: number;
}

/** An episode with its place in the data set. */
export interface PlacedEpisode {
  readonly episode: StagedEpisode;
  readonly index: number;
  readonly fromRow: number;
  readonly taskIndex: number;
  readonly data: Place;
  readonly columns: readonly RowFeature[];
  readonly stats: ReadonlyMap<string, FeatureStats | undefined>;
}

/** Where each episode's pictures of a camera begin. */
export interface VideoPlace extends Place {
  readonly fromS: number;
  readonly toS: number;
}
export type VideoPlaces = ReadonlyMap<string, readonly VideoPlace[]>;

export function placeEpisodes(
  episodes: readonly StagedEpisode[],
  tasks: readonly string[],
  { fps, dataMb = DATA_MB, storage }: LeRobotOptions,
): PlacedEpisode[] {
  let [fromRow, file, inFile] = [0, 0, 0];
  return episodes.map((episode, index) => {
    const { length } = episode;
    const columns = rowColumns(episode, fps);
    const numbers = columns.reduce((sum, { values }) => sum + 4 * values.length, 0);
    const pictures = episode.cameras.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = numbers + (storage === "png" ? pictures : 0);
    if (inFile > 0 && inFile + bytes >= dataMb * MB) {
      file += 1;
      inFile = 0;
    }
    inFile += bytes;
    const stats = new Map(columns.map((each) => [each.name, statsOfRows(each, 0, length)]));
    for (const { name, stats: found } of episode.cameras) stats.set(imageKey(name), found);
    const own = { episode, index, fromRow, taskIndex: tasks.indexOf(episode.instruction) };
    fromRow += length;
    return { ...own, data: placeOf(file), columns, stats };
  });
}

export function placeOf(file: number): Place {
  return { chunk: Math.floor(file / CHUNK), file: file % CHUNK };
}

export function imageKey(camera: string): string {
  return `observation.images.${camera}`;
}

/** The features of an episode's rows; the counts of the whole data set are added as it is written. */
function rowColumns(episode: StagedEpisode, fps: number): RowFeature[] {
  const { length } = episode;
  const each = (of: (i: number) => number) => Float32Array.from({ length }, (_, i) => of(i));
  return [
    ...episode.columns,
    { name: "timestamp", dtype: "float32", names: [], values: each((i) => i / fps) },
    { name: "frame_index", dtype: "int64", names: [], values: each((i) => i) },
  ];
}

/** @throws OutputError */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw new OutputError(path, error);
  });
}

export const INT = { type: "INT64", repetition_type: "OPTIONAL" } as const;
export const TEXT = {
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type: "OPTIONAL",
} as const;
/** A Parquet file of one group of rows. @throws OutputError */
export async function writeTable(
  path: string,
  columns: readonly TableColumn[],
  data: readonly ArrayLike<unknown>[],
  keyValues: readonly { readonly key: string; readonly value: string }[] = [],
): Promise<void> {
  await makeFolderOf(path);
  const table = await TableFile.create(path, columns, keyValues);
  try {
    await table.write(data);
    await table.finish();
  } catch (error) {
    await table.drop();
    throw error;
  }
}
