import { type Stats, statSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UserError } from "./errors.js";

/** A path leads to a pipe, a socket or a device. */
export class SpecialFileError extends UserError {
  override readonly code = "file.special";
}

/**
 * Pipes, sockets and devices are neither read nor written: a pipe that nobody writes to is waited for
 * without end, and so is the end of some devices; an output would take a device's name. What is not there
 * is no matter here.
 *
 * @throws SpecialFileError
 */
export async function refuseSpecialFile(path: string): Promise<void> {
  refuse(path, await stat(path).catch(() => undefined));
}

/** The same, for what is read at once. @throws SpecialFileError */
export function refuseSpecialFileSync(path: string): void {
  refuse(path, statSync(path, { throwIfNoEntry: false }));
}

function refuse(path: string, found: Stats | undefined): void {
  if (!found || found.isFile() || found.isDirectory()) return;
  const kind = found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device";
  throw new SpecialFileError(
    `${path} is ${kind} and no file: name a file (write to one what comes from a pipe)`,
  );
}

/** Of the system's own; files lie in `/dev/shm`, which is memory. */
const SYSTEM = /^\/(dev(?!\/shm(\/|$))|proc|sys)(\/|$)/;

/**
 * Where the system shows its devices and itself, there is no place for an output (`/dev/stdout.jsonl`).
 *
 * @throws SpecialFileError
 */
export async function refuseSystemFolder(output: string): Promise<void> {
  const folder = await realFolder(dirname(resolve(output)));
  const [, system] = SYSTEM.exec(folder) ?? [];
  if (system === undefined) return;
  throw new SpecialFileError(
    `output ${output} lies in /${system}, where the system has its devices and no files: name a file on a disk, ` +
      "and read that when it is complete",
  );
}

/** The real path of a folder that may not be there yet. */
async function realFolder(folder: string): Promise<string> {
  const real = await realpath(folder).catch(() => undefined);
  if (real !== undefined || dirname(folder) === folder) return real ?? folder;
  return realFolder(dirname(folder));
}
