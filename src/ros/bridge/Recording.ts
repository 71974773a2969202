import { stat } from "node:fs/promises";
import { messageOf } from "../../base/index.js";
import { BagWriter } from "../../sources/index.js";
import type { LogLimit } from "../LogLimit.js";

/** Messages that wait for a slow disk; what more comes is left out. */
const MOST_WAITING = 1000;

/** What a node that is killed loses of its recording, at most. */
const FLUSH_MS = 1000;

/** Writes what the node publishes to a bag while it runs; it gets its name when it is closed. */
export class Recording {
  readonly #log: LogLimit;
  readonly #topics = new Map<string, Promise<void>>();
  readonly #writer: Promise<BagWriter>;
  #path: string;
  readonly #waiting = new Set<Promise<void>>();
  #hasFailed = false;

  /** @param path a bag that is there already is kept: this one gets a number */
  constructor(path: string, log: LogLimit) {
    this.#path = path;
    this.#log = log;
    this.#writer = this.#open(path);
    this.#writer.catch((error: unknown) => this.#fail(error));
  }

  write(topic: string, type: string, logNs: bigint, message: unknown): void {
    if (this.#hasFailed) return;
    if (this.#waiting.size >= MOST_WAITING) {
      const text = `recording ${this.#path}: the disk is too slow, so messages are dropped`;
      this.#log.log("warn", "recording slow", text);
      return;
    }
    const written = this.#write(topic, type, logNs, message)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#waiting.delete(written));
    this.#waiting.add(written);
  }

  /** Resolves when the bag has its name. */
  async close(metadata: ReadonlyMap<string, string>): Promise<void> {
    try {
      const writer = await this.#writer;
      await Promise.all(this.#waiting);
      if (this.#hasFailed) return await writer.abort();
      await writer.addMetadata("spatial_reward", metadata);
      await writer.close();
      this.#log.log("info", "recording closed", `recorded ${this.#path}`);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #open(path: string): Promise<BagWriter> {
    this.#path = await freePath(path);
    return BagWriter.create(this.#path, { flushMs: FLUSH_MS, keepUnfinished: true });
  }

  async #write(topic: string, type: string, logNs: bigint, message: unknown): Promise<void> {
    const writer = await this.#writer;
    const added = this.#topics.get(topic) ?? writer.addTopic({ name: topic, type });
    this.#topics.set(topic, added);
    await added;
    await writer.write(topic, logNs, message);
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const reason = messageOf(error);
    this.#log.log("error", "recording failed", `recording stopped: ${reason}`);
  }
}

/** `run.mcap`, or `run_2.mcap` where that is taken, … */
async function freePath(path: string): Promise<string> {
  const [stem, ending] = path.endsWith(".mcap") ? [path.slice(0, -5), ".mcap"] : [path, ""];
  for (let number = 1; ; number++) {
    const free = number === 1 ? path : `${stem}_${number}${ending}`;
    const isTaken = await stat(free).then(
      () => true,
      () => false,
    );
    if (!isTaken) return free;
  }
}
