import { rmSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { mayReplace, recordOfOutput } from "./claimOutputs.js";
import { OutputError } from "./errors.js";
import { OutputLock } from "./OutputLock.js";
import { PartialFile, renameDurably } from "./PartialFile.js";
import { removeLeftovers, temporaryName } from "./temporaries.js";

/** What is under temporary names now; it goes when the process ends. */
const temporaries = new Set<string>();

function removeTemporaries(): void {
  for (const path of temporaries) rmSync(path, { recursive: true, force: true });
}

function remember(path: string): void {
  if (temporaries.size === 0) process.once("exit", removeTemporaries);
  temporaries.add(path);
}

function forget(path: string): void {
  temporaries.delete(path);
  if (temporaries.size === 0) process.removeListener("exit", removeTemporaries);
}

/**
 * A place for an output: the lock on its name, and a temporary name beside it, which is new and so
 * can be removed without a look. The output gets its name when it is complete.
 */
export class OutputPlace {
  /** The final name. */
  readonly path: string;
  readonly temporary: string;
  readonly #lock: OutputLock;
  readonly #keeps: boolean;

  private constructor(path: string, lock: OutputLock, keeps: boolean) {
    this.path = path;
    this.temporary = temporaryName(path);
    this.#lock = lock;
    this.#keeps = keeps;
  }

  /**
   * @param keepUnfinished What is not finished stays under its temporary name.
   * @throws OutputBusyError if another run is writing it; OutputError
   */
  static async take(path: string, keepUnfinished = false): Promise<OutputPlace> {
    const place = new OutputPlace(path, await OutputLock.take(path), keepUnfinished);
    if (!keepUnfinished) {
      await removeLeftovers(path, true);
      remember(place.temporary);
    }
    return place;
  }

  /** The temporary name as a new file. */
  async createFile(): Promise<PartialFile> {
    return await this.#orGiveUp(() => PartialFile.create(this.temporary, "wx"));
  }

  /** The temporary name as a new folder. */
  async createFolder(): Promise<void> {
    await this.#orGiveUp(async () => {
      await mkdir(this.temporary).catch((error: unknown) => {
        throw new OutputError(this.path, error);
      });
    });
  }

  /** Gives the output its name. @throws OutputError; OutputKeptError if that has been taken */
  async publish(): Promise<void> {
    await this.#lock.check();
    await publishAs(this.temporary, this.path);
    forget(this.temporary);
    await this.#lock.release();
  }

  /** Removes what was written. Never throws. */
  async discard(): Promise<void> {
    forget(this.temporary);
    if (!this.#keeps)
      await rm(this.temporary, { recursive: true, force: true }).catch(() => undefined);
    await this.#lock.release();
  }

  async #orGiveUp<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.discard();
      throw error;
    }
  }
}

/** A file that appears under its name when it is complete; nobody else writes it meanwhile. */
export class OutputFile {
  /** The final name. */
  readonly path: string;
  readonly #place: OutputPlace;
  readonly #file: PartialFile;

  private constructor(place: OutputPlace, file: PartialFile) {
    this.path = place.path;
    this.#place = place;
    this.#file = file;
  }

  /** @throws OutputBusyError if another run is writing it; OutputError */
  static async create(path: string): Promise<OutputFile> {
    const place = await OutputPlace.take(path);
    return new OutputFile(place, await place.createFile());
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#named(() => this.#file.write(bytes));
  }

  /** After that it has its name, and lasts. */
  async finish(): Promise<void> {
    await this.#named(() => this.#file.finish());
    await this.#place.publish();
  }

  /** Leaves nothing. Never throws. */
  async discard(): Promise<void> {
    await this.#file.drop();
    await this.#place.discard();
  }

  /** The temporary name says nothing to a person. */
  async #named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof OutputError ? new OutputError(this.path, error.cause) : error;
    }
  }
}

/** Writes a file that appears under its name when it is complete. @throws OutputError */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await removeLeftovers(path, false);
  const temporary = temporaryName(path);
  const file = await PartialFile.create(temporary, "wx");
  remember(temporary);
  try {
    await file.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
    await file.finish();
    await publishAs(temporary, path);
  } catch (error) {
    await file.drop();
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error instanceof OutputError ? new OutputError(path, error.cause) : error;
  } finally {
    forget(temporary);
  }
}

/** Gives what is complete its name, and notes before that that it is ours, where it is claimed. */
async function publishAs(temporary: string, path: string): Promise<void> {
  const record = await recordOfOutput(temporary, path);
  if (record) await writeWhole(record.path, record.text);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder || !mayReplace(path)) return await renameDurably(temporary, path);
  // No folder takes the name of one that has files in it.
  const old = temporaryName(path);
  await rename(path, old).catch((error: unknown) => {
    throw new OutputError(path, error);
  });
  await renameDurably(temporary, path);
  await rm(old, { recursive: true, force: true }).catch(() => undefined);
}
