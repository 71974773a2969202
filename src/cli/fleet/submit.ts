import { resolve } from "node:path";
import { Command } from "commander";
import { claimOutputs } from "../../base/index.js";
import { openSource } from "../../sources/index.js";
import { loadTasks, taskFiles, withCamera } from "../../task/index.js";
import { type AnnotationOptions, addAnnotationOptions } from "../annotationOptions.js";
import { inputRecordings } from "../inputRecordings.js";
import { interruptible } from "../interrupt.js";
import { defaultModel } from "../makeVlm.js";
import { durationNs, overwriteOption, rate, wholeNumber } from "../options.js";
import { type PlannedOutput, pathsOf, planOutputs } from "../outputs.js";
import { Fleet, type FleetOptions, fleetOptions } from "./Fleet.js";
import { type FleetJobData, jobIdOf, MOST_SLICES } from "./FleetJob.js";
import { limitRequests } from "./RequestRate.js";

interface SubmitOptions extends AnnotationOptions, FleetOptions {
  readonly output: string;
  readonly priority: number;
  readonly attempts: number;
  readonly requestsPerMinute?: number;
  readonly slice?: bigint;
  readonly overwrite: boolean;
}

/** BullMQ's lowest priority. */
const LOWEST = 2 ** 21;

/** `spatial-reward fleet submit` */
export function submitCommand(): Command {
  const command = addAnnotationOptions(new Command("submit"))
    .description(
      "Puts recordings into a queue, for `fleet work` to annotate. Options are those of annotate. " +
        "What is in the queue already is not added again; what had failed is tried again.",
    )
    .argument("<recording...>", "as for annotate; workers must see them under the same paths")
    .requiredOption(
      "-o, --output <folder>",
      "folder for outputs, on a disk that all workers see, or s3://BUCKET/PREFIX",
    )
    .option("--priority <n>", "1 is done first", wholeNumber(1), 1000)
    .option(
      "--attempts <n>",
      "how often a recording is tried, with growing pauses",
      wholeNumber(1),
      10,
    )
    .option(
      "--requests-per-minute <n>",
      "requests to the model that all workers of the queue may make together (default: any number)",
      rate,
    )
    .option(
      "--slice <time>",
      "asks about longer recordings in slices of this length (10min), each a job of its own; the " +
        "rewards are those of the uncut recording",
      durationNs,
    )
    .addOption(overwriteOption());
  for (const option of fleetOptions()) command.addOption(option);
  return command.action((paths: string[], options: SubmitOptions) =>
    interruptible((signal) => submit(paths, options, signal)),
  );
}

async function submit(
  paths: readonly string[],
  options: SubmitOptions,
  signal: AbortSignal,
): Promise<void> {
  const task = withCamera(await loadTasks(options.task), options.camera);
  const recordings = await inputRecordings(paths);
  const { S3Outputs } = await import("../s3/S3Outputs.js");
  await using s3 = await S3Outputs.open([options.output]);
  const folder = s3?.localOf(options.output) ?? resolve(options.output);
  const planned = () =>
    planOutputs(recordings, [`${folder}/`], options.format, [
      ...paths,
      options.task,
      ...taskFiles(task),
    ]);
  const plan = await (s3 ? s3.named(planned) : planned());
  await s3?.check(plan, options.overwrite, signal);
  await claimOutputs(pathsOf(plan), { by: "annotate", overwrite: options.overwrite });
  const spec = options.vlm ?? (await defaultModel(recordings, task, options.calibration, signal));
  const fleet = await Fleet.open(options);
  try {
    await limitRequests(fleet.redis, options.queue, options.requestsPerMinute);
    const counts = { added: 0, done: 0, again: 0, waiting: 0 };
    for (const [recording, outputs] of plan) {
      signal.throwIfAborted();
      const slices = await slicesOf(recording, options.slice);
      const data = {
        ...jobData(
          recording,
          spec,
          outputs.map(({ format, path }) => ({
            format,
            path: s3?.addressOf(path) ?? resolve(path),
          })),
          options,
        ),
        ...(slices && { slices: { ...slices, ns: String(slices.ns) } }),
      };
      counts[await add(fleet, data, options)] += 1;
    }
    console.log(
      `${options.queue}: ${counts.added} recordings added` +
        (counts.again > 0 ? `, ${counts.again} that had failed are tried again` : "") +
        (counts.waiting > 0 ? `, ${counts.waiting} are in it already` : "") +
        (counts.done > 0 ? `, ${counts.done} are done` : ""),
    );
  } finally {
    await fleet.close();
  }
}

function jobData(
  recording: string,
  vlm: string,
  outputs: readonly PlannedOutput[],
  options: SubmitOptions,
): FleetJobData {
  const { calibration, camera, rate: rateHz, from, to, atRate, wait } = options;
  return {
    recording: whole(recording),
    task: resolve(options.task),
    // A model file is a path too.
    vlm: /^[^:?#]+\.ya?ml/.test(vlm) ? resolve(vlm) : vlm,
    outputs: [...outputs],
    ...(calibration !== undefined && { calibration: resolve(calibration) }),
    ...(camera !== undefined && { camera }),
    ...(rateHz !== undefined && { rate: rateHz }),
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
    ...(atRate !== undefined && { atRate }),
    ...(wait !== undefined && { wait: String(wait) }),
    smooth: options.smooth === true,
    withImages: options.withImages === true,
  };
}

/** Addresses (`s3://…`, `sim:…`) are whole already. */
function whole(recording: string): string {
  return /^[a-z][a-z0-9+.-]*[:?]/i.test(recording) ? recording : resolve(recording);
}

/** Undefined where the recording is no longer than a slice. */
async function slicesOf(
  recording: string,
  sliceNs: bigint | undefined,
): Promise<{ readonly count: number; readonly ns: bigint } | undefined> {
  if (sliceNs === undefined || sliceNs <= 0n) return undefined;
  await using source = await openSource(recording);
  const lengthNs = source.info.endNs - source.info.startNs;
  if (lengthNs <= sliceNs) return undefined;
  const least = lengthNs / BigInt(MOST_SLICES) + 1n;
  const ns = sliceNs < least ? least : sliceNs;
  return { count: Number((lengthNs + ns - 1n) / ns), ns };
}

async function add(
  { queue, redis, bullmq }: Fleet,
  data: FleetJobData,
  { priority, attempts }: SubmitOptions,
): Promise<"added" | "done" | "again" | "waiting"> {
  const jobId = jobIdOf(data);
  const known = await queue.getJob(jobId);
  if (!known) {
    const backoff = { type: "custom" };
    const options = { attempts, backoff, priority: Math.min(priority, LOWEST) };
    const job = { name: "recording", queueName: queue.name, data, opts: { ...options, jobId } };
    const slices = Array.from({ length: data.slices?.count ?? 0 }, (_, slice) => {
      const part = { ...data, slice };
      // What a slice could not do is left to the whole.
      const opts = { ...options, jobId: jobIdOf(part), ignoreDependencyOnFailure: true };
      return { name: "slice", queueName: queue.name, data: part, opts };
    });
    if (slices.length === 0) await queue.add(job.name, data, job.opts);
    else await new bullmq.FlowProducer({ connection: redis }).add({ ...job, children: slices });
    return "added";
  }
  if (await known.isCompleted()) return "done";
  if (!(await known.isFailed())) return "waiting";
  await known.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
  return "again";
}
