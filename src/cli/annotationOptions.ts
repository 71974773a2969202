import { type Command, Option } from "commander";
import { sinks } from "../sinks/index.js";
import { cameraOption, durationNs, rate } from "./options.js";
import { WAIT_HELP } from "./patience.js";

/** How recordings are annotated, whoever does it. */
export interface AnnotationOptions {
  readonly task: string;
  readonly vlm?: string;
  readonly format: readonly string[];
  readonly rate?: number;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly atRate?: number;
  readonly smooth?: boolean;
  readonly calibration?: string;
  readonly wait?: bigint;
  readonly withImages?: boolean;
  readonly camera?: string;
}

/** The options of `AnnotationOptions`. */
export function addAnnotationOptions(command: Command): Command {
  return command
    .requiredOption("-t, --task <file>", "task file (YAML); see `task check`")
    .option(
      "--vlm <spec>",
      "the model to ask, see below; default: the first of rgbd, embedded and plane that answers",
    )
    .option(
      "--calibration <file>",
      "what the model's lengths mean and are worth: made by `calibrate` for this model and prompt",
    )
    .addOption(
      new Option(
        "--format <format...>",
        "formats to write for each recording, with a folder as output; lerobot-progress also names what a .parquet is",
      )
        .choices(sinks.names())
        .default(["mcap"], "mcap"),
    )
    .addOption(cameraOption())
    .option("--rate <hz>", "annotate at most this many images per second (default: all)", rate)
    .option(
      "--from <time>",
      "skip everything before this time after the start, `1.5` (seconds) or `500ms`",
      durationNs,
    )
    .option("--to <time>", "skip everything after this time", durationNs)
    .option(
      "--at-rate <hz>",
      "also write rewards between images, at most this many per second, predicted from the robot's transforms",
      rate,
    )
    .option(
      "--smooth",
      "compute each value from the whole episode, including later images; marked as smoothed",
    )
    .option("--wait <time>", WAIT_HELP, durationNs)
    .option("--with-images", "also copy image and point cloud topics into annotated bags");
}
