import type { Refusal, RefusalReason } from "../language/index.js";

const PASSING: ReadonlySet<RefusalReason> = new Set([
  "timeout",
  "transport",
  "not_ready",
  "budget",
]);

/** Whether another try may cure a refusal: it speaks of the model's state, not of the image. */
export function isPassing({ reason }: Refusal): boolean {
  return PASSING.has(reason);
}
