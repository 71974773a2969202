import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { keepInputs } from "../base/index.js";
import {
  checkExportPlan,
  EMPTY_MAP,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportSummary,
  exportRecordings,
  loadExportMap,
  type PictureStorage,
  type StagedRecording,
  stagePath,
} from "../export/index.js";
import { openSource } from "../sources/index.js";
import { loadTasks, taskDigest, taskFiles, withCamera } from "../task/index.js";
import { clearAfter, finishedRun, recordOf, recordRun } from "./FinishedRun.js";
import { inputRecordings } from "./inputRecordings.js";
import { Interrupted, interruptible } from "./interrupt.js";
import { calibrationFor, defaultModel, makeVlm } from "./makeVlm.js";
import { cameraOption, durationNs, wholeNumber } from "./options.js";
import { keepDataSets } from "./outputs.js";
import { isOfModel } from "./passOver.js";
import { Patience, WAIT_HELP } from "./patience.js";
import { type Progress, startProgress } from "./progress.js";
import { usageLines } from "./usageLines.js";
import { vlmHelp } from "./vlmHelp.js";

interface ExportCommandOptions {
  readonly task: string;
  readonly to: ExportFormat;
  readonly fps: number;
  readonly output: string;
  readonly map?: string;
  readonly action?: "next-state";
  readonly images?: "video" | "png";
  readonly codec: "av1" | "h264";
  readonly imageSize?: { readonly width: number; readonly height: number };
  readonly vlm?: string;
  readonly calibration?: string;
  readonly camera?: string;
  readonly resume?: boolean;
  readonly wait?: bigint;
}

/** `spatial-reward export` */
export function exportCommand(): Command {
  return new Command("export")
    .description(
      "Makes a training data set out of recordings: pictures, states and actions at a fixed rate, " +
        "with the rewards of a task. Recordings are never modified. The data set gets its name when " +
        "it is complete.",
    )
    .argument("<recording...>", "bags and all else that `annotate` takes")
    .requiredOption("-t, --task <file>", "task file (YAML); see `task check`")
    .addOption(
      new Option("--to <format>", "LeRobot v3.0, robomimic's HDF5, or plain Parquet")
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .requiredOption(
      "-o, --output <path>",
      "a new folder; for robomimic a file `.hdf5`. It must not be there yet",
    )
    .option("--fps <rate>", "rows a second, a whole number", wholeNumber(1), 10)
    .option("--map <file>", "which topics are state, action and further cameras (docs/lerobot.md)")
    .addOption(
      new Option(
        "--action <rule>",
        "where no topic has the action: the state of the next row",
      ).choices(["next-state"]),
    )
    .addOption(
      new Option(
        "--images <how>",
        "LeRobot: in videos, or lossless in the rows (default: video where node-av is installed)",
      ).choices(["video", "png"]),
    )
    .addOption(new Option("--codec <codec>", "of videos").choices(["av1", "h264"]).default("av1"))
    .option("--image-size <size>", "every picture in this size: 128x128", imageSize)
    .option(
      "--vlm <spec>",
      "the model to ask, see below; default: the first of rgbd, embedded and plane that answers",
    )
    .option("--calibration <file>", "of the model's lengths: made by `calibrate`")
    .addOption(cameraOption())
    .option("--resume", "continue an interrupted run: what is ready is not done again")
    .option("--wait <time>", WAIT_HELP, durationNs)
    .addHelpText(
      "after",
      () => `
${vlmHelp()}

Examples:
  spatial-reward export runs/*.mcap -t pick.yaml --to lerobot --fps 10 -o my_dataset
  spatial-reward export run1.mcap -t pick.yaml --to robomimic --image-size 84x84 -o run1.hdf5
  spatial-reward export run1.mcap -t pick.yaml --to lerobot --map map.yaml --resume -o my_dataset`,
    )
    .action((recordings: string[], options: ExportCommandOptions) =>
      interruptible((signal) => runExport(recordings, options, signal)),
    );
}

function imageSize(text: string): { width: number; height: number } {
  const [, width = "", height = ""] = /^(\d{1,5})x(\d{1,5})$/.exec(text.trim()) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (size.width > 0 && size.height > 0) return size;
  throw new InvalidArgumentError("write a size as `128x128`, width and height in pixels.");
}

async function runExport(
  paths: readonly string[],
  options: ExportCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const { to: format, output, fps, imageSize: size, resume = false } = options;
  const task = withCamera(await loadTasks(options.task), options.camera);
  const given = options.map === undefined ? EMPTY_MAP : await loadExportMap(options.map);
  const map = options.action === undefined ? given : { ...given, action: "next_state" as const };
  const recordings = await inputRecordings(paths);
  const files = [options.task, options.map, options.vlm, options.calibration];
  await keepInputs(
    [...recordings, ...paths, ...taskFiles(task), ...files.filter((file) => file !== undefined)],
    [output, stagePath(output)],
  );
  await keepDataSets([output]);
  // A finished run has its output; whether it is that of this command is known with the model.
  const isFinished = resume && (await recordOf([output])) !== undefined;
  if (!isFinished) await checkExportPlan({ recordings, output, format });
  const storage = await storageFor(format, options);
  const spec = options.vlm ?? (await defaultModel(recordings, task, options.calibration, signal));
  const patience = new Patience(await makeVlm(spec, { signal }), options.wait);
  const { vlm } = patience;
  try {
    const calibration = await calibrationFor(vlm, options.calibration);
    const settings = { task, vlm, map, fps, storage };
    const outputs = [{ format, path: output }];
    const key = {
      recordings: digest(await identitiesOf(recordings)),
      task: digest([await taskDigest(task), task.cameras]),
      model: vlm.fingerprint,
      options: digest([map, fps, storage, size, calibration]),
    };
    if (resume && (await finishedRun(key, outputs))) {
      await clearAfter([output]);
      await rm(stagePath(output), { recursive: true, force: true });
      console.log(`${output}: finished by an earlier run`);
      return;
    }
    const damaged: string[] = [];
    const lineOf = ({ episodes, rows, invalid }: ExportSummary) =>
      `${output}: ${episodes} episodes, ${rows} rows at ${fps} Hz; ${rewardless(invalid, rows)} (NaN)`;
    const summary = await exportRecordings(
      { ...settings, ...(size && { size }), ...(calibration && { calibration }) },
      {
        ...{ recordings, output, format, resume, signal },
        isFatal: isOfModel,
        onFailed: (error) => console.error(`error: ${error.message}`),
        // Before it has its name: a run that is killed in between can go on.
        onComplete: (temporary, done) =>
          recordRun(
            recordings.join(", "),
            key,
            [{ format, path: output, temporary }],
            done.frames,
            [lineOf(done)],
          ),
        progress: progressOf,
        onRecording(name, staged, isKept) {
          if (staged.damage.length > 0) damaged.push(name);
          printRecording(name, staged, isKept);
        },
      },
    );
    const about = [
      ...(damaged.length > 0
        ? [`damaged: ${damaged.length} of ${recordings.length} recordings (${damaged.join(", ")})`]
        : []),
      ...NO_PLACE[format],
    ];
    console.log([lineOf(summary), ...about.map((what) => `  ${what}`)].join("\n"));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted("run the same command with --resume to continue");
  } finally {
    for (const line of usageLines(vlm)) console.log(line);
    await vlm.close();
  }
  patience.check();
}

function progressOf(name: string) {
  let bar: Progress | undefined;
  return {
    onStart: (expected: number | undefined) => {
      bar = startProgress(name, expected ?? 0, "frames");
    },
    onAsked: (frames: number) => bar?.update(frames),
    stop: () => bar?.stop(),
  };
}

function printRecording(
  name: string,
  { rows, lines, damage, notes, episodes, frames }: StagedRecording,
  isKept: boolean,
): void {
  console.log(
    `${name}${isKept ? " (ready since an earlier run)" : ""}\n` +
      `  frames   ${frames.in} in = ${frames.annotated} annotated + ${frames.failed} failed\n` +
      `  rows     ${rows.all} in ${episodes.length} episodes; ${rewardless(rows.invalid, rows.all)}`,
  );
  for (const line of lines) console.log(`           ${line}`);
  for (const line of damage) console.log(`  damage   ${line}`);
  for (const line of notes) console.log(`  note     ${line}`);
}

/** What a format has no place for. */
const NO_PLACE: Readonly<Record<ExportFormat, readonly string[]>> = {
  lerobot: [
    "not in it: stages and reasons as words, questions and answers (`annotate` writes them)",
  ],
  robomimic: [
    "not in it: stages and reasons as words, questions and answers (`annotate` writes them); times",
    "actions are in their own units: robomimic's policies expect -1 to 1",
  ],
  parquet: [
    "not in it: stages and reasons as words, questions and answers (`annotate` writes them)",
  ],
};

async function identitiesOf(recordings: readonly string[]): Promise<string[]> {
  const identities: string[] = [];
  for (const recording of recordings) {
    await using source = await openSource(recording);
    identities.push(source.info.identity);
  }
  return identities;
}

function rewardless(part: number, all: number): string {
  return `${part} (${((100 * part) / Math.max(1, all)).toFixed(1)} %) without a valid reward`;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** Videos where they can be encoded; said where they cannot. */
async function storageFor(
  format: ExportFormat,
  { images, codec }: ExportCommandOptions,
): Promise<PictureStorage> {
  if (format !== "lerobot" || images === "png") return "png";
  const { canEncode } = await import("../video/index.js");
  if (images === "video" || (await canEncode())) return codec;
  console.error(
    "note: the package node-av is not installed, so pictures are kept as PNG in the rows, which is " +
      "lossless and large: npm install node-av",
  );
  return "png";
}
