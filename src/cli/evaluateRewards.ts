import { Command, Option } from "commander";
import { claimOutputs, keepInputs, writeWhole } from "../base/index.js";
import {
  type EvaluatedEpisode,
  evaluateRewards,
  failedThresholds,
  figuresByKey,
  formatMetrics,
  isAnnotated,
  NotAnnotatedError,
  type ReadEpisodesOptions,
  type RewardMetrics,
  readEpisodes,
  type Threshold,
  TRUTHS,
  type TruthKind,
} from "../evaluate/index.js";
import { findRecordings, openBag } from "../sources/index.js";
import { loadTasks } from "../task/index.js";
import { inputRecordings } from "./inputRecordings.js";
import { overwriteOption } from "./options.js";
import { ThresholdsFailed, thresholdOption } from "./thresholds.js";

interface Options {
  readonly task?: string;
  readonly truth: TruthKind;
  readonly json?: string;
  readonly overwrite: boolean;
  readonly min: readonly Threshold[];
  readonly max: readonly Threshold[];
}

/** `spatial-reward evaluate rewards PATH…` */
export function evaluateRewardsCommand(): Command {
  return new Command("rewards")
    .description(
      "Compares rewards with the truth: measurements with TF, progress with time, return with " +
        "outcome. Each figure has its coverage n/N and controls (reversed, shuffled, wrong target), " +
        "for which a good reward gets bad figures.",
    )
    .argument("<path...>", "annotated bags, rosbag2 folders, or folders of them")
    .option("-t, --task <file>", "task file, for bags recorded live, which do not contain it")
    .addOption(
      new Option(
        "--truth <source>",
        "`tf`: the TF frames of the task's objects; `kinematics`: the grasps of the robot's gripper (field `grasp` of the task)",
      )
        .choices(TRUTHS)
        .default("tf"),
    )
    .option("--json <file>", "also write all figures as JSON")
    .addOption(overwriteOption())
    .addOption(thresholdOption("min"))
    .addOption(thresholdOption("max"))
    .addHelpText(
      "after",
      `
Figures of a measurement: coverage, mae, median_error, bias_slope, bias_intercept, pearson,
spearman, kendall, within_half_to_double, floor_at_contact, within_2_sigma, raw_…; for yes/no and
choices: accuracy. Of the episodes: coverage, voc_progress, voc_reward, monotonicity_violations,
largest_backward_jump, auroc, return_margin, worst_case_margin. Lengths are in metres.

A threshold's key is MEASUREMENT.FIGURE, MEASUREMENT.CONTROL.FIGURE, or only FIGURE, which means
every measurement that has a truth. A figure without a value fails its threshold.

Examples:
  spatial-reward evaluate rewards out/demo/rewards.mcap
  spatial-reward evaluate rewards annotated/ --min spearman=0.95 --max mae=0.02 --min auroc=0.9
  spatial-reward evaluate rewards annotated/ --truth kinematics
  spatial-reward evaluate rewards annotated/ --max to_mug.wrong_target.spearman=0.5 --json m.json

Exit code: 0, or 1 when a threshold fails, 2 when one cannot be checked.`,
    )
    .action(async (paths: string[], options: Options) => {
      if (options.json !== undefined) {
        const inputs = options.task === undefined ? paths : [...paths, options.task];
        await keepInputs(inputs, [options.json]);
        await claimOutputs([options.json], {
          by: "evaluate rewards",
          overwrite: options.overwrite,
        });
      }
      const task = options.task === undefined ? undefined : await loadTasks(options.task);
      const episodes = await readAll(paths, { ...(task && { task }), truth: options.truth });
      const metrics = evaluateRewards(episodes);
      const failed = failedThresholds(metrics, [...options.min, ...options.max]);
      for (const note of notesOf(episodes)) console.error(`note: ${note}`);
      process.stdout.write(
        `${headline(episodes)}\n${truthLines(episodes)}\n${formatMetrics(metrics)}`,
      );
      if (options.json !== undefined) await writeJson(options.json, metrics);
      if (failed.length > 0) throw new ThresholdsFailed(failed);
    });
}

/** `{figures: {KEY: {value, n, of}}, episodes: […]}`; value is null if there is none. */
async function writeJson(path: string, metrics: RewardMetrics): Promise<void> {
  const figures = [...figuresByKey(metrics)].map(([key, { value = null, n, of }]) => [
    key,
    { value, n, of },
  ]);
  const document = { figures: Object.fromEntries(figures), episodes: metrics.rows };
  await writeWhole(path, `${JSON.stringify(document, undefined, 2)}\n`);
}

async function readAll(
  paths: readonly string[],
  options: ReadEpisodesOptions,
): Promise<EvaluatedEpisode[]> {
  // Of all at once: what is named twice would count twice.
  await findRecordings(paths);
  const episodes: EvaluatedEpisode[] = [];
  for (const path of paths) episodes.push(...(await readAnnotated(path, options)));
  return episodes;
}

/** In a folder, recordings without rewards are the others' inputs and are passed over. */
async function readAnnotated(
  path: string,
  options: ReadEpisodesOptions,
): Promise<EvaluatedEpisode[]> {
  const episodes: EvaluatedEpisode[] = [];
  const damage: string[] = [];
  for (const recording of await inputRecordings([path])) {
    const bag = await openBag(recording);
    try {
      const isJudged = isAnnotated(bag);
      if (isJudged) episodes.push(...(await readEpisodes(bag, options)));
      for (const line of bag.info.damage) {
        if (isJudged) console.error(`warning: ${bag.info.path}: ${line}`);
        else damage.push(line);
      }
    } finally {
      await bag.close();
    }
  }
  if (episodes.length === 0) throw new NotAnnotatedError(path, damage);
  return episodes;
}

/** What the truth of each episode rests on. */
function truthLines(episodes: readonly EvaluatedEpisode[]): string {
  const lines = episodes.flatMap(({ name, truthNotes }) =>
    truthNotes.map((note) => `  ${name}: ${note}`),
  );
  return lines.length === 0 ? "" : `truth\n${lines.join("\n")}\n`;
}

/** Each once, with the first episode that it is true of. */
function notesOf(episodes: readonly EvaluatedEpisode[]): string[] {
  const first = new Map<string, string>();
  const more = new Map<string, number>();
  for (const { name, source, notes } of episodes) {
    for (const note of notes) {
      more.set(note, (more.get(note) ?? -1) + 1);
      if (!first.has(note)) first.set(note, `${source}, ${name}`);
    }
  }
  return [...first].map(([note, where]) => {
    const others = more.get(note) ?? 0;
    return `${where}${others > 0 ? ` and ${others} more` : ""}: ${note}`;
  });
}

function headline(episodes: readonly EvaluatedEpisode[]): string {
  const images = episodes.reduce((sum, { reward }) => sum + reward.length, 0);
  const list = (values: readonly string[]) => [...new Set(values)].join(", ");
  return (
    `${episodes.length} ${episodes.length === 1 ? "episode" : "episodes"}, ${images} images; ` +
    `task ${list(episodes.map(({ task }) => task))}; model ${list(episodes.map(({ model }) => model))}`
  );
}
