import type { Annotation, AnnotationSink } from "../annotate/index.js";
import { UserError, writeWhole } from "../base/index.js";
import type { DatasetRow } from "../camera/index.js";
import { type FrameSource, openParquet, parquetRows } from "../sources/index.js";
import type { Task } from "../task/index.js";
import { parquetBytes } from "./parquetSinks.js";

/** A task whose rewards an output format has no place for. */
export class FormatError extends UserError {
  override readonly code = "output.format";
}

interface ProgressContext {
  readonly task: Task;
  /** The model's id. */
  readonly model: string;
  readonly source: FrameSource;
}

interface ProgressRow {
  readonly row: DatasetRow;
  /** 0 to 1; NaN where it is not valid. */
  readonly value: number;
}

/** How far the rows of a recording reach, whether all were annotated or not. */
interface Counts {
  readonly frames: number;
  readonly episodes: number;
}

/**
 * The progress of each frame, as LeRobot's training reads it to weigh samples by their progress
 * (`--sample_weighting.type=rabc --sample_weighting.progress_path=…`): `index`, `episode_index` and
 * `frame_index` of the data set, and `progress_sparse` from the task's stages, NaN where it is not
 * valid. Frames of other sources are counted in the order of their stamps.
 *
 * @throws FormatError for a task without stages, whose progress says nothing
 */
export function progressSink(
  path: string,
  { task, model, source }: ProgressContext,
): AnnotationSink {
  if (task.stages.length === 0) {
    throw new FormatError(
      `${path}: the task ${task.name} has no stages, and progress is what lerobot-progress holds: ` +
        "add stages (docs/task-file.md), or write another format",
    );
  }
  const counter = new RowCounter();
  // Of several cameras that saw one frame, the last one counts.
  const progress = new Map<number, ProgressRow>();
  return {
    path,
    write: async (annotation) => {
      if (annotation.outcome === "predicted") return;
      const row = annotation.frame.row ?? counter.rowOf(annotation);
      progress.set(row.index, { row, value: annotation.reward.progress ?? Number.NaN });
    },
    close: () => {
      const rows = [...progress.values()].sort((a, b) => a.row.index - b.row.index);
      return writeWhole(path, progressBytes(rows, { model, ...countsOf(source, rows) }));
    },
    abort: async () => {},
  };
}

/** Counts the frames of a source that is no data set. */
class RowCounter {
  #index = -1;
  #episode = -1;
  #frame = -1;
  #attempt = "";
  #stampNs: bigint | undefined;

  rowOf({ frame: { episode, stampNs }, attempt }: Annotation): DatasetRow {
    const name = `${attempt} ${episode}`;
    if (name !== this.#attempt) {
      this.#attempt = name;
      this.#episode += 1;
      this.#frame = -1;
    }
    // Cameras that saw one time share its row.
    if (stampNs !== this.#stampNs || this.#frame < 0) {
      this.#stampNs = stampNs;
      this.#index += 1;
      this.#frame += 1;
    }
    return { index: this.#index, episode: this.#episode, frame: this.#frame };
  }
}

/** A data set counts rows that nobody annotated as well. */
function countsOf({ dataset }: FrameSource, rows: readonly ProgressRow[]): Counts {
  const { row } = rows.at(-1) ?? { row: { index: -1, episode: -1 } };
  return {
    frames: dataset?.episodes.at(-1)?.toRow ?? row.index + 1,
    episodes: dataset?.episodes.length ?? row.episode + 1,
  };
}

const [FRAMES, EPISODES, MODEL] = ["total_frames", "total_episodes", "reward_model_path"] as const;

function progressBytes(
  rows: readonly ProgressRow[],
  { model, frames, episodes }: Counts & { readonly model: string },
): Uint8Array {
  const count = (of: (row: DatasetRow) => number) =>
    BigInt64Array.from(rows, ({ row }) => BigInt(of(row)));
  const progress = Float32Array.from(rows, ({ value }) => value);
  return parquetBytes(
    [
      { name: "index", type: "INT64", data: count(({ index }) => index) },
      { name: "episode_index", type: "INT64", data: count(({ episode }) => episode) },
      { name: "frame_index", type: "INT64", data: count(({ frame }) => frame) },
      { name: "progress_sparse", type: "FLOAT", data: progress },
    ],
    [
      { key: MODEL, value: model },
      { key: FRAMES, value: String(frames) },
      { key: EPISODES, value: String(episodes) },
    ],
  );
}

/**
 * Joins the progress of several recordings into one file, as if they followed each other in one
 * data set: rows and episodes are counted on from one to the next.
 */
export async function joinProgress(parts: readonly string[], path: string): Promise<void> {
  const joined: ProgressRow[] = [];
  let before: Counts = { frames: 0, episodes: 0 };
  let model = "";
  for (const part of parts) {
    const file = await openParquet(part);
    const said = new Map(file.metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
    for (const found of await parquetRows(file, COLUMNS)) {
      const [index, episode, frame, value] = COLUMNS.map((name) => Number(found[name]));
      const row = {
        index: before.frames + (index ?? 0),
        episode: before.episodes + (episode ?? 0),
        frame: frame ?? 0,
      };
      joined.push({ row, value: value ?? Number.NaN });
    }
    before = {
      frames: before.frames + Number(said.get(FRAMES)),
      episodes: before.episodes + Number(said.get(EPISODES)),
    };
    model = said.get(MODEL) ?? model;
  }
  await writeWhole(path, progressBytes(joined, { model, ...before }));
}

const COLUMNS = ["index", "episode_index", "frame_index", "progress_sparse"] as const;
