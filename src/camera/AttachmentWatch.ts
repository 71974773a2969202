import { distanceBetween } from "../base/index.js";
import type { TransformBuffer } from "./TransformBuffer.js";

/** Over this time two frames are compared, ns. */
const WINDOW_NS = 300_000_000n;
/** A gripper that has moved by more shows what moves with it, m. */
const MOVED_M = 0.01;
/** What moves with it stays where it is in its frame: at most, and at least if it does not, m. */
const STAYS_M = 0.004;
const LEAVES_M = 0.01;
/** What a gripper holds is no further from its frame, m: a box on the same cart is. */
const REACH_M = 0.2;

/**
 * Tells from transforms whether an object is attached to a gripper: its frame hangs on the
 * gripper's, as planners and simulators attach what was grasped; or it is near the gripper and
 * moves as the gripper does.
 */
export class AttachmentWatch {
  readonly #buffer: TransformBuffer;
  /** Frames that have hung on a gripper: their parents tell also that they do not. */
  readonly #hung = new Set<string>();

  constructor(buffer: TransformBuffer) {
    this.#buffer = buffer;
  }

  /** @returns undefined where transforms do not tell: then it is as it was before */
  isAttached(frame: string, gripper: string, fixed: string, stampNs: bigint): boolean | undefined {
    if (this.#buffer.hangsOn(frame, gripper, stampNs)) {
      this.#hung.add(frame);
      return true;
    }
    return (
      this.#movesAlong(frame, gripper, fixed, stampNs) ??
      (this.#hung.has(frame) ? false : undefined)
    );
  }

  #movesAlong(frame: string, gripper: string, fixed: string, stampNs: bigint): boolean | undefined {
    const beforeNs = stampNs - WINDOW_NS;
    const place = (target: string, source: string, atNs: bigint) => {
      const found = this.#buffer.lookup(target, source, atNs);
      return found.ok ? found.pose.position : undefined;
    };
    const [then, now] = [place(gripper, frame, beforeNs), place(gripper, frame, stampNs)];
    if (now && Math.hypot(...now) > REACH_M) return false;
    if (!then || !now) return undefined;
    const shiftM = distanceBetween(then, now);
    if (shiftM > LEAVES_M) return false;
    const [from, to] = [place(fixed, gripper, beforeNs), place(fixed, gripper, stampNs)];
    if (!from || !to || distanceBetween(from, to) < MOVED_M) return undefined;
    return shiftM < STAYS_M ? true : undefined;
  }
}
