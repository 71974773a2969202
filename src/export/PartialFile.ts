import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { OutputError } from "../OutputError.js";

const BUFFER_CHARS = 1 << 16;

/**
 * A text file that appears under its name only when it is complete; until then it is
 * `<path>.partial`. Failures are OutputErrors.
 */
export class PartialFile {
  readonly path: string;
  readonly #file: FileHandle;
  #pending: string[] = [];
  #pendingChars = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<PartialFile> {
    try {
      await mkdir(dirname(path), { recursive: true });
      return new PartialFile(path, await open(`${path}.partial`, "w"));
    } catch (error) {
      throw new OutputError(path, error);
    }
  }

  async write(text: string): Promise<void> {
    this.#pending.push(text);
    this.#pendingChars += text.length;
    if (this.#pendingChars >= BUFFER_CHARS) await this.#flush();
  }

  /** Writes what is left, syncs, and gives the file its name. */
  async finish(): Promise<void> {
    await this.#flush();
    try {
      await this.#file.sync();
      await this.#file.close();
      await rename(`${this.path}.partial`, this.path);
    } catch (error) {
      throw new OutputError(this.path, error);
    }
  }

  /** Leaves the partial file with what has been written so far. */
  async abandon(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingChars = 0;
    try {
      await this.#file.appendFile(text);
    } catch (error) {
      throw new OutputError(this.path, error);
    }
  }
}
