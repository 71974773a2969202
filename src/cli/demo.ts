import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { openBag } from "../bag/index.js";
import { loadTask } from "../task/index.js";
import { createVlm } from "../vlm/index.js";
import { runAnnotate } from "./annotateRun.js";
import { interruptible } from "./interrupt.js";
import { startProgress } from "./progress.js";

const TASK_FILE = fileURLToPath(
  new URL("../../examples/tasks/pick_and_place.yaml", import.meta.url),
);

/** `spatial-reward demo` */
export function demoCommand(): Command {
  return new Command("demo")
    .summary("simulate, record and annotate a pick-and-place episode")
    .description(
      "Simulates a pick-and-place episode on a tabletop, records it as a ROS 2 bag, asks the\n" +
        "spatial model for the distances and writes recording, annotated bag, rewards and report.",
    )
    .option("-o, --output <folder>", "where to write", "out/demo")
    .option("--seed <n>", "which episode", Number, 7)
    .action(({ output, seed }: { output: string; seed: number }) =>
      interruptible((signal) => demo(output, seed, signal)),
    );
}

async function demo(folder: string, seed: number, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const recording = join(folder, "episode.mcap");
  await record(recording, seed, signal);

  const task = await loadTask(TASK_FILE);
  const vlm = await createVlm("rgbd", { ...(task.support && { support: task.support }) });
  const bag = await openBag(recording);
  const progress = startProgress("annotate", 0, "frames");
  const outputs = [
    { format: "mcap", path: join(folder, "rewards.mcap") },
    { format: "jsonl", path: join(folder, "rewards.jsonl") },
    { format: "html", path: join(folder, "report.html") },
  ] as const;
  try {
    const summary = await runAnnotate(
      {
        bag,
        task,
        vlm,
        outputs,
        range: {},
        resume: false,
        withImages: false,
        onFrame: (counters) => progress.update(counters.annotated + counters.failed),
      },
      signal,
    );
    progress.stop();
    console.log(summary.lines().join("\n"));
    for (const { path } of [{ path: recording }, ...outputs]) console.log(`  written  ${path}`);
  } finally {
    progress.stop();
    await Promise.allSettled([bag.close(), vlm.close()]);
  }
}
