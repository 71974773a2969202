import { join } from "node:path";
import { itemAt } from "../../base/index.js";
import { type TableColumn, TableFile, valueColumn } from "../../sinks/index.js";
import { joinVideos } from "../../video/index.js";
import { PICTURE_ROWS, pictureColumn, picturesOf } from "../pictureColumn.js";
import type { StagedEpisode } from "../StagedEpisode.js";
import {
  INT,
  imageKey,
  type LeRobotOptions,
  MB,
  makeFolderOf,
  type Place,
  type PlacedEpisode,
  placeEpisodes,
  placeOf,
  VIDEO_MB,
  type VideoPlace,
  type VideoPlaces,
  writeTable,
} from "./PlacedEpisode.js";
import { COUNTED, STAMP, writeMeta } from "./writeMeta.js";

/** The name that `lerobot-train` looks for where no progress file is named. */
const PROGRESS_FILE = "sarm_progress.parquet";

/**
 * Writes a LeRobot data set v3.0.
 *
 * @param folder is empty
 * @param stage the folder that the episodes' pictures lie in
 */
export async function writeLeRobot(
  folder: string,
  stage: string,
  episodes: readonly StagedEpisode[],
  options: LeRobotOptions,
): Promise<void> {
  const tasks = [...new Set(episodes.map(({ instruction }) => instruction))];
  const placed = placeEpisodes(episodes, tasks, options);
  const videos =
    options.storage === "png" ? undefined : await writeVideos(folder, stage, placed, options);
  await writeData(folder, stage, placed);
  await writeProgress(folder, placed, options.model);
  await writeMeta(folder, placed, tasks, videos, options);
}

function numbered({ chunk, file }: Place, ending: string): string {
  const digits = (count: number) => String(count).padStart(3, "0");
  return `chunk-${digits(chunk)}/file-${digits(file)}.${ending}`;
}

const WHOLE = { dtype: "int64", _type: "Value" };

const counted = (name: string): TableColumn => ({ schema: [{ name, ...INT }], feature: WHOLE });

async function writeData(
  folder: string,
  stage: string,
  placed: readonly PlacedEpisode[],
): Promise<void> {
  let table: TableFile | undefined;
  let open: Place | undefined;
  try {
    for (const each of placed) {
      const { episode, columns, data, index, fromRow, taskIndex } = each;
      const cameras = episode.cameras.filter(({ files }) => files.length === episode.length);
      const isPng = cameras.length > 0 && cameras[0]?.files[0]?.endsWith(".png") === true;
      const values = columns.map((column) => valueColumn(column, 0));
      const pictures = isPng ? cameras : [];
      if (open === undefined || open.chunk !== data.chunk || open.file !== data.file) {
        await table?.finish();
        open = data;
        const path = join(folder, "data", numbered(data, "parquet"));
        await makeFolderOf(path);
        table = await TableFile.create(path, [
          ...values,
          ...[...COUNTED, STAMP].map(counted),
          ...pictures.map(({ name }) => pictureColumn(imageKey(name))),
        ]);
      }
      const step = isPng ? PICTURE_ROWS : episode.length;
      for (let from = 0; from < episode.length; from += step) {
        const to = Math.min(episode.length, from + step);
        const same = (of: (i: number) => number) =>
          BigInt64Array.from({ length: to - from }, (_, i) => BigInt(of(from + i)));
        await table?.write([
          ...(await Promise.all(values.map((column) => column.values(from, to)))),
          ...[same(() => index), same((i) => fromRow + i), same(() => taskIndex)],
          BigInt64Array.from(episode.stampsNs.slice(from, to), BigInt),
          ...(await Promise.all(
            pictures.map(({ files }) => picturesOf(stage, files.slice(from, to))),
          )),
        ]);
      }
    }
    await table?.finish();
  } catch (error) {
    await table?.drop();
    throw error;
  }
}

async function writeVideos(
  folder: string,
  stage: string,
  placed: readonly PlacedEpisode[],
  { fps, videoMb = VIDEO_MB }: LeRobotOptions,
): Promise<VideoPlaces> {
  const places = new Map<string, VideoPlace[]>();
  const cameras = placed[0]?.episode.cameras.map(({ name }) => name) ?? [];
  for (const [c, camera] of cameras.entries()) {
    const parts = placed.map(({ episode }) => ({
      ...itemAt(episode.cameras, c),
      length: episode.length,
    }));
    const files: (typeof parts)[] = [];
    let bytes = 0;
    for (const part of parts) {
      if (files.length === 0 || bytes + part.bytes >= videoMb * MB) {
        files.push([]);
        bytes = 0;
      }
      files.at(-1)?.push(part);
      bytes += part.bytes;
    }
    const key = imageKey(camera);
    const own: VideoPlace[] = [];
    for (const [f, group] of files.entries()) {
      const place = placeOf(f);
      const path = join(folder, "videos", key, numbered(place, "mp4"));
      await makeFolderOf(path);
      const lengths = group.map(({ length }) => length);
      const videos = group.map((part) => join(stage, part.files[0] ?? ""));
      await joinVideos(videos, lengths, path, fps);
      let before = 0;
      for (const length of lengths) {
        own.push({ ...place, fromS: before / fps, toS: (before + length) / fps });
        before += length;
      }
    }
    places.set(key, own);
  }
  return places;
}

/** The progress of each row where `lerobot-train` looks for it; NaN where it is not valid. */
async function writeProgress(
  folder: string,
  placed: readonly PlacedEpisode[],
  model: string,
): Promise<void> {
  const progress = placed.map(({ columns }) =>
    columns.find(({ name }) => name === "complementary_info.progress"),
  );
  if (progress.some((column) => column === undefined)) return;
  const rows = placed.flatMap(({ episode, index, fromRow }) =>
    Array.from({ length: episode.length }, (_, frame) => ({ index, frame, row: fromRow + frame })),
  );
  const ints = (of: (row: (typeof rows)[number]) => number) =>
    BigInt64Array.from(rows, (row) => BigInt(of(row)));
  await writeTable(
    join(folder, PROGRESS_FILE),
    [
      ...["index", "episode_index", "frame_index"].map((name) => ({ schema: [{ name, ...INT }] })),
      { schema: [{ name: "progress_sparse", type: "FLOAT", repetition_type: "OPTIONAL" }] },
    ],
    [
      ints(({ row }) => row),
      ints(({ index }) => index),
      ints(({ frame }) => frame),
      Float32Array.from(progress.flatMap((column) => [...(column?.values ?? [])])),
    ],
    [{ key: "reward_model_path", value: model }],
  );
}
