import { extname, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { claimOutputs, UserError } from "../base/index.js";
import { OUTCOMES, type Outcome, type RecordedEpisode } from "../sim/index.js";
import { interruptible } from "./interrupt.js";
import { millimetres, overwriteOption, rate } from "./options.js";
import { OutputPlanError } from "./outputs.js";
import { recordToBag } from "./recordToBag.js";

/** Episodes were recorded whose outcome is not the one that was asked for. */
class EpisodesAstray extends UserError {
  override readonly code = "simulator.astray";
}

interface SimRecordOptions {
  readonly scene: string;
  readonly outcome: readonly Outcome[];
  readonly episodes: number;
  readonly seed: number;
  readonly cameras: 1 | 2;
  readonly size: { readonly width: number; readonly height: number };
  readonly rate: number;
  readonly depthNoise: number;
  readonly color: "jpeg" | "raw";
  readonly workers?: number;
  readonly output: string;
  readonly overwrite: boolean;
}

/** One episode to be recorded. */
interface PlannedEpisode {
  readonly seed: number;
  readonly outcome: Outcome;
  readonly path: string;
}

/** `spatial-reward sim record` */
export function simRecordCommand(): Command {
  return new Command("record")
    .description(
      "Simulates scripted episodes and records what a robot would publish: colour, depth, instance " +
        "labels, camera_info, /tf with the true poses, /joint_states, /clock. The same seed gives " +
        "the same recording.",
    )
    .addOption(
      new Option("--scene <name>", "the scene to simulate")
        .choices(["tabletop"])
        .default("tabletop"),
    )
    .addOption(
      new Option(
        "--outcome <list>",
        `outcomes of the episodes: ${OUTCOMES.join(", ")}; separate several with commas; or all`,
      )
        .argParser(outcomes)
        .default(["success"], "success"),
    )
    .option("--episodes <n>", "number of episodes for each outcome", wholeNumber(1), 1)
    .option(
      "--seed <n>",
      "seed of the first episode; it increases by 1 for each further episode",
      wholeNumber(0),
      0,
    )
    .addOption(
      new Option("--cameras <n>", "1: camera; 2: also side_camera")
        .argParser(cameraCount)
        .default(1),
    )
    .addOption(
      new Option("--size <WxH>", "image size, pixels")
        .argParser(size)
        .default({ width: 640, height: 480 }, "640x480"),
    )
    .option("--rate <hz>", "images per second", rate, 10)
    .option(
      "--depth-noise <mm>",
      "sigma of the depth at 1 m; it grows with the distance squared",
      millimetres,
      0,
    )
    .addOption(
      new Option("--color <format>", "jpeg: image_raw/compressed; raw: image_raw")
        .choices(["jpeg", "raw"])
        .default("jpeg"),
    )
    .option("--workers <n>", "number of rendering threads (default: one per core)", wholeNumber(0))
    .requiredOption(
      "-o, --output <path>",
      "a folder: a rosbag2 folder <outcome>_<seed> for each episode; or one `.mcap` file",
    )
    .addOption(overwriteOption())
    .addHelpText(
      "after",
      `
Outcomes:
  success   picks the red mug and puts it down on the blue tray
  failure   misses the mug, or drops it on the way
  idle      hovers and touches nothing
  regress   carries the mug towards the tray, and back to where it stood
  distract  picks up another object

Examples:
  spatial-reward sim record --outcome success --episodes 5 --seed 7 -o episodes/
  spatial-reward sim record --outcome all --size 320x240 --depth-noise 2 -o episodes/
  spatial-reward sim record --seed 3 -o run.mcap

Ctrl-C leaves no unfinished recording under its final name (exit code 130).`,
    )
    .action((options: SimRecordOptions) =>
      interruptible((signal) => recordEpisodes(options, signal)),
    );
}

async function recordEpisodes(options: SimRecordOptions, signal: AbortSignal): Promise<void> {
  const planned = planEpisodes(options);
  const paths = planned.map(({ path }) => path);
  await claimOutputs(paths, { by: "sim record", overwrite: options.overwrite });
  const astray: string[] = [];
  for (const episode of planned) {
    const { verdict, images, durationS } = await recordTo(episode, options, signal);
    const went = verdict === episode.outcome ? `${verdict} verified` : `ended as ${verdict}`;
    console.log(`${episode.path}  ${images} frames  ${durationS.toFixed(1)} s  ${went}`);
    if (verdict !== episode.outcome) astray.push(episode.path);
  }
  if (astray.length > 0) {
    throw new EpisodesAstray(
      `${astray.length} of ${planned.length} episodes did not end with the outcome of their script: ` +
        `${astray.join(", ")}. They are complete, and their metadata has the actual outcome; ` +
        "use another --seed to get the requested outcome",
    );
  }
}

async function recordTo(
  { seed, outcome, path }: PlannedEpisode,
  options: SimRecordOptions,
  signal: AbortSignal,
): Promise<RecordedEpisode> {
  return recordToBag(path, `${outcome} ${seed}`, {
    seed,
    outcome,
    ...options.size,
    cameras: options.cameras,
    rateHz: options.rate,
    depthNoiseMm: options.depthNoise,
    color: options.color,
    ...(options.workers !== undefined && { workers: options.workers }),
    signal,
  });
}

function planEpisodes({ outcome, episodes, seed, output }: SimRecordOptions): PlannedEpisode[] {
  const isFile = extname(output) === ".mcap";
  const planned = outcome.flatMap((each) =>
    Array.from({ length: episodes }, (_, i) => ({
      outcome: each,
      seed: seed + i,
      path: isFile ? output : join(output, `${each}_${seed + i}`),
    })),
  );
  if (isFile && planned.length > 1) {
    throw new OutputPlanError(
      `${planned.length} episodes cannot be written to one file (${output}): give a folder`,
    );
  }
  return planned;
}

function outcomes(text: string): readonly Outcome[] {
  if (text === "all") return OUTCOMES;
  return text.split(",").map((name) => {
    const outcome = OUTCOMES.find((known) => known === name.trim());
    if (outcome !== undefined) return outcome;
    throw new InvalidArgumentError(`the outcomes are ${OUTCOMES.join(", ")}, or all.`);
  });
}

function size(text: string): { width: number; height: number } {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (!match) throw new InvalidArgumentError("write a size as 640x480.");
  return { width: Number(match[1]), height: Number(match[2]) };
}

function cameraCount(text: string): 1 | 2 {
  if (text === "1" || text === "2") return text === "1" ? 1 : 2;
  throw new InvalidArgumentError("it must be 1 or 2.");
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`it must be a whole number of at least ${least}.`);
  };
}
