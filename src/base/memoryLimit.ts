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
export function tooLarge(bytes: number): string {
  const mib = (size: number) => `${Math.ceil(size / 2 ** 20)} MiB`;
  return (
    `it would take more memory than is allowed (${mib(bytes)} of ${mib(pieceLimit())}); ` +
    `${VARIABLE} sets the limit of all, ${mib(memoryLimit())}`
  );
}
