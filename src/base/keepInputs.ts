import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UserError } from "./errors.js";

/** An output of a command would change one of its inputs. */
export class InputKeptError extends UserError {
  override readonly code = "output.input";
}

/** Deep enough for every layout of recordings; a circle of links ends here. */
const DEEPEST = 8;

/** Real paths of inputs. */
const inputPaths = new Set<string>();

/** Whether a real path is an input of this process, or holds or lies in one. */
export function isProtected(path: string): boolean {
  return [...inputPaths].some(
    (input) => path === input || isInside(path, input) || isInside(input, path),
  );
}

/**
 * Inputs are never changed, by whatever path they are reached: neither an output nor a folder on
 * the way to one may be an input, a part of an input folder, or another name of either.
 *
 * @param inputs files and folders that are read; what is no path (`sim:…`) is passed over
 * @param outputs files and folders that will be written
 * @throws InputKeptError that names both
 */
export async function keepInputs(
  inputs: readonly string[],
  outputs: readonly string[],
): Promise<void> {
  const known = new Map<string, string>();
  for (const input of inputs) {
    const real = await realPathOf(input);
    known.set(input, real);
    inputPaths.add(real);
  }
  for (const output of outputs) {
    const real = await realPathOf(output);
    for (const [input, path] of known) {
      if (real === path || isInside(real, path)) throw kept(output, input);
    }
    const found = await stat(output).catch(() => undefined);
    if (!found?.isFile()) continue;
    for (const [input, path] of known) {
      if (await holds(path, identityOf(found), 0)) throw kept(output, input);
    }
  }
}

function kept(output: string, input: string): InputKeptError {
  return new InputKeptError(
    `output ${output} would change the input ${input}, and inputs are never modified; ` +
      "choose another --output",
  );
}

/** The real path of something that may not be there yet. */
async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path);
  // A link that leads nowhere is replaced by the output; where it leads is not touched.
  const real = await realpath(whole).catch(() => undefined);
  if (real !== undefined) return real;
  const folder = dirname(whole);
  return folder === whole ? whole : join(await realPathOf(folder), basename(whole));
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

/** Whether a file is that file, or a folder holds it: under another name, or by a link. */
async function holds(path: string, identity: string, depth: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  if (!found.isDirectory()) return identityOf(found) === identity;
  if (depth === DEEPEST) return false;
  for (const name of await readdir(path).catch(() => [])) {
    if (await holds(join(path, name), identity, depth + 1)) return true;
  }
  return false;
}
