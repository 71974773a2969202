import { createHash } from "node:crypto";
import * as z from "zod";

/** More make each of them a look at the queue and little else. */
export const MOST_SLICES = 1000;

const ns = z.string().regex(/^\d+$/).transform(BigInt);

/** A recording to annotate, as it lies in the queue: nothing in it is believed before it is read. */
const jobSchema = z.strictObject({
  /** Paths are whole: workers run anywhere. */
  recording: z.string().min(1),
  task: z.string().min(1),
  vlm: z.string().min(1),
  outputs: z.array(z.strictObject({ format: z.string(), path: z.string().min(1) })).min(1),
  calibration: z.string().optional(),
  camera: z.string().optional(),
  rate: z.number().positive().optional(),
  from: ns.optional(),
  to: ns.optional(),
  atRate: z.number().positive().optional(),
  wait: ns.optional(),
  smooth: z.boolean(),
  /** The recording's slices are jobs of their own, each so long: their answers are there before. */
  slices: z.strictObject({ count: z.int().min(2).max(MOST_SLICES), ns }).optional(),
  /** This job is one of them: it asks, and annotates nothing. */
  slice: z.int().nonnegative().optional(),
  withImages: z.boolean(),
});

export type FleetJob = z.output<typeof jobSchema>;

/** As JSON can say it. */
export type FleetJobData = z.input<typeof jobSchema>;

/** @throws ZodError */
export function readJob(data: unknown): FleetJob {
  return jobSchema.parse(data);
}

/** The same work has the same id, however often it is submitted, and in however many slices. */
export function jobIdOf({ slices, ...data }: FleetJobData): string {
  const work = data.slice === undefined ? data : { ...data, slices };
  return createHash("sha256").update(JSON.stringify(work)).digest("hex").slice(0, 32);
}

/** How far a job is. */
export const progressSchema = z.object({ done: z.number(), total: z.number() });
