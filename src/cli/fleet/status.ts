import type { Job } from "bullmq";
import { Command } from "commander";
import { Fleet, type FleetOptions, fleetOptions, OPEN } from "./Fleet.js";
import { progressSchema, readJob } from "./FleetJob.js";

interface StatusOptions extends FleetOptions {
  readonly json: boolean;
}

/** The pace is that of the last so many recordings. */
const PACED = 100;
/** More failures are counted, not listed. */
const LISTED = 1000;

/** `spatial-reward fleet status` */
export function statusCommand(): Command {
  const command = new Command("status")
    .description(
      "Says how far a queue is, how long it will take, and which recordings failed and why.",
    )
    .option("--json", "print a JSON object", false);
  for (const option of fleetOptions()) command.addOption(option);
  return command.action(async (options: StatusOptions) => {
    const fleet = await Fleet.open(options);
    try {
      const status = await statusOf(fleet);
      console.log(
        options.json ? JSON.stringify(status) : linesOf(options.queue, status).join("\n"),
      );
    } finally {
      await fleet.close();
    }
  });
}

interface FleetStatus {
  readonly done: number;
  readonly failed: number;
  readonly active: number;
  /** Waits for a worker. */
  readonly waiting: number;
  /** Waits for its next try. */
  readonly delayed: number;
  /** Recordings and slices a minute, lately; null before two are done. */
  readonly per_minute: number | null;
  readonly eta_s: number | null;
  readonly working: readonly {
    readonly recording: string;
    readonly done: number;
    readonly total: number;
  }[];
  readonly dead: readonly {
    readonly recording: string;
    readonly reason: string;
    readonly tries: number;
  }[];
}

async function statusOf({ queue }: Fleet): Promise<FleetStatus> {
  const counts = await queue.getJobCounts(...(["completed", "failed", ...OPEN] as const));
  const of = (name: string) => counts[name] ?? 0;
  const waiting = of("wait") + of("prioritized") + of("waiting-children");
  const last = (await queue.getJobs(["completed"], 0, PACED - 1)) as Job[];
  const perMinute = paceOf(last.flatMap((job) => job?.finishedOn ?? []));
  const left = waiting + of("active") + of("delayed");
  const active = (await queue.getJobs(["active"])) as Job[];
  const dead = (await queue.getJobs(["failed"], 0, LISTED - 1)) as Job[];
  return {
    ...{ done: of("completed"), failed: of("failed"), active: of("active") },
    ...{ waiting, delayed: of("delayed"), per_minute: perMinute ?? null },
    eta_s: perMinute === undefined ? null : (60 * left) / perMinute,
    working: active.filter(Boolean).map((job) => {
      const { done, total } = progressSchema.safeParse(job.progress).data ?? { done: 0, total: 0 };
      return { recording: recordingOf(job), done, total };
    }),
    dead: dead.filter(Boolean).map((job) => ({
      ...{ recording: recordingOf(job), reason: job.failedReason ?? "", tries: job.attemptsMade },
    })),
  };
}

/** @param finishedMs any order */
function paceOf(finishedMs: readonly number[]): number | undefined {
  const spanMs = Math.max(...finishedMs) - Math.min(...finishedMs);
  return finishedMs.length < 2 || spanMs <= 0
    ? undefined
    : (60_000 * (finishedMs.length - 1)) / spanMs;
}

function recordingOf(job: Job): string {
  try {
    const { recording, slices, slice } = readJob(job.data);
    if (slice === undefined || slices === undefined) return recording;
    return `${recording}, slice ${slice + 1} of ${slices.count}`;
  } catch {
    return `job ${job.id}`;
  }
}

function linesOf(queue: string, status: FleetStatus): string[] {
  const { done, failed, active, waiting, delayed, per_minute, eta_s } = status;
  const all = done + failed + active + waiting + delayed;
  return [
    `${queue}: ${done} of ${all} jobs done, ${active} in work, ${waiting} waiting, ` +
      `${delayed} wait for another try, ${failed} failed`,
    ...(per_minute !== null && eta_s !== null && eta_s > 0
      ? [`  pace     ${per_minute.toFixed(1)} jobs/min, ${durationOf(eta_s)} left`]
      : []),
    ...status.working.map(
      ({ recording, done, total }) =>
        `  working  ${recording}${total > 0 ? `: ${done} of ${total} images` : ""}`,
    ),
    ...status.dead.map(
      ({ recording, reason, tries }) => `  failed   ${recording} (${tries} tries): ${reason}`,
    ),
  ];
}

function durationOf(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
