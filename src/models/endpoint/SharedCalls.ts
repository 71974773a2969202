import { setMaxListeners } from "node:events";
import { abortable } from "../abortable.js";
import { isOver } from "./RequestError.js";

interface SharedCall<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  callers: number;
}

/**
 * Calls with the same key at the same time are one call, and all callers get its result. A
 * caller that aborts leaves; the call itself is aborted when the last one has left. One whose time is
 * over gets what came until then, where nobody else waits.
 */
export class SharedCalls<T> {
  readonly #calls = new Map<string, SharedCall<T>>();

  /** Joins the call under way for `key`, or starts one. */
  async run(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly result: T; readonly joined: boolean }> {
    signal.throwIfAborted();
    const running = this.#calls.get(key);
    const call = running ?? this.#start(key, start);
    call.callers++;
    try {
      return { result: await abortable(call.result, signal), joined: running !== undefined };
    } catch (error) {
      if (call.callers > 1 || !isOver(signal)) throw error;
      this.#forget(key, call);
      call.abort.abort(signal.reason);
      return { result: await call.result, joined: running !== undefined };
    } finally {
      call.callers--;
      if (call.callers === 0) {
        this.#forget(key, call);
        call.abort.abort(signal.reason);
      }
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): SharedCall<T> {
    const abort = new AbortController();
    // One call may be many requests; Node takes more than ten listeners for a leak.
    setMaxListeners(0, abort.signal);
    const call: SharedCall<T> = { result: start(abort.signal), abort, callers: 0 };
    this.#calls.set(key, call);
    return call;
  }

  /** A call that was left by all its callers may have been replaced by a new one already. */
  #forget(key: string, call: SharedCall<T>): void {
    if (this.#calls.get(key) === call) this.#calls.delete(key);
  }
}
