import { join } from "node:path";
import * as z from "zod";
import { closestName } from "../../base/index.js";
import {
  CameraChoiceError,
  type CameraFrame,
  type CameraTopics,
  type FramePart,
  FrameRate,
  imageFault,
  type KinematicSample,
  NO_IMAGE,
  type SourceImage,
} from "../../camera/index.js";
import type { FrameSelection, FrameSource, SourceInfo } from "../FrameSource.js";
import { DepthReader } from "./DepthReader.js";
import { EpisodeVideoReader } from "./EpisodeVideoReader.js";
import { openParquet, type ParquetFile, parquetRows } from "./parquetRows.js";
import { RobotStates } from "./RobotStates.js";
import type { LeRobotDataset, LeRobotEpisode } from "./readEpisodes.js";
import { LeRobotError, type LeRobotFeature } from "./readInfo.js";

const STATE = "observation.state";
const IMAGES = "observation.images.";

const whole = z.union([z.int(), z.bigint()]).transform(Number);
const rowSchema = z.looseObject({
  timestamp: z.number(),
  frame_index: whole,
  episode_index: whole,
  index: whole,
  [STATE]: z.array(z.number()).nullish(),
});
type Row = z.infer<typeof rowSchema>;

const COLUMNS = ["timestamp", "frame_index", "episode_index", "index", STATE];
const pictureSchema = z.object({ bytes: z.instanceof(Uint8Array) });

/**
 * A LeRobot data set as a source of frames. Its episodes follow each other on one time axis: an
 * episode begins at its first row's index times the frame period. The named numbers of
 * `observation.state` are the robot's joints; where its frames are, RobotStates says.
 */
export class LeRobotSource implements FrameSource {
  readonly info: SourceInfo & { readonly notes: string[] };
  readonly dataset: LeRobotDataset;
  readonly #cameras: readonly string[];
  /** Features that are depth maps. */
  readonly #depths: readonly string[];
  readonly #stateNames: readonly string[];
  /** Where in each video the last of its episodes begins, s. */
  readonly #lastFromS = new Map<string, number>();

  constructor(
    path: string,
    name: string,
    identity: string,
    { info, episodes }: Pick<LeRobotDataset, "info" | "episodes">,
  ) {
    this.#cameras = Object.entries(info.features)
      .filter(([, feature]) => isPicture(feature) && !isDepth(feature))
      .map(([key]) => key);
    this.#depths = Object.entries(info.features)
      .filter(([, feature]) => isPicture(feature) && isDepth(feature))
      .map(([key]) => key);
    this.dataset = { folder: path, info, episodes, cameras: this.#cameras };
    this.#stateNames = namesOf(info.features[STATE]);
    for (const { videos } of episodes) {
      for (const video of videos.values()) {
        const before = this.#lastFromS.get(video.path) ?? 0;
        this.#lastFromS.set(video.path, Math.max(video.fromS, before));
      }
    }
    const endNs = this.#stampNs(Math.max(0, (episodes.at(-1)?.toRow ?? 0) - 1), 0);
    this.info = { path, name, identity, startNs: 0n, endNs, damage: [], notes: [] };
  }

  /** A camera is named by its feature, or by its last part: `front` for `observation.images.front`. */
  cameras(wanted: readonly CameraTopics[]): CameraTopics[] {
    const { path } = this.info;
    const list = this.#cameras.map((key) => `  ${key}`).join("\n");
    if (wanted.length === 0) {
      const [only, ...others] = this.#cameras;
      if (only !== undefined && others.length === 0)
        return [this.#withDepth({ name: shortName(only), color: only })];
      throw new CameraChoiceError(
        only === undefined
          ? `${path} has no camera: no feature of dtype video or image`
          : `${path} has ${this.#cameras.length} cameras:\n${list}\n` +
              `Choose one in the task file\ncameras:\n  ${shortName(only)}:\n    color: ${only}`,
      );
    }
    return wanted.map((camera) => {
      const color = this.#cameras.find(
        (key) => key === camera.color || shortName(key) === camera.color,
      );
      if (color !== undefined) return this.#withDepth({ ...camera, color });
      const near = closestName(camera.color, this.#cameras);
      throw new CameraChoiceError(
        `Camera "${camera.name}": ${path} has no feature ${camera.color}.` +
          `${near === undefined ? "" : ` Did you mean ${near}?`} Its cameras:\n${list}`,
      );
    });
  }

  /** With the depth map that is named, or as LeRobot's robots name it: `front_depth` of `front`. */
  #withDepth({ name, color, depth: wanted }: CameraTopics): CameraTopics {
    const named = wanted ?? `${color}_depth`;
    const depth = this.#depths.find((key) => key === named || shortName(key) === named);
    if (depth !== undefined) return { name, color, depth };
    if (wanted === undefined) return { name, color };
    const list = this.#depths.map((key) => `  ${key}`).join("\n");
    throw new CameraChoiceError(
      `Camera "${name}": ${this.info.path} has no depth map ${wanted}. ` +
        (list === "" ? "It has none" : `Its depth maps:\n${list}`),
    );
  }

  expectedFrames({ cameras, startNs, endNs, rateHz }: FrameSelection): number {
    const { fps } = this.dataset.info;
    const first = Math.ceil((Number(startNs ?? 0n) / 1e9) * fps - 1e-6);
    const last = Math.floor((Number(endNs ?? this.info.endNs) / 1e9) * fps + 1e-6);
    const rows = Math.max(0, last - Math.max(0, first) + 1);
    const share = rateHz === undefined ? 1 : Math.min(1, rateHz / fps);
    return Math.ceil(rows * share) * cameras.length;
  }

  async *frames(selection: FrameSelection, signal?: AbortSignal): AsyncGenerator<CameraFrame> {
    const { startNs = 0n, endNs = this.info.endNs, kinematics } = selection;
    const files = new DataFiles(this.info.path, this.dataset.episodes, (line) => this.#note(line));
    using robot =
      kinematics && (await RobotStates.open(this.info.path, this.#stateNames, kinematics));
    for (const episode of this.dataset.episodes) {
      if (this.#stampNs(episode.toRow, 0) <= startNs) continue;
      if (this.#stampNs(episode.fromRow, 0) > endNs) return;
      yield* this.#episodeFrames(episode, files, selection, robot, signal);
    }
  }

  async *#episodeFrames(
    episode: LeRobotEpisode,
    files: DataFiles,
    { cameras, startNs = 0n, endNs = this.info.endNs, rateHz }: FrameSelection,
    robot: RobotStates | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<CameraFrame> {
    const name = `episode_${String(episode.index).padStart(6, "0")}`;
    const [instruction, ...others] = episode.tasks;
    const readers = cameras.map(({ color }) => this.#reader(episode, color));
    const depths = cameras.map(({ depth }) => this.#depthReader(episode, depth));
    const rates = cameras.map(() => new FrameRate(rateHz));
    try {
      const images = cameras
        .flatMap(({ color, depth }) => [color, ...(depth === undefined ? [] : [depth])])
        .filter((key) => !episode.videos.has(key));
      for await (const row of files.rows(episode, [...COLUMNS, ...images])) {
        signal?.throwIfAborted();
        const stampNs = this.#stampNs(episode.fromRow, row.timestamp);
        if (stampNs < startNs || stampNs > endNs) continue;
        const sample = robot && sampleOf(robot, row, stampNs, cameras);
        for (const [i, camera] of cameras.entries()) {
          if (!rates[i]?.keeps(stampNs)) continue;
          const image =
            (await readers[i]?.at(row.timestamp)) ?? (await pictureIn(row[camera.color]));
          const missing = typeof image === "string";
          const depth = missing
            ? undefined
            : await depths[i]?.at(row.timestamp, row[camera.depth ?? ""]);
          yield {
            camera: camera.name,
            stampNs,
            frameId: camera.color,
            episode: name,
            image: missing ? NO_IMAGE : image,
            ...(typeof depth === "object" && { depth }),
            absent: absentParts(camera, typeof depth === "string" ? depth : undefined),
            row: { index: row.index, episode: row.episode_index, frame: row.frame_index },
            ...(instruction !== undefined && others.length === 0 && { instruction }),
            ...(sample && { kinematics: [sample] }),
            ...(missing && { fault: `${name}, frame ${row.frame_index}: ${image}` }),
          };
        }
        if (row.index + 1 === episode.toRow) await this.#noteLonger(episode, cameras, readers, row);
      }
    } finally {
      for (const reader of [...readers, ...depths]) await reader?.[Symbol.asyncDispose]();
    }
  }

  /** A video that goes on after the last row that it is of: rows were lost, or pictures added. */
  async #noteLonger(
    episode: LeRobotEpisode,
    cameras: readonly CameraTopics[],
    readers: readonly (EpisodeVideoReader | undefined)[],
    { timestamp }: Row,
  ): Promise<void> {
    for (const [i, { color }] of cameras.entries()) {
      const video = episode.videos.get(color);
      if (video === undefined || video.fromS !== this.#lastFromS.get(video.path)) continue;
      if (!(await readers[i]?.goesOnAfter(timestamp))) continue;
      this.#note(
        `${video.path} goes on after the last row of episode ${episode.index}: ` +
          "rows are missing, or the pictures are of something else",
      );
    }
  }

  #note(line: string): void {
    if (!this.info.notes.includes(line)) this.info.notes.push(line);
  }

  #reader(episode: LeRobotEpisode, color: string): EpisodeVideoReader | undefined {
    const video = episode.videos.get(color);
    return video && new EpisodeVideoReader(this.info.path, video, 1 / this.dataset.info.fps);
  }

  #depthReader(episode: LeRobotEpisode, key: string | undefined): DepthReader | undefined {
    const feature = key === undefined ? undefined : this.dataset.info.features[key];
    if (key === undefined || feature === undefined) return undefined;
    const video = episode.videos.get(key);
    return new DepthReader(this.info.path, key, feature, video, 1 / this.dataset.info.fps);
  }

  /** Time of an episode's row on the axis of the whole data set, to the µs: stamps are float32. */
  #stampNs(fromRow: number, timestampS: number): bigint {
    return 1000n * BigInt(Math.round((fromRow / this.dataset.info.fps + timestampS) * 1e6));
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The Parquet files of the rows, each opened once. */
class DataFiles {
  readonly #folder: string;
  /** The first row of each file, counted over the whole data set. */
  readonly #firstRow = new Map<string, number>();
  /** The row after the last episode of each file. */
  readonly #endRow = new Map<string, number>();
  readonly #onNote: (line: string) => void;
  #open: ParquetFile | undefined;

  constructor(folder: string, episodes: readonly LeRobotEpisode[], onNote: (line: string) => void) {
    this.#folder = folder;
    this.#onNote = onNote;
    for (const { dataPath, fromRow, toRow } of episodes) {
      this.#firstRow.set(dataPath, Math.min(fromRow, this.#firstRow.get(dataPath) ?? fromRow));
      this.#endRow.set(dataPath, Math.max(toRow, this.#endRow.get(dataPath) ?? toRow));
    }
  }

  /** @throws LeRobotError where the rows are not those that the episode announces */
  async *rows(episode: LeRobotEpisode, columns: readonly string[]): AsyncGenerator<Row> {
    const path = join(this.#folder, episode.dataPath);
    const first = this.#firstRow.get(episode.dataPath) ?? 0;
    if (this.#open?.path !== path) {
      this.#open = await openParquet(path);
      const extra =
        Number(this.#open.metadata.num_rows) - (this.#endRow.get(episode.dataPath) ?? 0) + first;
      if (extra > 0) this.#onNote(`${episode.dataPath} has ${extra} rows more than its episodes`);
    }
    const file = this.#open;
    const [from, to] = [episode.fromRow - first, episode.toRow - first];
    let read = 0;
    // Group by group: pictures inside the rows would not fit into memory all at once.
    let groupFrom = 0;
    for (const { num_rows } of file.metadata.row_groups) {
      const groupTo = groupFrom + Number(num_rows);
      const [start, end] = [Math.max(from, groupFrom), Math.min(to, groupTo)];
      groupFrom = groupTo;
      if (start >= end) continue;
      for (const found of await parquetRows(file, columns, start, end)) {
        const row = rowSchema.safeParse(found);
        if (!row.success || row.data.episode_index !== episode.index) {
          const [issue] = row.error?.issues ?? [];
          const what = issue
            ? `${issue.path.join(".")}: ${issue.message}`
            : `it is of episode ${row.data?.episode_index}, not ${episode.index}`;
          throw new LeRobotError(`${path}, row ${start + read}: ${what}`);
        }
        read += 1;
        yield row.data;
      }
    }
    if (read < episode.toRow - episode.fromRow) {
      throw new LeRobotError(
        `${path}: episode ${episode.index} has ${episode.toRow - episode.fromRow} frames, ` +
          `but the file ends after ${read} of them`,
      );
    }
  }
}

function sampleOf(
  robot: RobotStates,
  row: Row,
  stampNs: bigint,
  cameras: readonly CameraTopics[],
): KinematicSample {
  const named = cameras.map(({ name, color }) => ({
    frame: color,
    names: [color, shortName(color), name],
  }));
  const { missing, ...known } = robot.of(row[STATE] ?? [], named);
  return { stampNs, ...known, ...(missing.size > 0 && { missing }) };
}

function isPicture({ dtype }: LeRobotFeature): boolean {
  return dtype === "video" || dtype === "image";
}

function isDepth({ info }: LeRobotFeature): boolean {
  return info?.is_depth_map === true || info?.["video.is_depth_map"] === true;
}

function shortName(key: string | undefined): string {
  return key?.startsWith(IMAGES) ? key.slice(IMAGES.length) : (key ?? "");
}

/** A feature's `names`: a list, or in older data sets a list under one key (`motors`). */
function namesOf(feature: LeRobotFeature | undefined): readonly string[] {
  const list = z.array(z.string());
  const found = z.union([list, z.record(z.string(), list)]).safeParse(feature?.names);
  if (!found.success) return [];
  return Array.isArray(found.data) ? found.data : Object.values(found.data).flat();
}

async function pictureIn(cell: unknown): Promise<SourceImage | string> {
  const found = pictureSchema.safeParse(cell);
  if (!found.success) return "the row holds no picture";
  const image = { kind: "compressed", format: "", data: found.data.bytes } as const;
  return (await imageFault(image)) ?? image;
}

/** A data set holds no more of a camera than its pictures and, at most, its depth maps. */
function absentParts(
  { name, depth }: CameraTopics,
  noDepth: string | undefined,
): ReadonlyMap<FramePart, string> {
  const why = noDepth ?? (depth === undefined ? `the data set has no depth map of ${name}` : "");
  return new Map<FramePart, string>([
    ["info", "a LeRobot data set holds no camera_info"],
    ["poses", "a LeRobot data set holds no transforms"],
    ...(why ? [["depth", why] as const] : []),
  ]);
}
