import { join } from "node:path";
import { Command } from "commander";
import { claimOutputs, makeFolder, writeWhole } from "../base/index.js";
import { reasoningScenes } from "../dataset/index.js";
import {
  evaluateReasoning,
  failedReasoningThresholds,
  formatReasoning,
  type ReasonedItem,
  ReasoningTally,
  reasoningDocument,
  type Threshold,
} from "../evaluate/index.js";
import {
  createReasoner,
  DEFAULT_REASON_LIMITS,
  MULTI_STEP_KINDS,
  PLANNER,
  transcriptDocument,
} from "../reason/index.js";
import { interruptible } from "./interrupt.js";
import { makeVlm } from "./makeVlm.js";
import { millimetres, overwriteOption, wholeNumber } from "./options.js";
import { startProgress } from "./progress.js";
import { ThresholdsFailed, thresholdOption } from "./thresholds.js";
import { vlmHelp } from "./vlmHelp.js";

interface Options {
  readonly llm: string;
  readonly vlm: string;
  readonly scenes: number;
  readonly perScene: number;
  readonly seed: number;
  readonly depthNoise: number;
  readonly concurrency: number;
  readonly turns: number;
  readonly output?: string;
  readonly overwrite: boolean;
  readonly min: readonly Threshold[];
  readonly max: readonly Threshold[];
}

const SIZE = { width: 640, height: 480 };

/** `spatial-reward evaluate reasoning` */
export function evaluateReasoningCommand(): Command {
  return new Command("reasoning")
    .description(
      "Asks multi-step questions with exact answers about simulated scenes and evaluates the\n" +
        "conclusions: each figure by kind and in total, with a 95 % bootstrap interval over scenes.",
    )
    .option("--llm <spec>", "the language model, as for `reason`", PLANNER)
    .option("--vlm <spec>", "the spatial model that sees the images", "rgbd")
    .option("--scenes <n>", "number of simulated scenes", wholeNumber(1), 40)
    .option("--per-scene <n>", "maximum number of questions about each scene", wholeNumber(1), 8)
    .option("--seed <n>", "seed for scenes, questions and resampling", wholeNumber(0), 1)
    .option(
      "--depth-noise <mm>",
      "sigma of the depth at 1 m; it grows with the distance squared",
      millimetres,
      0,
    )
    .option("--concurrency <n>", "number of questions in parallel", wholeNumber(1), 4)
    .option(
      "--turns <n>",
      "maximum number of turns of the language model",
      wholeNumber(1),
      DEFAULT_REASON_LIMITS.turns,
    )
    .option("-o, --output <folder>", "folder for metrics.json and transcripts.jsonl")
    .addOption(overwriteOption())
    .addOption(thresholdOption("min"))
    .addOption(thresholdOption("max"))
    .addHelpText(
      "after",
      () => `
Without --llm, ${PLANNER} answers the questions: rules that know them, without a language model. Its
figures are the upper bound with this spatial model, and do not measure a language model.

Kinds: ${MULTI_STEP_KINDS.join(", ")}.
A threshold's key is FIGURE or KIND.FIGURE, as in metrics.json.

${vlmHelp()}

Examples:
  spatial-reward evaluate reasoning --scenes 100 -o upper-bound/
  spatial-reward evaluate reasoning --llm http://127.0.0.1:8000/v1#qwen3 -o results/ --min accuracy=0.8

Exit code: 0; 1 when a threshold fails or an input is bad, 2 when a threshold cannot be checked,
130 after Ctrl-C.`,
    )
    .action((options: Options) => interruptible((signal) => run(options, signal)));
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const { scenes, perScene, seed, depthNoise: depthNoiseMm, concurrency, turns, output } = options;
  if (output !== undefined) {
    await makeFolder(output);
    await claimOutputs(
      ["metrics.json", "transcripts.jsonl"].map((name) => join(output, name)),
      { by: "evaluate reasoning", overwrite: options.overwrite },
    );
  }
  const reasoner = await createReasoner(options.llm, signal);
  const vlm = await makeVlm(options.vlm, { signal, waits: true });
  const tally = new ReasoningTally({ reasoner: reasoner.id, vlm: vlm.id, seed });
  const lines: string[] = [];
  const progress = startProgress("evaluate reasoning", scenes * perScene, "questions");
  try {
    const posed = reasoningScenes({ seed, scenes, perScene, depthNoiseMm, ...SIZE });
    const asked = { reasoner, vlm, concurrency, limits: { turns } };
    for await (const reasoned of evaluateReasoning(posed, asked, signal)) {
      tally.add(reasoned);
      lines.push(`${JSON.stringify(lineOf(reasoned))}\n`);
      progress.update(lines.length);
    }
  } finally {
    progress.stop();
    await vlm.close();
  }
  const metrics = tally.metrics();
  const failed = failedReasoningThresholds(metrics, [...options.min, ...options.max]);
  process.stdout.write(
    `${metrics.questions} questions about ${metrics.scenes} scenes; language model ${reasoner.id}${
      reasoner.id === PLANNER ? " (rules, no language model)" : ""
    }, eye ${vlm.id}\n\n${formatReasoning(metrics)}`,
  );
  if (output !== undefined) {
    const files = [
      [
        join(output, "metrics.json"),
        `${JSON.stringify(reasoningDocument(metrics), undefined, 2)}\n`,
      ],
      [join(output, "transcripts.jsonl"), lines.join("")],
    ] as const;
    for (const [path, content] of files) {
      await writeWhole(path, content);
      process.stdout.write(`written  ${path}\n`);
    }
  }
  if (failed.length > 0) throw new ThresholdsFailed(failed);
}

function lineOf({ scene, item, transcript, isRight }: ReasonedItem) {
  const { id, kind, truth } = item;
  return { id, scene, kind, truth, right: isRight, transcript: transcriptDocument(transcript) };
}
