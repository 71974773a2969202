import { z } from "zod";
import { OUTCOMES, type Outcome } from "./Outcome.js";
import { SimError } from "./SimError.js";

/** What is simulated and how it is seen. */
export interface SimOptions {
  /** Decides the scene and the robot's path; a whole number from 0. Default 0. */
  readonly seed?: number;
  /** What the script is to do. Default `success`. */
  readonly outcome?: Outcome;
  /** 1: `camera`; 2: also `side_camera`. Default 1. */
  readonly cameras?: 1 | 2;
  /** Pixels. Default 640 by 480. */
  readonly width?: number;
  readonly height?: number;
  /** Images a second of simulated time. Default 10. */
  readonly rateHz?: number;
  /**
   * Standard deviation of the depth noise at 1 m, in mm; it grows with the distance squared, as
   * a stereo camera's does. Default 0.
   */
  readonly depthNoiseMm?: number;
}

const optionsSchema = z.object({
  seed: z.int().min(0).default(0),
  outcome: z.enum(OUTCOMES).default("success"),
  cameras: z.union([z.literal(1), z.literal(2)]).default(1),
  width: z.int().min(16).max(4096).default(640),
  height: z.int().min(16).max(4096).default(480),
  rateHz: z.number().min(0.1).max(100).default(10),
  depthNoiseMm: z.number().min(0).max(100).default(0),
});

export type SimSettings = z.infer<typeof optionsSchema>;

/** Options with their defaults. Throws SimError for what is out of range, naming the option. */
export function settingsOf(options: SimOptions): SimSettings {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new SimError(`simulator options: ${z.prettifyError(parsed.error)}`);
}
