import { type Stats, statSync } from "node:fs";
import { stat } from "node:fs/promises";
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
