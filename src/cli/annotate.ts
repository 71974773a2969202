import { extname } from "node:path";
import { Command } from "commander";
import { claimOutputs, UserError } from "../base/index.js";
import { loadTasks, taskFiles, withCamera } from "../task/index.js";
import { annotateRecording } from "./annotateRecording.js";
import { type AnnotationOptions, addAnnotationOptions } from "./annotationOptions.js";
import { inputRecordings } from "./inputRecordings.js";
import { interruptible } from "./interrupt.js";
import { calibrationFor, defaultModel, makeVlm } from "./makeVlm.js";
import { overwriteOption } from "./options.js";
import { distinctNames, joinOutputs, pathsOf, planOutputs } from "./outputs.js";
import { passOver } from "./passOver.js";
import { Patience } from "./patience.js";
import { writeShardReport } from "./ShardReport.js";
import { parseShard, recordingsOf, SHARD_HELP, type Shard } from "./shard.js";
import { usageLines } from "./usageLines.js";
import { vlmHelp } from "./vlmHelp.js";

/** Some of the recordings of one run could not be annotated; each has told why. */
class RecordingsFailed extends UserError {
  override readonly code = "annotation.failed";
}

interface AnnotateOptions extends AnnotationOptions {
  readonly output: readonly string[];
  readonly resume?: boolean;
  readonly overwrite: boolean;
  readonly shard?: Shard;
}

/** Options of `annotate` that do not go together. */
export class AnnotateOptionsError extends UserError {
  override readonly code = "annotation.options";
  override readonly exitCode = 2;
}

/** `spatial-reward annotate` */
export function annotateCommand(): Command {
  return addAnnotationOptions(new Command("annotate"))
    .description(
      "Asks a spatial model the task's questions about every image of each recording and writes " +
        "facts and rewards. Recordings are never modified. Outputs get their names when complete.",
    )
    .argument(
      "<recording...>",
      "bags (.mcap, .db3, .bag, also .zstd), rosbag2 folders, folders of these; LeRobot data sets, videos, folders of images",
    )
    .requiredOption(
      "-o, --output <path...>",
      "`.mcap` annotated bag, `.jsonl`, `.csv`, `.parquet`, `.html` report, `.svg` or `.png` picture of the report; a folder: one output for each recording",
    )
    .addOption(overwriteOption())
    .option("--resume", "continue an interrupted run: asks the model only the remaining questions")
    .option("--shard <part>", SHARD_HELP, (text) => parseShard(text))
    .addHelpText(
      "after",
      () => `
${vlmHelp()}

Examples:
  spatial-reward annotate run1.mcap run2/ --task tasks/pick_mug.yaml -o out/
  spatial-reward annotate run1.mcap -t pick.yaml --vlm http://127.0.0.1:8000/v1#my-model -o r.jsonl
  spatial-reward annotate runs/ -t pick.yaml -o out/ --shard 3/16 --resume
  spatial-reward annotate run1.mcap -t pick.yaml --vlm rgbd -o r.mcap r.csv report.html --rate 5

Ctrl-C stops the run cleanly (exit code 130). Run the same command with --resume to continue, also
after a run that ended because its model was away (exit code 75).`,
    )
    .action((recordings: string[], options: AnnotateOptions) =>
      interruptible((signal) => annotateRecordings(recordings, options, signal)),
    );
}

/** Where the shards of a run report to. @throws AnnotateOptionsError */
function folderOfShards(outputs: readonly string[]): string {
  const [folder] = outputs;
  if (folder !== undefined && outputs.length === 1 && extname(folder) === "") return folder;
  throw new AnnotateOptionsError("--shard needs one folder as --output, the same for all shards");
}

async function annotateRecordings(
  paths: readonly string[],
  options: AnnotateOptions,
  signal: AbortSignal,
): Promise<void> {
  if (options.smooth && options.atRate !== undefined) {
    throw new AnnotateOptionsError(
      "--smooth and --at-rate cannot be combined: a value between images uses only earlier images",
    );
  }
  const task = withCamera(await loadTasks(options.task), options.camera);
  const recordings = await inputRecordings(paths);
  const { S3Outputs } = await import("./s3/S3Outputs.js");
  await using s3 = await S3Outputs.open(options.output);
  const named = s3 ? s3.named.bind(s3) : <T>(work: () => Promise<T>) => work();
  const places = s3 ? options.output.map((output) => s3.localOf(output)) : options.output;
  const names = await distinctNames(recordings);
  const others = [
    ...paths,
    options.task,
    ...taskFiles(task),
    ...(options.vlm === undefined ? [] : [options.vlm]),
    ...(options.calibration === undefined ? [] : [options.calibration]),
  ];
  const all = await named(() => planOutputs(recordings, places, options.format, others, names));
  const titles = new Map(recordings.map((recording, i) => [recording, names[i] ?? recording]));
  const { shard } = options;
  const folder = shard && folderOfShards(places);
  // Names depend on all recordings: they are the same in every shard.
  const plan = shard ? new Map(recordingsOf([...all], shard)) : all;
  if (s3 && [...plan.values()].flat().some(({ partOf }) => partOf !== undefined)) {
    throw new AnnotateOptionsError(
      "an output that joins several recordings is written to a disk: name a folder in S3, and join them with `merge`",
    );
  }
  await s3?.check(plan, options.overwrite, signal);
  await claimOutputs(pathsOf(plan), { by: "annotate", overwrite: options.overwrite });
  const spec = options.vlm ?? (await defaultModel(recordings, task, options.calibration, signal));
  const patience = new Patience(await makeVlm(spec, { signal }), options.wait);
  const { vlm } = patience;
  const failed: { path: string; reason: string }[] = [];
  try {
    const calibration = await calibrationFor(vlm, options.calibration);
    for (const [recording, outputs] of plan) {
      try {
        const { resume = false, withImages = false } = options;
        const { calibration: _, camera: __, ...rest } = options;
        const title = titles.get(recording) ?? recording;
        const settings = { ...rest, task, vlm, outputs, title, resume, withImages };
        const run = { ...settings, ...(calibration && { calibration }) };
        const lines = s3
          ? await s3.run(outputs, { resume, overwrite: options.overwrite }, signal, (there) =>
              annotateRecording(recording, { ...run, s3: there }, signal),
            )
          : await annotateRecording(recording, run, signal);
        console.log(lines.join("\n"));
      } catch (error) {
        const { message } = passOver(error, recordings.length);
        failed.push({ path: recording, reason: message });
      }
    }
  } finally {
    for (const line of usageLines(vlm)) console.log(line);
    await vlm.close();
  }
  if (shard && folder !== undefined) {
    const report = await writeShardReport(folder, shard, all, failed);
    await s3?.put(report, signal);
  }
  if (failed.length > 0) {
    const shared = [...new Set([...plan.values()].flat().flatMap(({ partOf }) => partOf ?? []))];
    throw new RecordingsFailed(
      `${failed.length} of ${plan.size} recordings failed, see above` +
        (shared.length > 0 ? `; ${shared.join(", ")} waits for them: it is of all recordings` : ""),
    );
  }
  for (const path of await joinOutputs([...plan.values()].flat())) console.log(`written  ${path}`);
  patience.check();
}
