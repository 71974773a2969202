import { randomUUID } from "node:crypto";
import { rmSync, utimesSync } from "node:fs";
import { access, lstat, open, readFile, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OutputError, UserError } from "./errors.js";
import { makeFolderOf } from "./folders.js";
import { removeLeftovers, temporaryName } from "./temporaries.js";
import { beginningOf, isAlive, THIS_HOST } from "./thisProcess.js";

/** Another run is writing the output. */
export class OutputBusyError extends UserError {
  override readonly code = "output.busy";
}

/** What a lock file says. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Of the host's process numbers; see `THIS_HOST`. */
  readonly tag: string;
  /** When the process began, to tell it from a later one with its number. */
  readonly beginning: string;
  readonly since: string;
  readonly token: string;
}

/** How often a lock shows that its owner lives; for those on other machines. */
const BEAT_MS = 10_000;
/** An owner on another machine that has been silent for so long is taken for dead. */
const SILENT_MS = 120_000;
/** A lock without content is being written, or its owner was killed just then. */
const EMPTY_MS = 2000;

const held = new Set<OutputLock>();
let beat: NodeJS.Timeout | undefined;

/**
 * The right to write an output: `<path>.lock`, with the owner's process and host. It goes when it is
 * released or the process ends. That of a killed process is taken over, with a warning
 * (`process.on("warning")`, which Node prints).
 */
export class OutputLock {
  readonly path: string;
  readonly #file: string;
  readonly #token: string;

  private constructor(path: string, token: string) {
    this.path = path;
    this.#file = lockFile(path);
    this.#token = token;
  }

  /** @throws OutputBusyError that names the owner; OutputError */
  static async take(path: string): Promise<OutputLock> {
    const lock = new OutputLock(path, randomUUID());
    await makeFolderOf(path);
    try {
      while (!(await lock.#create())) await takeOver(path);
      // Of processes that were killed as they took the lock over.
      await rm(guardFile(path), { force: true });
      await removeLeftovers(lockFile(path), false);
    } catch (error) {
      throw error instanceof UserError ? error : new OutputError(path, error);
    }
    if (held.size === 0) process.once("exit", removeAll);
    held.add(lock);
    beat ??= setInterval(() => {
      for (const each of held) each.touch();
    }, BEAT_MS).unref();
    return lock;
  }

  /** Whether somebody has the lock, or was killed while they had it. */
  static async isThere(path: string): Promise<boolean> {
    return await access(lockFile(path)).then(
      () => true,
      () => false,
    );
  }

  /** @throws OutputBusyError if another process took the lock while this one stood still. */
  async check(): Promise<void> {
    const owner = await readOwner(this.#file);
    if (owner !== undefined && owner !== "empty" && owner.token === this.#token) return;
    throw new OutputBusyError(
      `${this.path} is not written: another process took it over while this one stood still ` +
        `(${this.#file} is no longer its own)`,
    );
  }

  /** Never throws. */
  async release(): Promise<void> {
    this.#forget();
    const owner = await readOwner(this.#file).catch(() => undefined);
    if (owner === undefined || owner === "empty" || owner.token !== this.#token) return;
    await rm(this.#file, { force: true }).catch(() => undefined);
  }

  /** Shows that the owner lives. */
  touch(): void {
    const now = new Date();
    try {
      utimesSync(this.#file, now, now);
    } catch {
      // `check` says so before anything is published.
    }
  }

  removeSync(): void {
    rmSync(this.#file, { force: true });
  }

  #forget(): void {
    held.delete(this);
    if (held.size > 0) return;
    process.removeListener("exit", removeAll);
    clearInterval(beat);
    beat = undefined;
  }

  async #create(): Promise<boolean> {
    const owner: Owner = {
      pid: process.pid,
      host: THIS_HOST.name,
      tag: THIS_HOST.tag,
      beginning: beginningOf(process.pid),
      since: new Date().toISOString(),
      token: this.#token,
    };
    return await createExclusively(this.#file, `${JSON.stringify(owner)}\n`);
  }
}

function removeAll(): void {
  for (const lock of held) lock.removeSync();
}

function lockFile(path: string): string {
  // One for all ways to write a path: that of "." lies beside the folder, not in it.
  return `${resolve(path)}.lock`;
}

/** Held while a lock is taken over. */
function guardFile(path: string): string {
  return `${lockFile(path)}.takeover`;
}

async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, "wx");
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined: there is no lock. @throws OutputBusyError if the file is something else. */
async function readOwner(file: string): Promise<Owner | "empty" | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      // A link that leads nowhere keeps a lock from being made, however often it is tried.
      const found = await lstat(file).catch(() => undefined);
      if (found?.isSymbolicLink()) throw noLock(file);
      return undefined;
    }
    throw new OutputBusyError(`${file} cannot be read: ${(error as Error).message}`);
  }
  if (text === "") return "empty";
  const owner = parseOwner(text);
  if (owner) return owner;
  throw noLock(file);
}

function noLock(file: string): OutputBusyError {
  return new OutputBusyError(
    `${file} is not a lock of this program: it is left alone. Choose another output, or move it away`,
  );
}

function parseOwner(text: string): Owner | undefined {
  try {
    const said = JSON.parse(text) as Partial<Owner> | null;
    const words = [said?.host, said?.tag, said?.beginning, said?.since, said?.token];
    const isOwner =
      Number.isSafeInteger(said?.pid) && words.every((word) => typeof word === "string");
    return isOwner ? (said as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a lock whose owner is dead. One process at a time may do so: between looking and removing,
 * another could have taken the lock anew.
 */
async function takeOver(path: string): Promise<void> {
  const file = lockFile(path);
  const owner = await readOwner(file);
  if (owner === undefined) return;
  if (owner === "empty") {
    await sleep(50);
    if ((await readOwner(file)) !== "empty" || (await ageMs(path, file)) < EMPTY_MS) return;
  } else if (!(await isDead(owner, path))) {
    const { pid, host, since } = owner;
    throw new OutputBusyError(
      `${path} is being written by process ${pid} on ${host} since ${since} (${file}): ` +
        "wait for its end, or choose another output",
    );
  }
  const guard = guardFile(path);
  if (!(await createExclusively(guard, "\n"))) {
    if ((await ageMs(path, guard)) > SILENT_MS) await rm(guard, { force: true });
    await sleep(50);
    return;
  }
  try {
    const now = await readOwner(file);
    const isSame = tokenOf(now) === tokenOf(owner);
    if (!isSame) return;
    await rm(file, { force: true });
    if (owner === "empty") return;
    process.emitWarning(
      `${path}: the lock of process ${owner.pid} on ${owner.host}, which has ended, is taken over`,
      { type: "OutputLock" },
    );
  } finally {
    await rm(guard, { force: true });
  }
}

function tokenOf(owner: Owner | "empty" | undefined): string | undefined {
  return typeof owner === "object" ? owner.token : owner;
}

async function isDead({ pid, tag, beginning }: Owner, path: string): Promise<boolean> {
  if (tag === THIS_HOST.tag) return !isAlive(pid, beginning);
  return (await ageMs(path, lockFile(path))) > SILENT_MS;
}

/** How long ago a file beside an output was touched, by the clock of the file system. */
async function ageMs(path: string, file: string): Promise<number> {
  const probe = temporaryName(lockFile(path));
  const found = await stat(file).catch(() => undefined);
  if (!found) return 0;
  try {
    if (!(await createExclusively(probe, "\n"))) return 0;
    return (await stat(probe)).mtimeMs - found.mtimeMs;
  } finally {
    await rm(probe, { force: true });
  }
}
