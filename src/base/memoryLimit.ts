import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UserError } from "./errors.js";

/** A limit that is not a size. */
export class MemoryLimitError extends UserError {
  override readonly code = "memory.limit";
  override readonly exitCode = 2;
}

const VARIABLE = "SPATIAL_REWARD_MAX_MEMORY";
const UNITS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const DEFAULT_BYTES = 2 ** 30;

/**
 * How much memory a run may take for the data of recordings, bytes: 1 GiB, or what the environment
 * variable SPATIAL_REWARD_MAX_MEMORY says (`512M`, `4G`).
 *
 * @throws MemoryLimitError
 */
export function memoryLimit(environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment[VARIABLE]?.trim();
  if (!text) return DEFAULT_BYTES;
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  if (bytes >= 2 ** 20 && Number.isFinite(bytes)) return bytes;
  throw new MemoryLimitError(
    `${VARIABLE}=${text}: write a size of at least 1M, such as 512M or 4G`,
  );
}

/**
 * What one piece of data (a chunk, a message, an image) may come to when it is unpacked, bytes:
 * several are in memory at a time.
 */
export function pieceLimit(): number {
  return memoryLimit() / 4;
}

/** Why a piece is not unpacked, and what to do. */
export function tooLarge(bytes: number, limit = pieceLimit()): string {
  return (
    `it would take more memory than is allowed (${mib(bytes)} of ${mib(limit)}); ` +
    `${VARIABLE} sets the limit of all, ${mib(memoryLimit())}`
  );
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** All pieces that are unpacked at the same time, bytes. */
let heldBytes = 0;

/**
 * The memory of an unpacked piece that stays for a while, as chunks do whose times overlap. All of
 * this process together come to half of the limit at most; one is always allowed.
 */
export class HeldMemory {
  readonly #bytes: number;

  private constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Throws, with what to do, where it would be too much. */
  static take(bytes: number): HeldMemory {
    const limit = memoryLimit() / 2;
    if (heldBytes > 0 && heldBytes + bytes > limit) {
      throw new Error(`with others of the same time ${tooLarge(heldBytes + bytes, limit)}`);
    }
    heldBytes += bytes;
    return new HeldMemory(bytes);
  }

  release(): void {
    heldBytes -= this.#bytes;
  }
}

/** The data of a run have come to more than is allowed. */
export class MemoryExceededError extends UserError {
  override readonly code = "memory.exceeded";
}

/** What was still in use when it was last counted without garbage, bytes. */
let countedBytes = 0;

/**
 * Ends a run whose data take more than `memoryLimit()`, before the machine does. It costs about as
 * much as opening a file; call it for each image, or each thousand messages.
 *
 * @param doing where the run is: names the file, the topic and the time
 * @throws MemoryExceededError
 */
export function checkMemory(doing: () => string): void {
  const limit = memoryLimit();
  const used = usedBytes();
  // Counting without garbage takes a while: again when a tenth of the limit has come to it.
  if (used <= limit || used <= countedBytes + limit / 10) return;
  collectGarbage();
  countedBytes = usedBytes();
  if (countedBytes <= limit) return;
  const bytes = countedBytes;
  countedBytes = 0;
  throw new MemoryExceededError(
    `${doing()}: the run holds ${mib(bytes)} of memory, and ${mib(limit)} are allowed. ` +
      `Set ${VARIABLE} to more (2G, say), or make the run smaller: --from, --to, --rate; .parquet, ` +
      ".html and --smooth gather the whole recording",
  );
}

/** What the language's heap and its buffers hold. The weights of models are none of it. */
function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}
