import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { IWritable } from "@mcap/core";
import { BagError } from "./BagError.js";

const causes: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "no permission to write there",
  EROFS: "the file system is read-only",
  ENOENT: "the folder does not exist",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "there is a folder of that name",
  EEXIST: "it exists already",
};

/** What a failed write is told as: the file, the cause, what was lost. */
export function writeError(path: string, error: unknown): BagError {
  if (error instanceof BagError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const cause = (code && causes[code]) ?? message;
  return new BagError(`Cannot write ${path}: ${cause}.`, { cause: error });
}

/** A file that is written from front to back and fails for good at its first error. */
export class PartialFile implements IWritable {
  readonly path: string;
  readonly #handle: FileHandle;
  #position = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<PartialFile> {
    try {
      return new PartialFile(path, await open(path, "w"));
    } catch (error) {
      throw writeError(path, error);
    }
  }

  position(): bigint {
    return BigInt(this.#position);
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      // A disk that fills up takes part of a write first.
      for (let done = 0; done < bytes.byteLength; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done);
        done += bytesWritten;
        this.#position += bytesWritten;
      }
    } catch (error) {
      throw writeError(this.path, error);
    }
  }

  /** Closes; after that the content is on the disk. */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (error) {
      throw writeError(this.path, error);
    }
  }

  /** Closes without asking what became of the content. */
  async drop(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

/** Renames within a folder and makes the new name last. */
export async function renameDurably(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
    const folder = await open(dirname(to), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    throw writeError(to, error);
  }
}
