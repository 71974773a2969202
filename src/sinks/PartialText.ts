import { OutputFile } from "../base/index.js";

const BUFFER_CHARS = 1 << 16;

/** A text file that appears under its name only when it is complete. Failures are OutputErrors. */
export class PartialText {
  readonly path: string;
  readonly #file: OutputFile;
  readonly #encoder = new TextEncoder();
  #pending: string[] = [];
  #pendingChars = 0;

  private constructor(path: string, file: OutputFile) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<PartialText> {
    return new PartialText(path, await OutputFile.create(path));
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
  }

  /** Leaves nothing. */
  async abandon(): Promise<void> {
    await this.#file.discard();
  }

  async #flush(): Promise<void> {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingChars = 0;
    await this.#file.write(this.#encoder.encode(text));
  }
}
