import { createHash } from "node:crypto";
import { lstat, readdir, rm, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FrameCounters } from "../annotate/index.js";
import { fileIdentity, makeFolder, OutputError, OutputPlace, UserError } from "../base/index.js";
import { openSource } from "../sources/index.js";
import { taskDigest } from "../task/index.js";
import { clearRecording } from "./EpisodePictures.js";
import { writeLeRobot } from "./lerobot/writeLeRobot.js";
import type { RowSettings } from "./RowSettings.js";
import {
  readStaged,
  type StagedEpisode,
  type StagedRecording,
  writeStaged,
} from "./StagedEpisode.js";
import { type StageOptions, stageRecording } from "./stageRecording.js";
import { writeParquetFolder } from "./writeParquetFolder.js";

/** An export into a place that is taken, or out of recordings that do not go together. */
class ExportPlanError extends UserError {
  override readonly code = "export.plan";
}

/** Some recordings could not be exported; each has told why. */
class ExportFailed extends UserError {
  override readonly code = "export.failed";
}

export const EXPORT_FORMATS = ["lerobot", "robomimic", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions extends Omit<StageOptions, "onStart" | "onAsked"> {
  readonly recordings: readonly string[];
  readonly output: string;
  readonly format: ExportFormat;
  /** Told of each recording that is ready; `isKept`: by an earlier run. */
  readonly onRecording?: (name: string, staged: StagedRecording, isKept: boolean) => void;
  /** Told of a recording that failed; the others go on. */
  readonly onFailed?: (error: UserError) => void;
  /** Told when the data set is complete and about to get its name; until then it lies there. */
  readonly onComplete?: (temporary: string, summary: ExportSummary) => Promise<void>;
  /** How far one recording is asked about. */
  readonly progress?: (name: string) => Pick<StageOptions, "onStart" | "onAsked"> & {
    readonly stop: () => void;
  };
  /** Errors that end the run, whatever recordings are left. */
  readonly isFatal?: (error: UserError) => boolean;
}

/** What an export came to. */
export interface ExportSummary {
  readonly episodes: number;
  readonly rows: number;
  /** Rows whose reward is not valid. */
  readonly invalid: number;
  /** Of all recordings together: in = annotated + dropped + failed. */
  readonly frames: Omit<FrameCounters, "pending">;
}

/** Where what is ready of an unfinished export is kept: beside its output. */
export function stagePath(output: string): string {
  return `${output.replace(/\/+$/, "")}.export.partial`;
}

/**
 * What can be said of an export before a model is asked.
 *
 * @throws ExportPlanError where the output is taken or its name does not fit the format, or a
 *   recording is named twice
 */
export async function checkExportPlan({
  recordings,
  output,
  format,
}: Pick<ExportOptions, "recordings" | "output" | "format">): Promise<void> {
  const extension = extname(output.replace(/\/+$/, "")).toLowerCase();
  const isHdf5 = HDF5.includes(extension);
  if (format === "robomimic" && (!isHdf5 || output.endsWith("/"))) {
    throw new ExportPlanError(
      `output ${output}: robomimic reads one HDF5 file; give it a name with ${HDF5.join(" or ")}`,
    );
  }
  if (format !== "robomimic" && (isHdf5 || extension === ".parquet")) {
    throw new ExportPlanError(
      `output ${output}: a data set for ${format} is a folder; give it a name without ${extension}`,
    );
  }
  const identities = await Promise.all(recordings.map(fileIdentity));
  for (const [i, recording] of recordings.entries()) {
    if (identities.indexOf(identities[i] ?? "") === i) continue;
    throw new ExportPlanError(`the recording ${recording} is named twice: its rows would be too`);
  }
  const named = await lstat(output.replace(/\/+$/, "")).catch(() => undefined);
  if (named?.isSymbolicLink()) {
    throw new ExportPlanError(
      `${output} is a link, and a data set that is complete takes no link's place: name the folder itself, or a new one`,
    );
  }
  if (await isTaken(output)) {
    throw new ExportPlanError(`${output} already exists: remove it, or choose another --output`);
  }
}

const HDF5 = [".hdf5", ".h5"];

/**
 * Makes a training data set of recordings. Each recording becomes ready for itself and stays so, for
 * `resume`; the data set is put together last, and appears under its name when it is complete.
 *
 * @throws ExportPlanError, ExportFailed, OutputError, what a recording's rows throw where there is
 *   only one
 */
export async function exportRecordings(
  settings: RowSettings,
  options: ExportOptions,
): Promise<ExportSummary> {
  const { recordings, output, format } = options;
  await checkExportPlan(options);
  const place = await OutputPlace.take(output);
  try {
    const stage = stagePath(output);
    if (!options.resume) await rm(stage, { recursive: true, force: true });
    await makeFolder(stage);
    const ready: StagedRecording[] = [];
    let failed = 0;
    for (const recording of recordings) {
      try {
        const staged = await readyRecording(recording, stage, settings, options);
        checkAlike(ready[0]?.episodes[0], staged.episodes[0]);
        ready.push(staged);
      } catch (error) {
        if (!(error instanceof UserError) || recordings.length === 1) throw error;
        // A full disk is full for the next recording too.
        if (error instanceof OutputError || options.isFatal?.(error)) throw error;
        options.onFailed?.(error);
        failed += 1;
      }
    }
    if (failed > 0) {
      throw new ExportFailed(
        `${failed} of ${recordings.length} recordings failed, see above, and no data set was written` +
          (ready.length === 0
            ? ""
            : ". The others are ready: mend or leave out those that failed, and run the command " +
              "again with --resume"),
      );
    }
    const episodes = ready.flatMap((each) => each.episodes);
    await writeDataSet(place, stage, episodes, settings, format);
    const sum = (of: (each: StagedRecording) => number) =>
      ready.reduce((total, each) => total + of(each), 0);
    const summary: ExportSummary = {
      episodes: episodes.length,
      rows: sum(({ rows }) => rows.all),
      invalid: sum(({ rows }) => rows.invalid),
      frames: {
        in: sum(({ frames }) => frames.in),
        annotated: sum(({ frames }) => frames.annotated),
        dropped: sum(({ frames }) => frames.dropped),
        failed: sum(({ frames }) => frames.failed),
      },
    };
    await options.onComplete?.(place.temporary, summary);
    await place.publish();
    await rm(stage, { recursive: true, force: true });
    return summary;
  } catch (error) {
    await place.discard();
    throw error;
  }
}

/** An empty folder is as good as none. */
async function isTaken(output: string): Promise<boolean> {
  const found = await stat(output).catch(() => undefined);
  return found !== undefined && (!found.isDirectory() || (await readdir(output)).length > 0);
}

async function writeDataSet(
  place: OutputPlace,
  stage: string,
  episodes: readonly StagedEpisode[],
  { fps, storage, vlm, map, task }: RowSettings,
  format: ExportFormat,
): Promise<void> {
  if (format === "robomimic") {
    const { writeRobomimic } = await import("./writeRobomimic.js");
    return writeRobomimic(place.temporary, stage, episodes, { name: task.name, fps });
  }
  await place.createFolder();
  if (format === "parquet") return writeParquetFolder(place.temporary, stage, episodes, fps);
  const { robotType } = map;
  const options = { fps, storage, model: vlm.id, ...(robotType !== undefined && { robotType }) };
  await writeLeRobot(place.temporary, stage, episodes, options);
}

/** What rows follow from, besides the recording. */
async function fingerprintOf(settings: RowSettings): Promise<string> {
  const { task, vlm, map, fps, storage, size, calibration } = settings;
  const kept = { map, fps, storage, size, calibration, cameras: task.cameras };
  const text = JSON.stringify([await taskDigest(task), vlm.fingerprint, kept]);
  return createHash("sha256").update(text).digest("hex");
}

async function readyRecording(
  recording: string,
  stage: string,
  settings: RowSettings,
  options: ExportOptions,
): Promise<StagedRecording> {
  await using source = await openSource(recording);
  const { name, identity } = source.info;
  // Recordings of one name and length, of a simulator say, differ in being other files.
  const known = `${identity} ${name} ${await fileIdentity(recording)}`;
  const folder = createHash("sha256").update(known).digest("hex").slice(0, 16);
  const path = join(stage, folder);
  const settingsDigest = await fingerprintOf(settings);
  const kept = await readStaged(path, settingsDigest);
  if (kept) {
    options.onRecording?.(name, kept, true);
    return kept;
  }
  await clearRecording(path);
  const progress = options.progress?.(name);
  try {
    const staged = await stageRecording(source, settings, stage, folder, {
      ...options,
      ...progress,
    });
    await writeStaged(path, settingsDigest, staged);
    options.onRecording?.(name, staged, false);
    return staged;
  } finally {
    progress?.stop();
  }
}

/** The columns of one data set are the same in all of its episodes. */
function checkAlike(first: StagedEpisode | undefined, other: StagedEpisode | undefined): void {
  if (!first || !other) return;
  for (const [i, { name, names }] of first.columns.entries()) {
    const found = other.columns[i];
    if (found?.name === name && found.names.join() === names.join()) continue;
    throw new ExportPlanError(
      `${name} of ${first.recording} is ${names.join(", ")}, that of ${other.recording} is ` +
        `${found?.names.join(", ")}: name the numbers that all recordings have in the map ` +
        "(`joints`, `fields`)",
    );
  }
  for (const [i, { name, width, height }] of first.cameras.entries()) {
    const found = other.cameras[i];
    if (found?.name === name && found.width === width && found.height === height) continue;
    throw new ExportPlanError(
      `camera ${name}: pictures of ${first.recording} are ${width} x ${height}, those of ` +
        `${other.recording} ${found?.width} x ${found?.height}; --image-size gives all one size`,
    );
  }
}
