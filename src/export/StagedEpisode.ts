import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { jsonOrUndefined, writeWhole } from "../base/index.js";
import type { FeatureStats, RowFeature } from "../sinks/index.js";

const stats = z.custom<FeatureStats>((value) => typeof value === "object" && value !== null);
const episodeSchema = z.object({
  length: z.int().positive(),
  /** The recording that it is of, and the attempt in it. */
  recording: z.string(),
  attempt: z.string(),
  /** `success`, `failure`, `timeout`; `open`: the recording ended, or pictures were missing. */
  end: z.string(),
  instruction: z.string(),
  /** Of the rows' pictures, ns, as text. */
  stampsNs: z.array(z.string()),
  columns: z.array(
    z.object({
      name: z.string(),
      dtype: z.enum(["float32", "int64", "bool"]),
      names: z.array(z.string()),
      values: z
        .array(z.number().nullable())
        .transform((values) => Float32Array.from(values, (value) => value ?? Number.NaN)),
    }),
  ),
  cameras: z.array(
    z.object({
      name: z.string(),
      width: z.int().positive(),
      height: z.int().positive(),
      /** In the stage: one video, or a picture for each row. */
      files: z.array(z.string()),
      bytes: z.number(),
      stats: stats.optional(),
    }),
  ),
});
const recordingSchema = z.object({
  /** What it was made with. */
  settings: z.string(),
  episodes: z.array(episodeSchema),
  /** What was left out and why, for people. */
  lines: z.array(z.string()),
  /** Parts of the recording that could not be read, one line each. */
  damage: z.array(z.string()),
  /** What a user should know of the recording besides. */
  notes: z.array(z.string()),
  rows: z.object({ all: z.int(), invalid: z.int() }),
  frames: z.object({ in: z.int(), annotated: z.int(), dropped: z.int(), failed: z.int() }),
});

export type StagedCamera = z.output<typeof episodeSchema>["cameras"][number];

/** An episode that is ready on the disk, with its pictures encoded. */
export interface StagedEpisode extends Omit<z.output<typeof episodeSchema>, "columns"> {
  readonly columns: readonly RowFeature[];
}

/** A recording all of whose episodes are ready. */
export interface StagedRecording
  extends Omit<z.output<typeof recordingSchema>, "episodes" | "settings"> {
  readonly episodes: readonly StagedEpisode[];
}

const DONE = "recording.json";

/** Written last: what it names is complete. @throws OutputError */
export async function writeStaged(
  folder: string,
  settings: string,
  staged: StagedRecording,
): Promise<void> {
  const episodes = staged.episodes.map((episode) => ({
    ...episode,
    columns: episode.columns.map((column) => ({
      ...column,
      values: Array.from(column.values, (value) => (Number.isFinite(value) ? value : null)),
    })),
  }));
  await writeWhole(join(folder, DONE), JSON.stringify({ settings, ...staged, episodes }));
}

/** Undefined where the recording is not complete, or was made with other settings. */
export async function readStaged(
  folder: string,
  settings: string,
): Promise<StagedRecording | undefined> {
  const text = await readFile(join(folder, DONE), "utf8").catch(() => undefined);
  const staged = recordingSchema.safeParse(jsonOrUndefined(text ?? "")).data;
  return staged?.settings === settings ? staged : undefined;
}
