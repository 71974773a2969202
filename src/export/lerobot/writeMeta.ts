import { join } from "node:path";
import { itemAt, writeWhole } from "../../base/index.js";
import {
  describedFeature,
  type FeatureStats,
  joinStats,
  listSchema,
  statsColumns,
  type TableColumn,
  widthOf,
  written,
} from "../../sinks/index.js";
import { WRITTEN_SETTINGS } from "../../video/index.js";
import {
  CHUNK,
  DATA_MB,
  INT,
  imageKey,
  type LeRobotOptions,
  makeFolderOf,
  type PlacedEpisode,
  TEXT,
  VIDEO_MB,
  type VideoPlace,
  type VideoPlaces,
  writeTable,
} from "./PlacedEpisode.js";

/** The clock of the recording, ns: where a row is in it. */
export const STAMP = "complementary_info.stamp_ns";

/** Writes the folder `meta`: what there is, what it means and its statistics. */
export async function writeMeta(
  folder: string,
  placed: readonly PlacedEpisode[],
  tasks: readonly string[],
  videos: VideoPlaces | undefined,
  options: LeRobotOptions,
): Promise<void> {
  await writeTasks(folder, tasks);
  await writeEpisodes(folder, placed, tasks, videos);
  await writeStats(folder, placed);
  await writeInfo(folder, placed, tasks, options);
}

async function writeTasks(folder: string, tasks: readonly string[]): Promise<void> {
  // pandas reads the column as the table's index.
  const about = (name: string, type: string, numpy: string) => ({
    ...{ name, field_name: name, pandas_type: type, numpy_type: numpy, metadata: null },
  });
  const pandas = {
    index_columns: ["task"],
    column_indexes: [
      {
        ...{ name: null, field_name: null, pandas_type: "unicode", numpy_type: "object" },
        metadata: { encoding: "UTF-8" },
      },
    ],
    columns: [about("task_index", "int64", "int64"), about("task", "unicode", "object")],
    attributes: {},
    creator: { library: "spatial-reward-bridge", version: "1" },
    pandas_version: "2.2.0",
  };
  const path = join(folder, "meta/tasks.parquet");
  await writeTable(
    path,
    [{ schema: [{ name: "task_index", ...INT }] }, { schema: [{ name: "task", ...TEXT }] }],
    [BigInt64Array.from(tasks, (_, i) => BigInt(i)), [...tasks]],
    [{ key: "pandas", value: JSON.stringify(pandas) }],
  );
}

async function writeEpisodes(
  folder: string,
  placed: readonly PlacedEpisode[],
  tasks: readonly string[],
  videos: VideoPlaces | undefined,
): Promise<void> {
  const columns: TableColumn[] = [];
  const data: ArrayLike<unknown>[] = [];
  const add = (name: string, of: (each: PlacedEpisode) => number): void => {
    columns.push({ schema: [{ name, ...INT }] });
    data.push(BigInt64Array.from(placed, (each) => BigInt(of(each))));
  };
  add("episode_index", ({ index }) => index);
  columns.push({ schema: listSchema("tasks", TEXT) });
  data.push(placed.map(({ taskIndex }) => [tasks[taskIndex] ?? ""]));
  add("length", ({ episode }) => episode.length);
  add("data/chunk_index", ({ data: place }) => place.chunk);
  add("data/file_index", ({ data: place }) => place.file);
  add("dataset_from_index", ({ fromRow }) => fromRow);
  add("dataset_to_index", ({ fromRow, episode }) => fromRow + episode.length);
  for (const [key, places] of videos ?? []) {
    add(`videos/${key}/chunk_index`, ({ index }) => itemAt(places, index).chunk);
    add(`videos/${key}/file_index`, ({ index }) => itemAt(places, index).file);
    for (const [part, of] of [
      ["from_timestamp", ({ fromS }: VideoPlace) => fromS],
      ["to_timestamp", ({ toS }: VideoPlace) => toS],
    ] as const) {
      columns.push({
        schema: [{ name: `videos/${key}/${part}`, type: "DOUBLE", repetition_type: "OPTIONAL" }],
      });
      data.push(Float64Array.from(placed, ({ index }) => of(itemAt(places, index))));
    }
  }
  for (const name of statsNames(placed)) {
    const found = placed.map(({ stats }) => stats.get(name));
    const feature = placed[0]?.columns.find((column) => column.name === name);
    const added = feature
      ? statsColumns(name, widthOf(feature), found)
      : pictureStatsColumns(name, found);
    for (const column of added) {
      columns.push(column);
      data.push(await column.values(0, placed.length));
    }
  }
  add("meta/episodes/chunk_index", () => 0);
  add("meta/episodes/file_index", () => 0);
  await writeTable(join(folder, "meta/episodes/chunk-000/file-000.parquet"), columns, data);
}

function statsNames(placed: readonly PlacedEpisode[]): string[] {
  return [...new Set(placed.flatMap(({ stats }) => [...stats.keys()]))];
}

/** Of pictures, LeRobot keeps each channel's figure in brackets of its height and width. */
function pictureStatsColumns(name: string, found: readonly (FeatureStats | undefined)[]) {
  return statsColumns(name, 3, found).map((column) => {
    const [top] = column.schema;
    if (top?.name.endsWith("/count")) return column;
    return {
      schema: nestedSchema(top?.name ?? ""),
      async values(from: number, to: number) {
        const lists = (await column.values(from, to)) as number[][];
        return Array.from(lists, (list) => list.map((figure) => [[figure]]));
      },
    };
  });
}

function nestedSchema(name: string): TableColumn["schema"] {
  const inner = (levels: number): TableColumn["schema"] =>
    levels === 0
      ? [{ name: "element", type: "DOUBLE", repetition_type: "OPTIONAL" }]
      : [
          { name: "element", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
          { name: "list", repetition_type: "REPEATED", num_children: 1 },
          ...inner(levels - 1),
        ];
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...inner(2),
  ];
}

async function writeStats(folder: string, placed: readonly PlacedEpisode[]): Promise<void> {
  const all = statsNames(placed).flatMap((name): [string, object][] => {
    const joined = joinStats(placed.flatMap(({ stats }) => stats.get(name) ?? []));
    if (!joined) return [];
    if (!name.startsWith(imageKey(""))) return [[name, written(joined)]];
    const nested = Object.entries(joined).map(([figure, list]) => [
      figure,
      Array.isArray(list) ? list.map((value: number) => [[value]]) : [list],
    ]);
    return [[name, Object.fromEntries(nested)]];
  });
  const path = join(folder, "meta/stats.json");
  await makeFolderOf(path);
  await writeWhole(path, `${JSON.stringify(Object.fromEntries(all), undefined, 4)}\n`);
}

async function writeInfo(
  folder: string,
  placed: readonly PlacedEpisode[],
  tasks: readonly string[],
  options: LeRobotOptions,
): Promise<void> {
  const { fps, storage, robotType, dataMb = DATA_MB, videoMb = VIDEO_MB } = options;
  const [first] = placed;
  const whole = { dtype: "int64", shape: [1], names: null };
  const features = {
    ...Object.fromEntries(
      (first?.columns ?? []).map((column) => [column.name, describedFeature(column)]),
    ),
    ...Object.fromEntries(
      (first?.episode.cameras ?? []).map(({ name, width, height }) => [
        imageKey(name),
        {
          dtype: storage === "png" ? "image" : "video",
          shape: [height, width, 3],
          names: ["height", "width", "channels"],
          ...(storage !== "png" && { info: videoInfo(width, height, fps, storage) }),
        },
      ]),
    ),
    ...Object.fromEntries(COUNTED.map((name) => [name, whole])),
    [STAMP]: whole,
  };
  const info = {
    codebase_version: "v3.0",
    robot_type: robotType ?? null,
    total_episodes: placed.length,
    total_frames: placed.reduce((sum, { episode }) => sum + episode.length, 0),
    total_tasks: tasks.length,
    chunks_size: CHUNK,
    data_files_size_in_mb: dataMb,
    video_files_size_in_mb: videoMb,
    fps,
    splits: { train: `0:${placed.length}` },
    data_path: "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
    video_path:
      storage === "png"
        ? null
        : "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
    features,
  };
  await writeWhole(join(folder, "meta/info.json"), `${JSON.stringify(info, undefined, 4)}\n`);
}

function videoInfo(width: number, height: number, fps: number, storage: "av1" | "h264") {
  const settings = Object.entries(WRITTEN_SETTINGS[storage]);
  return {
    "video.height": height,
    "video.width": width,
    ...Object.fromEntries(settings.map(([name, value]) => [`video.${name}`, value])),
    "video.pix_fmt": "yuv420p",
    "video.fps": fps,
    "video.channels": 3,
    has_audio: false,
    is_depth_map: false,
  };
}

/** What LeRobot counts over the whole data set. */
export const COUNTED = ["episode_index", "index", "task_index"];
