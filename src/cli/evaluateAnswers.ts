import { stat } from "node:fs/promises";
import { Command, Option } from "commander";
import { failedAnswerThresholds, formatAnswers, VQA_SPLITS } from "../evaluate/index.js";
import { DEFAULT_VLM } from "../models/index.js";
import { InputError } from "../sources/index.js";
import type { EvaluateAnswersOptions } from "./EvaluateAnswersOptions.js";
import { evaluateDataSet } from "./evaluateDataSet.js";
import { evaluatePredictions } from "./evaluatePredictions.js";
import { interruptible } from "./interrupt.js";
import { durationNs, overwriteOption, wholeNumber } from "./options.js";
import { WAIT_HELP } from "./patience.js";
import { ThresholdsFailed, thresholdOption } from "./thresholds.js";

/** `spatial-reward evaluate answers PATH` */
export function evaluateAnswersCommand(): Command {
  return new Command("answers")
    .description(
      "Asks a model the questions of a VQA data set, or reads the answers of another program, and\n" +
        "evaluates the answers: each figure by kind and in total, with coverage n/N and a 95 % " +
        "bootstrap interval, beside baselines on the same questions. docs/evaluation.md has every " +
        "formula.",
    )
    .argument("<path>", "a VQA data set (folder), or a file of predictions (JSON lines)")
    .option("--vlm <spec>", `model to ask, as for ask (default: ${DEFAULT_VLM})`)
    .addOption(new Option("--split <name>", "split to ask (default: test)").choices(VQA_SPLITS))
    .option(
      "-o, --output <folder>",
      "folder for metrics.json, predictions.jsonl, report.html; required to ask a model",
    )
    .option("--images <n>", "ask about only this many images, evenly spaced", wholeNumber(1))
    .option(
      "--probes <n>",
      "number of images for consistency checks of the model; 0: none (default: 100)",
      wholeNumber(0),
    )
    .option("--seed <n>", "seed for resampling and the choice of probes", wholeNumber(0), 1)
    .option(
      "--resume",
      "continue an interrupted run: asks the model only the remaining questions",
      false,
    )
    .option("--wait <time>", WAIT_HELP, durationNs)
    .addOption(overwriteOption())
    .addOption(thresholdOption("min"))
    .addOption(thresholdOption("max"))
    .addHelpText(
      "after",
      `
Predictions of other programs are lines {"question": …, "ground_truth": …, "prediction": …}. Ground
truths are words in any unit ("35 cm", "yes"), numbers (metres) or booleans. Lines may also have
id, image, kind, subject and object. predictions.jsonl of an evaluation can be read again.

A threshold's key is FIGURE, KIND.FIGURE, SHAPE.FIGURE (quantity, yes_no, choice, class),
size.BIN.FIGURE or probe.NAME, as in metrics.json; a baseline's key starts with rgbd. or constant.

Examples:
  spatial-reward evaluate answers vqa/ --vlm http://127.0.0.1:8000/v1#my-model -o results/
  spatial-reward evaluate answers vqa/ --vlm rgbd -o out/ --min distance.within_90_110=0.99
  spatial-reward evaluate answers predictions.jsonl --min accuracy=0.75 --max mae=0.1

Exit code: 0; 1 when a threshold fails or an input is bad, 2 when a threshold cannot be checked,
130 after Ctrl-C; then run the same command with --resume to continue.`,
    )
    .action((path: string, options: EvaluateAnswersOptions) =>
      interruptible((signal) => evaluateAnswers(path, options, signal)),
    );
}

async function evaluateAnswers(
  path: string,
  options: EvaluateAnswersOptions,
  signal: AbortSignal,
): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new InputError(`${path}: no such file or folder`);
  const run = found.isDirectory() ? evaluateDataSet : evaluatePredictions;
  const { headline, metrics, output, check } = await run(path, options, signal);
  const failed = failedAnswerThresholds(metrics, [...options.min, ...options.max]);
  process.stdout.write(`${headline}\n\n${formatAnswers(metrics)}`);
  for (const file of output?.written ?? []) process.stdout.write(`written  ${file}\n`);
  check?.();
  if (failed.length > 0) throw new ThresholdsFailed(failed);
}
