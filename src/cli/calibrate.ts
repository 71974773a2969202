import { rm } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Command, Option } from "commander";
import { claimOutputs, keepInputs, writeWhole } from "../base/index.js";
import {
  CALIBRATION_TRUTHS,
  type CalibrationFigure,
  type CalibrationResult,
  type CalibrationTruth,
  type CollectedRecording,
  calibrate,
  calibrationKey,
  collectPairs,
  writeCalibration,
} from "../calibrate/index.js";
import { createVlm, type SpatialVlm } from "../models/index.js";
import { calibrationPageHtml } from "../report/index.js";
import { openSource } from "../sources/index.js";
import { chosenCameras, loadTask, type Task } from "../task/index.js";
import { inputRecordings } from "./inputRecordings.js";
import { interruptible } from "./interrupt.js";
import { makeVlm } from "./makeVlm.js";
import { cameraOption, durationNs, overwriteOption, rate } from "./options.js";
import { passOver } from "./passOver.js";
import { Patience, WAIT_HELP } from "./patience.js";
import { type Progress, startProgress } from "./progress.js";
import { usageLines } from "./usageLines.js";
import { vlmHelp } from "./vlmHelp.js";

interface Options {
  readonly task: string;
  readonly vlm: string;
  readonly output: string;
  readonly overwrite: boolean;
  readonly truth?: CalibrationTruth;
  readonly report?: string;
  readonly rate?: number;
  readonly resume?: boolean;
  readonly camera?: string;
  readonly wait?: bigint;
}

/** `spatial-reward calibrate` */
export function calibrateCommand(): Command {
  return new Command("calibrate")
    .description(
      "Asks a model the task's questions about recordings with a known truth, and fits its answers " +
        "to the truth: a curve, a spread and a share of wild answers for each kind of length. The " +
        "result is always evaluated on episodes that were left out of the fit.",
    )
    .argument("<recording...>", "recordings, or folders of them; each is an episode")
    .requiredOption("-t, --task <file>", "task file (YAML)")
    .requiredOption("--vlm <spec>", "the model to calibrate, see below")
    .requiredOption(
      "-o, --output <file>",
      "file for the calibration, such as `my-vlm.calibration.yaml`",
    )
    .addOption(
      new Option(
        "--truth <source>",
        "`tf`: TF frames of the objects; `kinematics`: the robot's grasps; `rgbd`: depth and masks " +
          "(default: tf if those frames were recorded, otherwise kinematics)",
      ).choices(CALIBRATION_TRUTHS),
    )
    .option("--report <file>", "also write an HTML report with plots")
    .option("--rate <hz>", "ask about at most this many images a second (default: all)", rate)
    .addOption(cameraOption())
    .addOption(overwriteOption())
    .option("--resume", "continue an interrupted run: asks the model only the remaining questions")
    .option("--wait <time>", WAIT_HELP, durationNs)
    .addHelpText(
      "after",
      () => `
${vlmHelp()}

Examples:
  spatial-reward calibrate runs/ -t pick.yaml --vlm http://127.0.0.1:8000/v1#my-model -o my.calibration.yaml
  spatial-reward calibrate runs/ -t pick.yaml --vlm ./my-vlm.yaml --truth kinematics -o my.calibration.yaml --report my.html
  spatial-reward annotate run9.mcap -t pick.yaml --vlm http://127.0.0.1:8000/v1#my-model --calibration my.calibration.yaml -o r.mcap

Ctrl-C stops the run cleanly (exit code 130). Run the same command with --resume to continue.`,
    )
    .action((paths: string[], options: Options) =>
      interruptible((signal) => calibrateModel(paths, options, signal)),
    );
}

async function calibrateModel(
  paths: readonly string[],
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const loaded = await loadTask(options.task);
  const task = { ...loaded, cameras: chosenCameras(loaded.cameras, options.camera) };
  const recordings = await inputRecordings(paths);
  const journals = recordings.map(
    (path, i) => `${options.output}.${i + 1}-${basename(resolve(path))}.answers.partial`,
  );
  await keepInputs(
    [...paths, ...recordings, options.task, options.vlm],
    [options.output, ...journals, ...(options.report === undefined ? [] : [options.report])],
  );
  await claimOutputs([options.output, ...(options.report === undefined ? [] : [options.report])], {
    by: "calibrate",
    overwrite: options.overwrite,
  });
  const patience = new Patience(await makeVlm(options.vlm, { signal }), options.wait);
  const { vlm } = patience;
  const depthModel = options.truth === "rgbd" ? await createVlm("rgbd") : undefined;
  const collected: CollectedRecording[] = [];
  const notes: string[] = [];
  try {
    for (const [i, path] of recordings.entries()) {
      try {
        const found = await collect(
          path,
          journals[i] ?? "",
          { task, vlm, depthModel, options },
          signal,
        );
        collected.push(found.recording);
        notes.push(...found.lines);
        for (const line of found.lines) console.log(line);
      } catch (error) {
        passOver(error, recordings.length);
      }
    }
    const truth = collected[0]?.truth ?? options.truth ?? "tf";
    const result = calibrate(
      collected.flatMap(({ pairs }) => pairs),
      vlm.id,
      {
        fingerprint: calibrationKey(vlm),
        task: task.name,
        recordings: recordings.map((path) => basename(resolve(path))),
      },
    );
    await writeWhole(options.output, writeCalibration(result, truth));
    if (options.report !== undefined) {
      const page = { title: "Calibration", model: vlm.id, truth, notes };
      await writeWhole(options.report, calibrationPageHtml(result, page));
    }
    for (const line of resultLines(result)) console.log(line);
    console.log(`  written  ${options.output}${options.report ? `, ${options.report}` : ""}`);
    patience.check();
    await Promise.all(journals.map((path) => rm(path, { force: true })));
  } finally {
    for (const line of usageLines(vlm)) console.log(line);
    await vlm.close();
    await depthModel?.close();
  }
}

interface Asking {
  readonly task: Task;
  readonly vlm: SpatialVlm;
  readonly depthModel: SpatialVlm | undefined;
  readonly options: Options;
}

/** Asks about one recording, with a progress bar; and the lines that describe the result. */
async function collect(
  path: string,
  journalPath: string,
  { task, vlm, depthModel, options }: Asking,
  signal: AbortSignal,
): Promise<{ readonly recording: CollectedRecording; readonly lines: string[] }> {
  await using source = await openSource(path);
  const { name } = source.info;
  let progress: Progress | undefined;
  let done = 0;
  try {
    const recording = await collectPairs(source, task, vlm, {
      ...(options.truth && { truth: options.truth }),
      ...(depthModel && { depthModel }),
      ...(options.rate !== undefined && { rateHz: options.rate }),
      ...{ journalPath, resume: options.resume ?? false, signal },
      onStart(expected) {
        progress = startProgress(name, expected ?? 0, "frames");
      },
      onImage() {
        done += 1;
        progress?.update(done);
      },
    });
    const refused = [...recording.refusals].map(([reason, count]) => `${count}× ${reason}`);
    const lines = [
      `${name}: ${recording.pairs.length} of ${recording.asked} answers have a length and a truth (${recording.truth})`,
      ...(refused.length > 0 ? [`  without a length: ${refused.join(", ")}`] : []),
      ...recording.notes.map((note) => `  ${note}`),
    ];
    return { recording, lines };
  } finally {
    progress?.stop();
  }
}

function resultLines({ calibration, overall, figures, warnings }: CalibrationResult): string[] {
  const cm = (figure: CalibrationFigure) => shown(figure, (x) => `${(100 * x).toFixed(1)} cm`);
  const share = (figure: CalibrationFigure) => shown(figure, (x) => `${(100 * x).toFixed(0)} %`);
  const { answers, episodes } = calibration.provenance;
  return [
    `${calibration.model}: ${answers} answers of ${episodes} ${episodes === 1 ? "episode" : "episodes"}; on episodes left out of the fit:`,
    ...[...figures, ["all", overall] as const].map(
      ([kind, each]) =>
        `  ${kind.padEnd(20)} error ${cm(each.rawErrorM)} raw, ${cm(each.calibratedErrorM)} calibrated; ` +
        `truth in 1 sigma ${share(each.within1Sigma)}, in 2 ${share(each.within2Sigma)}`,
    ),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ];
}

function shown({ value, interval }: CalibrationFigure, format: (x: number) => string): string {
  return interval ? `${format(value)} [${interval.map(format).join(" … ")}]` : format(value);
}
