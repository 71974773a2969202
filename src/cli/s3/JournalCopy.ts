import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "../../base/index.js";
import { AnswerJournal } from "../../models/index.js";
import { inFolder, type S3Address, type S3Store } from "../../s3/index.js";

/** New answers are put into S3 so often, or each hundredth of the time so far: of a long run few pieces. */
const LEAST_MS = 2000;
const SHARE = 100;

/**
 * Keeps a run's answers in S3, for whoever goes on with it on another machine. Objects cannot be
 * appended to: each piece is one, with the lines that are new below the journal's header. Two workers
 * that have one recording have pieces of their own, and both count.
 */
export class JournalCopy {
  readonly #store: S3Store;
  readonly #folder: S3Address;
  readonly #path: string;
  readonly #startMs = performance.now();
  /** Bytes of the journal that are in S3. */
  #done: number;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  private constructor(store: S3Store, folder: S3Address, path: string, done: number) {
    this.#store = store;
    this.#folder = folder;
    this.#path = path;
    this.#done = done;
  }

  /**
   * Makes the journal of the pieces that earlier runs left, and copies from then on what comes to it.
   *
   * @param folder of the pieces
   * @param path of the journal, on disk
   */
  static async begin(
    store: S3Store,
    folder: S3Address,
    path: string,
    signal: AbortSignal,
  ): Promise<JournalCopy> {
    await mkdir(dirname(path), { recursive: true });
    const pieces = (await store.list(folder, signal)).map(({ key }) => key).sort();
    const parts: string[] = [];
    for (const [i, key] of pieces.entries()) {
      const text = await store.readText({ bucket: folder.bucket, key }, signal);
      const part = `${path}.piece-${i}`;
      await writeWhole(part, text ?? "");
      parts.push(part);
    }
    await AnswerJournal.join(path, parts);
    for (const part of parts) await rm(part, { force: true });
    const found = await stat(path).catch(() => undefined);
    const copy = new JournalCopy(store, folder, path, found?.size ?? 0);
    copy.#wait();
    return copy;
  }

  /** Puts what is new there. @throws S3Error */
  async flush(): Promise<void> {
    const work = this.#work.then(() => this.#put());
    this.#work = work.catch(() => undefined);
    await work;
  }

  /** What is new is put there once more; where that fails, it is said. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.flush().catch((error: Error) => {
      console.error(`warning: answers that are asked for again by the next run: ${error.message}`);
    });
  }

  /** The run is complete: the pieces have served. @throws S3Error */
  async remove(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#work;
    await removeAll(this.#store, this.#folder);
  }

  #wait(): void {
    const ms = Math.max(LEAST_MS, (performance.now() - this.#startMs) / SHARE);
    this.#timer = setTimeout(() => {
      // What could not be put there now is, with the next piece.
      this.flush()
        .catch(() => undefined)
        .then(() => this.#timer && this.#wait());
    }, ms);
  }

  async #put(): Promise<void> {
    const found = await stat(this.#path).catch(() => undefined);
    if (found === undefined) return;
    // A journal that could not be gone on with was begun anew.
    if (found.size < this.#done) this.#done = 0;
    const fresh = await wholeLines(this.#path, this.#done, found.size);
    const header = this.#done === 0 ? "" : await firstLine(this.#path);
    if (fresh.split("\n").length < (this.#done === 0 ? 3 : 2)) return;
    const name = `${String(Date.now()).padStart(15, "0")}-${randomBytes(4).toString("hex")}.jsonl`;
    await this.#store.put(inFolder(this.#folder, name), `${header}${fresh}`);
    this.#done += Buffer.byteLength(fresh);
  }
}

/** Removes all objects of a folder. @throws S3Error */
export async function removeAll(
  store: S3Store,
  folder: S3Address,
  signal?: AbortSignal,
): Promise<void> {
  for (const { key } of await store.list(folder, signal)) {
    await store.remove({ bucket: folder.bucket, key }, signal);
  }
}

/** The text between two places of a file, up to its last line break. */
async function wholeLines(path: string, from: number, to: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.toString("utf8", 0, buffer.subarray(0, bytesRead).lastIndexOf(10) + 1);
  } finally {
    await file.close();
  }
}

async function firstLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  return text.slice(0, text.indexOf("\n") + 1);
}
