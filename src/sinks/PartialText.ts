import { PartialFile, renameDurably } from "../base/index.js";

const BUFFER_CHARS = 1 << 16;

/**
 * A text file that appears under its name only when it is complete; until then it is
 * `<path>.partial`. Failures are OutputErrors.
 */
export class PartialText {
  readonly path: string;
  readonly #file: PartialFile;
  readonly #encoder = new TextEncoder();
  #pending: string[] = [];
  #pendingChars = 0;

  private constructor(path: string, file: PartialFile) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<PartialText> {
    return new PartialText(path, await PartialFile.create(`${path}.partial`));
  }

  async write(text: string): Promise<void> {
    this.#pending.push(text);
    this.#pendingChars += text.length;
    if (this.#pendingChars >= BUFFER_CHARS) await this.#flush();
  }

  /** Writes what is left, syncs, and gives the file its name. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#file.finish();
    await renameDurably(this.#file.path, this.path);
  }

  /** Leaves the partial file with what has been written so far. */
  async abandon(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#file.drop();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingChars = 0;
    await this.#file.write(this.#encoder.encode(text));
  }
}
