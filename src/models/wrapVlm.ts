import type { DisposableVlm, SpatialVlm } from "./SpatialVlm.js";

/** What is done in another way than the wrapped model does it. */
export type VlmChanges = Partial<Pick<SpatialVlm, "ask" | "close">>;

/**
 * A model that asks or closes in another way. Everything else is the wrapped model's own, whether
 * that is an object or an instance of a class, and `await using` closes it.
 *
 * @example
 * const counted = wrapVlm(vlm, {
 *   ask(frame, questions, signal) {
 *     count += questions.length;
 *     return vlm.ask(frame, questions, signal);
 *   },
 * });
 */
export function wrapVlm(vlm: SpatialVlm, changes: VlmChanges = {}): DisposableVlm {
  const close = changes.close ?? (() => vlm.close());
  return {
    get id() {
      return vlm.id;
    },
    get fingerprint() {
      return vlm.fingerprint;
    },
    get concurrency() {
      return vlm.concurrency;
    },
    get needs() {
      return vlm.needs;
    },
    get uses() {
      return vlm.uses;
    },
    get remembers() {
      return vlm.remembers;
    },
    get usage() {
      return vlm.usage;
    },
    ask: changes.ask ?? ((frame, questions, signal) => vlm.ask(frame, questions, signal)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
