import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { packageFile } from "../base/index.js";
import { createVlm, DEFAULT_VLM } from "../models/index.js";
import { loadTask } from "../task/index.js";
import { annotateRecording } from "./annotateRecording.js";
import { interruptible } from "./interrupt.js";
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
    .action(({ output, seed }: { output: string; seed: number }) =>
      interruptible((signal) => demo(output, seed, signal)),
    );
}

async function demo(folder: string, seed: number, signal: AbortSignal): Promise<void> {
  const recording = join(folder, "episode.mcap");
  await recordToBag(recording, "simulate", { seed, outcome: "success", signal });

  const task = await loadTask(TASK_FILE);
  const outputs = [
    { format: "mcap", path: join(folder, "rewards.mcap") },
    { format: "jsonl", path: join(folder, "rewards.jsonl") },
    { format: "html", path: join(folder, "report.html") },
  ] as const;
  const vlm = await createVlm(DEFAULT_VLM, { signal });
  try {
    const run = { task, vlm, outputs, resume: false, withImages: false };
    const lines = await annotateRecording(recording, run, signal);
    console.log([...lines, `  written  ${recording}`].join("\n"));
  } finally {
    await vlm.close();
  }
}
