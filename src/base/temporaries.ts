import { randomBytes } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { access, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { OutputError } from "./errors.js";
import { isProtected } from "./keepInputs.js";
import { isAlive, THIS_HOST } from "./thisProcess.js";

/** `run.jsonl.4711-5f2c01aa-9d3e77b0.partial`: process, host, and what makes the name unique. */
const ENDING = /^\.(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.partial$/;

/** A name beside `path` that no file has and no other process takes. */
export function temporaryName(path: string): string {
  const unique = randomBytes(4).toString("hex");
  return `${path}.${process.pid}-${THIS_HOST.tag}-${unique}.partial`;
}

/**
 * Removes what killed runs left of `path` under temporary names. An input of this process stays,
 * whatever its name.
 *
 * @param isOurs No other process can be writing `path` now: its lock is held.
 */
export async function removeLeftovers(path: string, isOurs: boolean): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(basename(path))) continue;
    const [, pid, host] = ENDING.exec(name.slice(basename(path).length)) ?? [];
    if (pid === undefined || Number(pid) === process.pid) continue;
    if (!isOurs && (host !== THIS_HOST.tag || isAlive(Number(pid)))) continue;
    const left = join(folder, name);
    if (isProtected(await realpath(left).catch(() => left))) continue;
    await rm(left, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Who is writing the file or folder of a temporary name, as far as can be told without writing beside
 * it; undefined where it has another sort of name, or its process has ended. A process on another
 * machine counts while the output's lock is there.
 */
export async function writerOf(path: string): Promise<string | undefined> {
  const [name] = basename(resolve(path)).match(/\.\d+-[0-9a-f]{8}-[0-9a-f]{8}\.partial$/) ?? [];
  const [, pid, host] = ENDING.exec(name ?? "") ?? [];
  if (name === undefined || pid === undefined) return undefined;
  if (host === THIS_HOST.tag) return isAlive(Number(pid)) ? `process ${pid}` : undefined;
  const isLocked = await access(`${resolve(path).slice(0, -name.length)}.lock`).then(
    () => true,
    () => false,
  );
  return isLocked ? `process ${pid} of another machine` : undefined;
}

/** `spatial-reward-bag-4711-5f2c01aa-Xa3f9K`: process, host, and what mkdtemp adds. */
const FOLDER_ENDING = /^-(\d+)-([0-9a-f]{8})-[A-Za-z0-9]{6}$/;

/**
 * Makes a folder of this process under TMPDIR, and removes those that processes of this machine left
 * there when they were killed. Only folders of this user count: names in a shared folder prove nothing.
 *
 * @throws OutputError
 */
export function makeTemporaryFolder(prefix: string): string {
  const folder = tmpdir();
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(prefix)) continue;
      const [, pid, host] = FOLDER_ENDING.exec(name.slice(prefix.length)) ?? [];
      if (pid === undefined || host !== THIS_HOST.tag || isAlive(Number(pid))) continue;
      removeOwn(join(folder, name));
    }
    return mkdtempSync(join(folder, `${prefix}-${process.pid}-${THIS_HOST.tag}-`));
  } catch (error) {
    throw new OutputError(`${folder}, the folder for temporary files (TMPDIR)`, error);
  }
}

function removeOwn(path: string): void {
  try {
    const found = lstatSync(path);
    const isOwn = process.getuid === undefined || found.uid === process.getuid();
    if (found.isDirectory() && isOwn) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process removes it just now, or it cannot be removed: it harms nobody.
  }
}
