import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { claimOutputs, packageFile } from "../base/index.js";
import { createVlm, DEFAULT_VLM } from "../models/index.js";
import { loadTask } from "../task/index.js";
import { annotateRecording } from "./annotateRecording.js";
import { interruptible } from "./interrupt.js";
import { overwriteOption } from "./options.js";
import { recordToBag } from "./recordToBag.js";

const TASK_FILE = fileURLToPath(packageFile("examples/tasks/pick_and_place.yaml"));

/** `spatial-reward demo` */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Simulates a pick-and-place episode on a tabletop, records it as a ROS 2 bag, asks the " +
        "spatial model for the distances, and writes recording, annotated bag, rewards and report.",
    )
    .option("-o, --output <folder>", "output folder", "out/demo")
    .option("--seed <n>", "seed of the episode", Number, 7)
    .addOption(overwriteOption())
    .action((options: DemoOptions) => interruptible((signal) => demo(options, signal)));
}

interface DemoOptions {
  readonly output: string;
  readonly seed: number;
  readonly overwrite: boolean;
}

async function demo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { output: folder, seed, overwrite } = options;
  const recording = join(folder, "episode.mcap");
  const outputs = [
    { format: "mcap", path: join(folder, "rewards.mcap") },
    { format: "jsonl", path: join(folder, "rewards.jsonl") },
    { format: "html", path: join(folder, "report.html") },
  ] as const;
  await claimOutputs([recording, ...outputs.map(({ path }) => path)], { by: "demo", overwrite });
  await recordToBag(recording, "simulate", { seed, outcome: "success", signal });

  const task = await loadTask(TASK_FILE);
  const vlm = await createVlm(DEFAULT_VLM, { signal });
  try {
    const run = { task, vlm, outputs, resume: false, withImages: false };
    const lines = await annotateRecording(recording, run, signal);
    console.log([...lines, `  written  ${recording}`].join("\n"));
  } finally {
    await vlm.close();
  }
}
