import * as z from "zod";
import { clamp, UserError, type Vec3 } from "../base/index.js";
import { MAX_OPENING_M } from "./scene/constants.js";

/**
 * How an episode goes:
 * - `success`: the mug is picked, carried and put down on the tray;
 * - `failure`: the gripper misses the mug or drops it on the way;
 * - `idle`: the gripper hovers and touches nothing;
 * - `regress`: the mug is carried towards the tray, then back to where it stood;
 * - `distract`: another object is picked up instead.
 */
export const OUTCOMES = ["success", "failure", "idle", "regress", "distract"] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** The simulator was asked for something that it cannot do. */
export class SimError extends UserError {
  override readonly code = "simulator.refused";
}

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

/** What a policy commands for the time until the next image. */
export interface SimAction {
  /** Of the gripper in the world, m/s; each axis is limited to ±1. */
  readonly velocity: Vec3;
  /** Wanted gap between the fingers, metres; 0 closes, 0.116 is wide open. */
  readonly openingM: number;
}

const MAX_SPEED = 1;

const actionSchema = z.object({
  velocity: z.tuple([z.number(), z.number(), z.number()]),
  openingM: z.number(),
});

/** The action within the robot's limits. Throws SimError for numbers that are not finite. */
export function limitAction(action: SimAction): SimAction {
  const parsed = actionSchema.safeParse(action);
  if (!parsed.success) {
    throw new SimError(
      `an action is { velocity: [x, y, z] in m/s, openingM } with finite numbers: ` +
        z.prettifyError(parsed.error),
    );
  }
  const limit = (speed: number) => clamp(speed, -MAX_SPEED, MAX_SPEED);
  const [x, y, z_] = parsed.data.velocity;
  return {
    velocity: [limit(x), limit(y), limit(z_)],
    openingM: clamp(parsed.data.openingM, 0, MAX_OPENING_M),
  };
}
