import { createHash } from "node:crypto";
import * as z from "zod";

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
  withImages: z.boolean(),
});

export type FleetJob = z.output<typeof jobSchema>;

/** As JSON can say it. */
export type FleetJobData = z.input<typeof jobSchema>;

/** @throws ZodError */
export function readJob(data: unknown): FleetJob {
  return jobSchema.parse(data);
}

/** The same work has the same id, however often it is submitted. */
export function jobIdOf(data: FleetJobData): string {
  return createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 32);
}

/** How far a job is. */
export const progressSchema = z.object({ done: z.number(), total: z.number() });
