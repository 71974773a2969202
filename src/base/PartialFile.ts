import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { OutputError } from "./errors.js";
import { makeFolderOf, syncFolder } from "./folders.js";

/** A file that is written from front to back and fails for good at its first error. */
export class PartialFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #position = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Creates the file, and the folder that it goes into.
   *
   * @param flags `w` empties a file that is there; `wx` takes that for an error.
   */
  static async create(path: string, flags: "w" | "wx" = "w"): Promise<PartialFile> {
    await makeFolderOf(path);
    try {
      return new PartialFile(path, await open(path, flags));
    } catch (error) {
      throw new OutputError(path, error);
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
      throw new OutputError(this.path, error);
    }
  }

  /** Closes; after that the content is on the disk. */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (error) {
      throw new OutputError(this.path, error);
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
    await syncFolder(dirname(to));
  } catch (error) {
    throw new OutputError(to, error);
  }
}
