import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";

const VIDEOS = join(import.meta.dirname, "../video/fixtures");
const CAMERA = "observation.images.front";

/** What of a data set is different from the usual one. */
export interface DatasetChanges {
  readonly layout?: "v2" | "v3";
  readonly info?: Readonly<Record<string, unknown>>;
  /** Pictures of the episodes, of 30 in all. */
  readonly lengths?: readonly number[];
  readonly video?: string;
  readonly stateNames?: unknown;
  /** Numbers of a row, counted over the data set. */
  readonly stateOf?: (row: number) => readonly number[];
  /** What the episodes are about. */
  readonly tasks?: readonly string[];
  /** Its meta/stats.json; absent: it has none. */
  readonly stats?: unknown;
  /**
   * What info.json says of a depth map `front_depth` in a video that LeRobot 0.6.1 wrote
   * (test/lerobot/check.py): 12 and 9 pictures of 64 x 48, of 400 + 20 x + 10 y + 30 i mm in each
   * episode, and of nothing where x and y are below 5. Absent: there is none.
   */
  readonly depth?: Readonly<Record<string, unknown>>;
}

const DEPTH = `${CAMERA}_depth`;

/**
 * Writes a LeRobot data set of one camera at 10 Hz, whose picture of row N is grey of luma
 * 16 + 7 N, in a folder of its own.
 *
 * @returns the folder
 */
export function writeDataset({
  layout = "v3",
  info = {},
  lengths = [8, 12, 10],
  video = "h264.mp4",
  stateNames = ["ee.x", "ee.y", "ee.z", "gripper.pos"],
  stateOf = (row) => [row / 100, 0, 0.5, 1],
  tasks = [],
  stats,
  depth,
}: DatasetChanges = {}): string {
  const cameras = depth ? [CAMERA, DEPTH] : [CAMERA];
  const folder = mkdtempSync(join(tmpdir(), "lerobot-"));
  const put = (path: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    return join(folder, path);
  };
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, n) => sum + n, 0));
  const rows = lengths.flatMap((length, episode) =>
    Array.from({ length }, (_, frame) => ({
      episode,
      frame,
      index: (starts[episode] ?? 0) + frame,
    })),
  );
  const v3 = layout === "v3";
  writeFileSync(
    put("meta/info.json"),
    JSON.stringify({
      codebase_version: v3 ? "v3.0" : "v2.1",
      fps: 10,
      total_episodes: lengths.length,
      total_frames: rows.length,
      chunks_size: 1000,
      data_path: v3
        ? "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
        : "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
      video_path: v3
        ? "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
        : "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
      features: {
        [CAMERA]: { dtype: "video", shape: [64, 64, 3], names: ["height", "width", "channels"] },
        ...(depth && { [DEPTH]: { dtype: "video", shape: [48, 64, 1], names: null, info: depth } }),
        "observation.state": { dtype: "float32", shape: [4], names: stateNames },
      },
      ...info,
    }),
  );
  if (stats !== undefined) writeFileSync(put("meta/stats.json"), JSON.stringify(stats));
  const dataColumns = (part: typeof rows) => [
    ints(
      "index",
      part.map(({ index }) => index),
    ),
    ints(
      "episode_index",
      part.map(({ episode }) => episode),
    ),
    ints(
      "frame_index",
      part.map(({ frame }) => frame),
    ),
    ints(
      "task_index",
      part.map(() => 0),
    ),
    {
      name: "timestamp",
      data: Float32Array.from(part, ({ frame }) => frame / 10),
      type: "FLOAT",
    } as const,
    { name: "observation.state", data: part.map(({ index }) => [...stateOf(index)]) },
  ];
  if (v3) {
    parquetWriteFile({
      filename: put("data/chunk-000/file-000.parquet"),
      columnData: dataColumns(rows),
      // Groups that do not end where episodes do.
      rowGroupSize: 7,
    });
    const from = starts.map((start) => start / 10);
    parquetWriteFile({
      filename: put("meta/episodes/chunk-000/file-000.parquet"),
      columnData: [
        ints(
          "episode_index",
          lengths.map((_, i) => i),
        ),
        ints("length", lengths),
        { name: "tasks", data: lengths.map((_, i) => [tasks[i] ?? "pick the red mug"]) },
        ints("dataset_from_index", starts),
        ints(
          "dataset_to_index",
          lengths.map((length, i) => (starts[i] ?? 0) + length),
        ),
        ints(
          "data/chunk_index",
          lengths.map(() => 0),
        ),
        ints(
          "data/file_index",
          lengths.map(() => 0),
        ),
        ...cameras.flatMap((key) => [
          ints(
            `videos/${key}/chunk_index`,
            lengths.map(() => 0),
          ),
          ints(
            `videos/${key}/file_index`,
            lengths.map(() => 0),
          ),
          { name: `videos/${key}/from_timestamp`, data: from, type: "DOUBLE" as const },
        ]),
      ],
    });
    copyFileSync(join(VIDEOS, video), put(`videos/${CAMERA}/chunk-000/file-000.mp4`));
    if (depth) {
      copyFileSync(
        join(VIDEOS, "lerobot-depth.mp4"),
        put(`videos/${DEPTH}/chunk-000/file-000.mp4`),
      );
    }
    return folder;
  }
  const lines = lengths.map((length, i) =>
    JSON.stringify({ episode_index: i, tasks: [tasks[i] ?? "pick the red mug"], length }),
  );
  writeFileSync(put("meta/episodes.jsonl"), `${lines.join("\n")}\n`);
  for (const [i] of lengths.entries()) {
    const name = `episode_${String(i).padStart(6, "0")}`;
    parquetWriteFile({
      filename: put(`data/chunk-000/${name}.parquet`),
      columnData: dataColumns(rows.filter(({ episode }) => episode === i)),
    });
    // Each episode has a file of its own, which begins at time 0.
    copyFileSync(join(VIDEOS, video), put(`videos/chunk-000/${CAMERA}/${name}.mp4`));
  }
  return folder;
}

function ints(name: string, data: readonly number[]) {
  return { name, data: BigInt64Array.from(data, BigInt), type: "INT64" } as const;
}
