import type { RosActionHandler } from "../RosNode.js";
import { ownBytes } from "./encodeMessage.js";
import type { RclGoal } from "./Rclnodejs.js";

/** rclnodejs' GoalResponse and CancelResponse. */
export const ACCEPT_GOAL = 2;
const ACCEPT_CANCEL = 2;

export interface RclGoalsOptions {
  readonly handler: RosActionHandler;
  readonly tell: (error: unknown) => void;
  /** Whether the node is; once it is not, live calls would crash in the native part. */
  readonly isOpen: () => boolean;
}

/** The goals of an action server that are carried out at present. */
export class RclGoals {
  readonly #options: RclGoalsOptions;
  readonly #running = new Map<string, AbortController>();

  constructor(options: RclGoalsOptions) {
    this.#options = options;
  }

  /** Resolves with the result message, its goal in its last state. Never rejects. */
  async execute(goal: RclGoal): Promise<unknown> {
    const { handler, tell, isOpen } = this.#options;
    const id = idOf(goal);
    const controller = new AbortController();
    this.#running.set(id, controller);
    const { signal } = controller;
    // A goal that is being cancelled takes no feedback any more.
    const isLive = () => isOpen() && !signal.aborted;
    try {
      const { status, result } = await handler(
        goal.request.toPlainObject(true),
        (feedback) => isLive() && goal.publishFeedback(ownBytes(feedback)),
        signal,
      );
      if (isOpen()) finish(goal, signal.aborted ? "canceled" : status);
      return ownBytes(result);
    } catch (error) {
      if (!signal.aborted) tell(error);
      if (isOpen()) finish(goal, signal.aborted ? "canceled" : "aborted");
      return {};
    } finally {
      this.#running.delete(id);
    }
  }

  cancel(goal: RclGoal): number {
    // The handler learns of it when the goal is in its cancelling state.
    queueMicrotask(() => this.#running.get(idOf(goal))?.abort(new Error("the goal was canceled")));
    return ACCEPT_CANCEL;
  }

  close(): void {
    for (const controller of this.#running.values()) {
      controller.abort(new Error("the action is no longer served"));
    }
  }
}

function finish(goal: RclGoal, status: "succeeded" | "aborted" | "canceled"): void {
  if (!goal.isActive) return;
  if (status === "succeeded") goal.succeed();
  else if (status === "aborted") goal.abort();
  else goal.canceled();
}

function idOf({ goalId }: RclGoal): string {
  return Array.from(goalId.uuid).join(",");
}
