import { printable } from "../base/index.js";
import type { RosLogLevel, RosNode } from "./RosNode.js";

/** A persistent fault is reported this often. */
const PERIOD_MS = 5000;

/**
 * A log that a fault in every message does not flood: of what has the same key, one line in 5 s,
 * with the number of those left out since the last one.
 */
export class LogLimit {
  readonly #node: Pick<RosNode, "log">;
  readonly #nowMs: () => number;
  readonly #told = new Map<string, { atMs: number; leftOut: number }>();

  constructor(node: Pick<RosNode, "log">, nowMs: () => number = () => performance.now()) {
    this.#node = node;
    this.#nowMs = nowMs;
  }

  /** @param key what makes two lines the same: a topic and a kind of fault, not a changing text */
  log(level: RosLogLevel, key: string, message: string): void {
    const nowMs = this.#nowMs();
    const told = this.#told.get(key);
    if (told !== undefined && nowMs - told.atMs < PERIOD_MS) {
      told.leftOut += 1;
      return;
    }
    this.#told.set(key, { atMs: nowMs, leftOut: 0 });
    const more = told?.leftOut ? ` (and ${told.leftOut} times since the last line)` : "";
    this.#node.log(level, printable(message + more));
  }
}
