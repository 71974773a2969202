import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { openParquet, parquetRows } from "./parquetRows.js";
import { fillPath, INFO_FILE, LeRobotError, type LeRobotInfo } from "./readInfo.js";

/** Where an episode's pictures lie in a video file. */
export interface EpisodeVideo {
  /** Inside the data set. */
  readonly path: string;
  /** Time in the file of the episode's time 0, s. */
  readonly fromS: number;
}

/** One episode of a data set: a contiguous range of its rows. */
export interface LeRobotEpisode {
  readonly index: number;
  /** What was to be done, in words. */
  readonly tasks: readonly string[];
  /** Rows of the whole data set: `[from, to)`. */
  readonly fromRow: number;
  readonly toRow: number;
  /** The Parquet file of its rows, inside the data set. */
  readonly dataPath: string;
  /** By feature: `observation.images.front`. */
  readonly videos: ReadonlyMap<string, EpisodeVideo>;
}

/** A data set on disk: what its meta/ says. */
export interface LeRobotDataset {
  readonly folder: string;
  readonly info: LeRobotInfo;
  /** In the order of their indices. */
  readonly episodes: readonly LeRobotEpisode[];
  /** The features that are cameras, by their whole names. */
  readonly cameras: readonly string[];
}

const count = z.union([z.int(), z.bigint()]).transform(Number).pipe(z.int().min(0));
const tasks = z.array(z.string()).default([]);

const v3Schema = z.looseObject({
  episode_index: count,
  length: count,
  tasks,
  dataset_from_index: count,
  dataset_to_index: count,
  "data/chunk_index": count,
  "data/file_index": count,
});
const v2Schema = z.looseObject({ episode_index: count, length: count, tasks });

/**
 * The episodes of a data set in their order.
 *
 * @throws LeRobotError
 */
export async function readEpisodes(
  folder: string,
  info: LeRobotInfo,
): Promise<readonly LeRobotEpisode[]> {
  const videoKeys = Object.entries(info.features)
    .filter(([, { dtype }]) => dtype === "video")
    .map(([key]) => key);
  const episodes = await (info.layout === "v3"
    ? readV3(folder, info, videoKeys)
    : readV2(folder, info, videoKeys));
  if (episodes.length !== info.total_episodes) {
    throw new LeRobotError(
      `${folder}: ${INFO_FILE} counts ${info.total_episodes} episodes, but ${episodes.length} are listed`,
    );
  }
  const frames = episodes.reduce((sum, { fromRow, toRow }) => sum + toRow - fromRow, 0);
  if (frames !== info.total_frames) {
    throw new LeRobotError(
      `${folder}: ${INFO_FILE} counts ${info.total_frames} frames, but the episodes have ${frames}`,
    );
  }
  return episodes;
}

async function readV3(
  folder: string,
  info: LeRobotInfo,
  videoKeys: readonly string[],
): Promise<LeRobotEpisode[]> {
  const root = join(folder, "meta/episodes");
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const episodes: LeRobotEpisode[] = [];
  for (const name of names.filter((each) => each.endsWith(".parquet")).sort()) {
    const path = join(root, name);
    const file = await openParquet(path);
    const wanted = [
      ...["episode_index", "length", "tasks", "dataset_from_index", "dataset_to_index"],
      ...["data/chunk_index", "data/file_index"],
      ...videoKeys.flatMap((key) =>
        ["chunk_index", "file_index", "from_timestamp"].map((part) => `videos/${key}/${part}`),
      ),
    ];
    for (const found of await parquetRows(file, wanted)) {
      const row = checked(v3Schema, found, path);
      const placed = { chunk_index: row["data/chunk_index"], file_index: row["data/file_index"] };
      episodes.push({
        index: row.episode_index,
        tasks: row.tasks,
        fromRow: row.dataset_from_index,
        toRow: row.dataset_to_index,
        dataPath: fillPath(info.data_path, placed),
        videos: new Map(videoKeys.map((key) => [key, v3Video(row, key, info, path)])),
      });
    }
  }
  return episodes.sort((a, b) => a.index - b.index);
}

function v3Video(
  row: Readonly<Record<string, unknown>>,
  key: string,
  info: LeRobotInfo,
  path: string,
): EpisodeVideo {
  const part = (name: string) => checked(count, row[`videos/${key}/${name}`], path);
  const values = {
    video_key: key,
    chunk_index: part("chunk_index"),
    file_index: part("file_index"),
  };
  return {
    path: fillPath(info.video_path ?? "", values),
    fromS: checked(z.number().min(0), row[`videos/${key}/from_timestamp`], path),
  };
}

async function readV2(
  folder: string,
  info: LeRobotInfo,
  videoKeys: readonly string[],
): Promise<LeRobotEpisode[]> {
  const path = join(folder, "meta/episodes.jsonl");
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new LeRobotError(`${path}: ${error.message}`);
  });
  let fromRow = 0;
  return text
    .split("\n")
    .map((line, i) => ({ line, where: `${path}, line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, where }) => checked(v2Schema, parsed(line, where), where))
    .sort((a, b) => a.episode_index - b.episode_index)
    .map((row): LeRobotEpisode => {
      const index = row.episode_index;
      const values = {
        episode_chunk: Math.floor(index / info.chunks_size),
        episode_index: index,
      };
      const from = fromRow;
      fromRow += row.length;
      return {
        index,
        tasks: row.tasks,
        fromRow: from,
        toRow: fromRow,
        dataPath: fillPath(info.data_path, values),
        videos: new Map(
          videoKeys.map((key) => {
            const path = fillPath(info.video_path ?? "", { ...values, video_key: key });
            return [key, { path, fromS: 0 }];
          }),
        ),
      };
    });
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new LeRobotError(`${where}: ${(error as Error).message}`);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new LeRobotError(`${where}: ${issue?.path.join(".")}: ${issue?.message}`);
}
