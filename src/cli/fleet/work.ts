import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "bullmq";
import { Command, Option } from "commander";
import {
  claimOutputs,
  keepInputs,
  OutputBusyError,
  OutputError,
  UserError,
} from "../../base/index.js";
import {
  AnswerJournal,
  ModelAwayError,
  ModelRefusesError,
  type SpatialVlm,
} from "../../models/index.js";
import { S3Error } from "../../s3/index.js";
import { RemoteError } from "../../sources/index.js";
import { loadTasks, taskFiles, withCamera } from "../../task/index.js";
import { annotateRecording } from "../annotateRecording.js";
import { recordOf } from "../FinishedRun.js";
import { interruptible } from "../interrupt.js";
import { calibrationFor, makeVlm } from "../makeVlm.js";
import { durationNs, wholeNumber } from "../options.js";
import { journalPath } from "../outputs.js";
import { Patience } from "../patience.js";
import { askSlice, slicePaths } from "./askSlice.js";
import { Fleet, type FleetOptions, fleetOptions, OPEN } from "./Fleet.js";
import { type FleetJob, readJob } from "./FleetJob.js";
import { atFleetRate } from "./RequestRate.js";

interface WorkOptions extends FleetOptions {
  readonly concurrency: number;
  readonly stallAfter: bigint;
  readonly untilEmpty: boolean;
}

const NEXT = "the queue gives the recording to a worker once more, or submit it again";

const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 300_000;
const PROGRESS_MS = 1000;
const EMPTY_MS = 500;
/** A recording on which so many workers died is taken for what kills them. */
const MOST_STALLS = 10;

/** `spatial-reward fleet work` */
export function workCommand(): Command {
  const command = new Command("work")
    .description(
      "Annotates recordings of a queue until it is stopped. Start as many workers as you like, on any " +
        "machine that sees the files. The recording of a worker that dies is taken over by another, " +
        "which goes on where it stopped.",
    )
    .option("--concurrency <n>", "recordings at the same time", wholeNumber(1), 1)
    .addOption(
      new Option("--stall-after <time>", "a worker that has been silent for so long has died")
        .argParser(durationNs)
        .default(durationNs("30s"), "30s"),
    )
    .option("--until-empty", "end when nothing is left to do", false);
  for (const option of fleetOptions()) command.addOption(option);
  return command.action((options: WorkOptions) => interruptible((signal) => work(options, signal)));
}

async function work(options: WorkOptions, signal: AbortSignal): Promise<void> {
  const fleet = await Fleet.open(options);
  const models = new Models(fleet, options.queue);
  const stallMs = Number(options.stallAfter / 1_000_000n);
  const { Worker } = fleet.bullmq;
  const worker = new Worker(
    options.queue,
    (job: Job, token?: string) => annotate(job, token, fleet, models, signal),
    {
      connection: fleet.redis,
      concurrency: options.concurrency,
      ...{ lockDuration: stallMs, stalledInterval: stallMs, maxStalledCount: MOST_STALLS },
      // How soon a queue that was empty is looked at again, s.
      drainDelay: 1,
      settings: {
        backoffStrategy: (tries = 1) =>
          Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS),
      },
    },
  );
  // Said by the connection; a job that another worker took over meanwhile is its own.
  worker.on("error", () => undefined);
  try {
    await new Promise<void>((stop, fail) => {
      signal.addEventListener("abort", () => stop(), { once: true });
      if (options.untilEmpty) emptied(fleet, signal).then(stop, fail);
    });
    await worker.close();
    signal.throwIfAborted();
  } finally {
    await models.close();
    await fleet.close();
  }
}

/** Resolves when nothing waits and nobody works. */
async function emptied({ queue }: Fleet, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const counts = await queue.getJobCounts(...OPEN);
    if (Object.values(counts).every((count) => count === 0)) return;
    await sleep(EMPTY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function annotate(
  job: Job,
  token: string | undefined,
  fleet: Fleet,
  models: Models,
  signal: AbortSignal,
): Promise<string> {
  const { DelayedError, UnrecoverableError } = fleet.bullmq;
  try {
    const [headline = ""] = await run(readable(job, fleet), job, models, signal);
    console.log(headline);
    return headline;
  } catch (error) {
    if (signal.aborted) {
      // Back into the queue at once: it is nobody's fault.
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    }
    if (!(error instanceof Error)) throw error;
    console.error(`error: ${error.message}`);
    throw mayPass(error) ? error : new UnrecoverableError(error.message);
  }
}

function readable(job: Job, { bullmq }: Fleet): FleetJob {
  try {
    return readJob(job.data);
  } catch (error) {
    throw new bullmq.UnrecoverableError(`this is no job of a fleet: ${(error as Error).message}`);
  }
}

async function run(
  { task: taskPath, camera, vlm: spec, calibration: calibrationPath, ...data }: FleetJob,
  job: Job,
  models: Models,
  signal: AbortSignal,
): Promise<string[]> {
  const { recording, wait, rate, from, to, atRate, smooth, withImages } = data;
  const task = withCamera(await loadTasks(taskPath), camera);
  const { S3Outputs } = await import("../s3/S3Outputs.js");
  await using s3 = await S3Outputs.open(data.outputs.map(({ path }) => path));
  const outputs = data.outputs.map(({ format, path }) => ({
    format,
    path: s3?.localOf(path) ?? path,
  }));
  const paths = outputs.map(({ path }) => path);
  await keepInputs(
    [recording, taskPath, ...taskFiles(task)],
    [...paths, ...paths.map(journalPath)],
  );
  await claimOutputs(paths, { by: "annotate", overwrite: false });
  const journal = journalPath(paths[0] ?? "");
  const parts = data.slices ? slicePaths(journal, data.slices.count) : [];
  const patience = new Patience(await models.get(spec, signal), wait, NEXT);
  const calibration = await calibrationFor(patience.vlm, calibrationPath);
  let saidMs = 0;
  const onProgress = (done: number, total: number) => {
    if (performance.now() < saidMs + PROGRESS_MS) return;
    saidMs = performance.now();
    // It informs; a server that is away is waited for elsewhere.
    job.updateProgress({ done, total }).catch(() => undefined);
  };
  if (data.slice !== undefined && data.slices) {
    const path = parts[data.slice];
    // What it says rests on all images before, in order: the whole recording is one job.
    if (path === undefined || patience.vlm.remembers) return [`${recording}: not asked in slices`];
    const finished = [`${recording}: finished by an earlier run`];
    if (await recordOf(paths)) return finished;
    const asking = { task, vlm: patience.vlm, journalPath: path, onProgress, rate, from, to };
    const { slice, slices } = data;
    const ask = () => askSlice(recording, slice, slices, asking, signal);
    const lines = await (s3
      ? s3.run(outputs, { ...inS3, journal: path }, signal, async ({ isDone }) =>
          isDone ? finished : await ask(),
        )
      : ask());
    patience.check();
    return lines;
  }
  // In S3 the answers of slices lie with those of earlier runs.
  await AnswerJournal.join(journal, parts);
  const settings = {
    ...{ task, vlm: patience.vlm, outputs, resume: true, withImages, smooth },
    ...(rate !== undefined && { rate }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(atRate !== undefined && { atRate }),
    ...(calibration && { calibration }),
    onProgress,
  };
  const lines = s3
    ? await s3.run(outputs, inS3, signal, (there) =>
        annotateRecording(recording, { ...settings, s3: there }, signal),
      )
    : await annotateRecording(recording, settings, signal);
  patience.check();
  for (const part of parts) await rm(part, { force: true });
  return lines;
}

/** A worker goes on with what others left, and replaces nothing of strangers. */
const inS3 = { resume: true, overwrite: false } as const;

/** Another try may do better: a server, a disk or another worker stood in the way. */
function mayPass(error: Error): boolean {
  if (!(error instanceof UserError)) return true;
  if (error instanceof S3Error || error instanceof RemoteError) return error.isPassing;
  return [ModelAwayError, ModelRefusesError, OutputBusyError, OutputError].some(
    (kind) => error instanceof kind,
  );
}

/** The models of the jobs so far: most jobs have the same. */
class Models {
  readonly #fleet: Fleet;
  readonly #queue: string;
  readonly #made = new Map<string, Promise<SpatialVlm>>();

  constructor(fleet: Fleet, queue: string) {
    this.#fleet = fleet;
    this.#queue = queue;
  }

  async get(spec: string, signal: AbortSignal): Promise<SpatialVlm> {
    const known = this.#made.get(spec);
    if (known) return await known;
    const made = makeVlm(spec, { signal }).then((vlm) =>
      atFleetRate(vlm, this.#fleet.redis, this.#queue),
    );
    this.#made.set(spec, made);
    // One that cannot be made now may be made later.
    made.catch(() => this.#made.delete(spec));
    return await made;
  }

  async close(): Promise<void> {
    for (const made of this.#made.values()) await (await made.catch(() => undefined))?.close();
  }
}
