import { z } from "zod";
import type { Vec3 } from "../base/index.js";
import { SimError } from "./SimError.js";
import { MAX_OPENING_M } from "./scene/dimensions.js";

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
  const limit = (speed: number) => Math.min(MAX_SPEED, Math.max(-MAX_SPEED, speed));
  const [x, y, z_] = parsed.data.velocity;
  return {
    velocity: [limit(x), limit(y), limit(z_)],
    openingM: Math.min(MAX_OPENING_M, Math.max(0, parsed.data.openingM)),
  };
}
