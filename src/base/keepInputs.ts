import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "./errors.js";
import { fileIdentity } from "./fileIdentity.js";

/** An output of a command would change one of its inputs. */
export class InputKeptError extends UserError {
  override readonly code = "output.input";
}

/** Deep enough for every layout of recordings; a circle of links ends here. */
const DEEPEST = 8;

/** Real paths of inputs, and of the folders around them. */
const inputPaths = new Set<string>();
const aroundInputs = new Set<string>();

/** Whether a real path is an input of this process, or holds or lies in one. */
export function isProtected(path: string): boolean {
  return aroundInputs.has(path) || upwards(path).some((each) => inputPaths.has(each));
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
  const folders = new Map<string, string>();
  for (const input of inputs) {
    const real = await realPathOf(input, folders);
    known.set(real, input);
    inputPaths.add(real);
    for (const folder of upwards(real)) aroundInputs.add(folder);
  }
  let files: ReadonlyMap<string, string> | undefined;
  for (const output of outputs) {
    for (const path of upwards(await realPathOf(output, folders))) {
      const input = known.get(path);
      if (input !== undefined) throw kept(output, input);
    }
    const found = await stat(output).catch(() => undefined);
    if (!found?.isFile()) continue;
    files ??= await filesOf(known);
    const input = files.get(await fileIdentity(output));
    if (input !== undefined) throw kept(output, input);
  }
}

/** A path and all folders around it. */
function upwards(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [path] : [path, ...upwards(folder)];
}

function kept(output: string, input: string): InputKeptError {
  return new InputKeptError(
    `output ${output} would change the input ${input}, and inputs are never modified; ` +
      "choose another --output",
  );
}

/** The real path of something that may not be there yet; those of folders around it are kept. */
async function realPathOf(path: string, folders: Map<string, string>): Promise<string> {
  const whole = resolve(path);
  // A link that leads nowhere is replaced by the output; where it leads is not touched.
  const real = await realpath(whole).catch(() => undefined);
  if (real !== undefined) return real;
  const folder = dirname(whole);
  if (folder === whole) return whole;
  const around = folders.get(folder) ?? (await realPathOf(folder, folders));
  folders.set(folder, around);
  return join(around, basename(whole));
}

/** All files of inputs by their identity, with the input: under other names, and by links, too. */
async function filesOf(known: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const add = async (path: string, input: string, depth: number): Promise<void> => {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === false) files.set(await fileIdentity(path), input);
    if (!found?.isDirectory() || depth === DEEPEST) return;
    for (const name of await readdir(path).catch(() => [])) {
      await add(join(path, name), input, depth + 1);
    }
  };
  for (const [path, input] of known) await add(path, input, 0);
  return files;
}
