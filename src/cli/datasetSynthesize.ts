import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { keepInputs, UserError } from "../base/index.js";
import { type DatasetSettings, synthesize } from "../dataset/index.js";
import type { SceneViews } from "../sim/index.js";
import { isRemote } from "../sources/index.js";
import { loadTask } from "../task/index.js";
import { inputRecordings } from "./inputRecordings.js";
import { Interrupted, interruptible } from "./interrupt.js";
import { cameraOption, rate } from "./options.js";
import { startProgress } from "./progress.js";

interface Options {
  readonly output: string;
  readonly scenes?: number;
  readonly perImage: number;
  readonly seed: number;
  readonly task?: string;
  readonly truth: "rgbd" | "kinematics";
  readonly rate: number;
  readonly holdOut?: readonly string[];
  readonly camera?: string;
  readonly width: number;
  readonly height: number;
  readonly depthNoise: number;
  readonly views: SceneViews;
  readonly noise: number;
  readonly imperial: number;
  readonly exact: boolean;
  readonly depth: boolean;
  readonly license?: string;
  readonly workers: number;
}

class SynthesizeUsageError extends UserError {
  override readonly code = "dataset.options";
  override readonly exitCode = 2;
}

/** `spatial-reward dataset synthesize` */
export function datasetSynthesizeCommand(): Command {
  return new Command("synthesize")
    .description(
      "Makes a data set of spatial questions with exact answers: from recordings with depth and\n" +
        "masks or of a robot that grasps, or from simulated table tops (--scenes). Run the same command again to continue an\n" +
        "interrupted run. The result depends only on the inputs and the seed.",
    )
    .argument("[recordings...]", "recordings, rosbag2 folders, or folders of them")
    .requiredOption("-o, --output <folder>", "folder of the data set")
    .option("--scenes <count>", "number of pictures from the simulator", whole(1, 10_000_000))
    .option("--per-image <count>", "number of questions about each picture", whole(1, 200), 24)
    .option("--seed <number>", "seed of all random choices", whole(0, 1_000_000), 1)
    .option(
      "-t, --task <file>",
      "recordings: task file that names the objects (default: label names)",
    )
    .addOption(
      new Option(
        "--truth <source>",
        "recordings: where the answers come from: `rgbd` (depth and masks), or `kinematics` (what the gripper's motion proves of what it grasped; needs a --task with `grasp`)",
      )
        .choices(["rgbd", "kinematics"])
        .default("rgbd"),
    )
    .option("--rate <hz>", "recordings: maximum number of pictures per second", rate, 1)
    .addOption(cameraOption())
    .option("--hold-out <names...>", "recordings: objects and cameras for the test split only")
    .option("--width <pixels>", "simulator", whole(64, 4096), 640)
    .option("--height <pixels>", "simulator", whole(48, 4096), 480)
    .option("--depth-noise <mm>", "simulator: noise of the depth images at 1 m, mm", amount(100), 0)
    .addOption(
      new Option(
        "--views <which>",
        "simulator: cameras of train and val: `front`, or `around` (up to 69° aside, 15 to 60° down)",
      )
        .choices(["front", "around"])
        .default("front"),
    )
    .option("--noise <share>", "noise of the worded lengths (standard deviation)", amount(2), 0)
    .option("--imperial <share>", "share of lengths in inches and feet, 0..1", amount(1), 0.2)
    .option(
      "--exact",
      "lengths in metres with millimetre resolution, not rounded as people do",
      false,
    )
    .option("--no-depth", "do not write depth and label images")
    .option(
      "--license <id>",
      "licence in the data card (default: apache-2.0 with --scenes, otherwise other)",
    )
    .option("--workers <count>", "threads", whole(1, 256), availableParallelism())
    .action(run);
}

async function run(recordings: string[], options: Options): Promise<void> {
  await keepInputs(recordings, [options.output]);
  const settings = await settingsOf(recordings, options);
  const { source } = settings;
  const total = source.kind === "scenes" ? source.scenes : 0;
  const startMs = performance.now();
  await interruptible(async (signal) => {
    const progress = startProgress("synthesize", total, "images");
    let kept: number | undefined;
    let made = { images: 0, rows: 0 };
    try {
      const summary = await synthesize({
        folder: options.output,
        settings,
        workers: options.workers,
        signal,
        onProgress: (images, rows) => {
          kept ??= images;
          made = { images: images - kept, rows };
          progress.update(images);
        },
      });
      progress.stop();
      const seconds = (performance.now() - startMs) / 1000;
      const { frames, rows } = summary;
      console.log(options.output);
      console.log(`  pictures  train ${frames.train}, val ${frames.val}, test ${frames.test}`);
      console.log(`  questions train ${rows.train}, val ${rows.val}, test ${rows.test}`);
      for (const [reason, count] of Object.entries(summary.skipped))
        console.log(`  skipped   ${count} pictures: ${reason}`);
      console.log(
        `  ${made.images} pictures and ${made.rows} questions in ${seconds.toFixed(1)} s` +
          ` (${(made.images / seconds).toFixed(1)} pictures/s)${kept ? `, ${kept} kept` : ""}`,
      );
    } catch (error) {
      if (error instanceof Interrupted)
        throw new Interrupted("run the same command again to continue after the finished parts");
      throw error;
    } finally {
      progress.stop();
    }
  });
}

async function settingsOf(recordings: string[], options: Options): Promise<DatasetSettings> {
  const { scenes, seed, perImage, task, truth } = options;
  if ((scenes === undefined) === (recordings.length === 0))
    throw new SynthesizeUsageError(
      "give either recordings or --scenes <count>: a data set is made from one of them",
    );
  const common = {
    seed,
    perImage,
    human: !options.exact,
    imperialShare: options.imperial,
    noise: options.noise,
    images3d: options.depth,
  };
  if (scenes !== undefined) {
    const { width, height, depthNoise, views } = options;
    const source = {
      ...{ kind: "scenes" as const, scenes, width, height, depthNoiseMm: depthNoise },
      // Data sets made before there was a choice keep their fingerprint.
      ...(views !== "front" && { views }),
    };
    return { ...common, license: options.license ?? "apache-2.0", source };
  }
  // Its mistakes are reported now, not by a worker.
  const loaded = task === undefined ? undefined : await loadTask(task);
  if (truth === "kinematics" && !loaded?.robot) {
    throw new SynthesizeUsageError(
      task === undefined
        ? "--truth kinematics needs a task that names the gripper (grasp): add --task <file>"
        : `${task}: --truth kinematics needs a gripper: give one object \`grasp\` (docs/task-file.md)`,
    );
  }
  const paths = (await inputRecordings(recordings)).map((path) =>
    isRemote(path) ? path : resolve(path),
  );
  return {
    ...common,
    license: options.license ?? "other",
    source: {
      kind: "recordings",
      ...(truth === "kinematics" && { truth }),
      paths,
      ...(task !== undefined && { task: resolve(task) }),
      rateHz: options.rate,
      holdOut: options.holdOut ?? [],
      ...(options.camera !== undefined && { camera: options.camera }),
    },
  };
}

function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`it must be a whole number from ${low} to ${high}.`);
  };
}

function amount(high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= 0 && value <= high) return value;
    throw new InvalidArgumentError(`it must be a number from 0 to ${high}.`);
  };
}
