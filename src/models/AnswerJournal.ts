import { type FileHandle, open, readFile, rename, rm, stat, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import {
  jsonOrUndefined,
  makeFolder,
  OutputError,
  OutputLock,
  readLines,
  UserError,
  writeWhole,
} from "../base/index.js";
import type { CameraFrame } from "../camera/index.js";
import { finiteAnswer, isPassing, type SpatialAnswer } from "../language/index.js";
import type { DisposableVlm, SpatialVlm } from "./SpatialVlm.js";
import { wrapVlm } from "./wrapVlm.js";

/** What a journal was made with; answers are only good for the same. Compared field by field. */
export type JournalKey = Readonly<Record<string, string>>;

/** A journal that cannot serve this run. */
export class JournalError extends UserError {
  override readonly code = "journal.mismatch";
}

/** An answer without its question: the question is the run's own. */
type JournaledAnswer = Omit<SpatialAnswer, "question">;

/**
 * The answers of an unfinished run, on disk: what a model said is the expensive part of a run,
 * and all else follows from it. JSON lines, a header with the key first. A line that the end of
 * the interrupted run cut short is dropped; one that is damaged costs its own answers only. One
 * process at a time has a journal.
 */
export class AnswerJournal {
  readonly path: string;
  readonly #lock: OutputLock;
  readonly #file: FileHandle;
  readonly #answers: Map<string, readonly JournaledAnswer[]>;
  #work: Promise<void> = Promise.resolve();
  #added = 0;
  #hasOpen = false;

  private constructor(
    path: string,
    lock: OutputLock,
    file: FileHandle,
    answers: Map<string, readonly JournaledAnswer[]>,
  ) {
    this.path = path;
    this.#lock = lock;
    this.#file = file;
    this.#answers = answers;
  }

  /** Goes on with the journal that is there, where that is wanted; else begins an empty one. */
  static async open(path: string, key: JournalKey, resume: boolean): Promise<AnswerJournal> {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    return resume && isThere ? AnswerJournal.resume(path, key) : AnswerJournal.create(path, key);
  }

  /**
   * Begins an empty journal; one that is there is replaced.
   * @throws JournalError if the file is something else; OutputBusyError if another run writes it
   */
  static async create(path: string, key: JournalKey): Promise<AnswerJournal> {
    return await locked(path, (lock) => AnswerJournal.#create(path, lock, key));
  }

  static async #create(path: string, lock: OutputLock, key: JournalKey): Promise<AnswerJournal> {
    await checkIsJournal(path);
    const journal = new AnswerJournal(path, lock, await openJournal(path, "w"), new Map());
    await journal.#append(key);
    return journal;
  }

  /**
   * Goes on with a journal.
   * @throws JournalError when it was made with another key: it names what differs.
   */
  static async resume(path: string, key: JournalKey): Promise<AnswerJournal> {
    return await locked(path, async (lock) => {
      const { entryLine } = await import("./journalLines.js");
      await checkIsJournal(path);
      const answers = new Map<string, readonly JournaledAnswer[]>();
      let goodBytes = 0;
      let isHeader = true;
      for await (const { text, offset, length, isWhole } of readLines(path)) {
        // Whole lines end in a newline: what does not was cut short.
        if (!isWhole) break;
        const entry = jsonOrUndefined(text);
        if (isHeader) {
          if (entry === undefined) break;
          await checkHeader(path, key, entry);
          isHeader = false;
        }
        goodBytes = offset + length + 1;
        const parsed = entryLine.safeParse(entry);
        if (!parsed.success) continue;
        const { camera, stamp_ns, answers: said } = parsed.data;
        answers.set(entryKey(camera, BigInt(stamp_ns)), said);
      }
      if (goodBytes === 0) return AnswerJournal.#create(path, lock, key);
      await truncate(path, goodBytes);
      return new AnswerJournal(path, lock, await openJournal(path, "a"), answers);
    });
  }

  /**
   * Makes one journal of those of several parts of a run. One that is there already stays; parts of
   * another run are passed over.
   */
  static async join(path: string, parts: readonly string[]): Promise<void> {
    if (await stat(path).catch(() => undefined)) return;
    const lines: string[] = [];
    for (const part of parts) {
      const text = await readFile(part, "utf8").catch(() => "");
      // What follows the last line break was cut short.
      const [header, ...entries] = text.split("\n").slice(0, -1);
      if (header === undefined) continue;
      if (lines.length === 0) lines.push(header);
      if (header === lines[0]) lines.push(...entries);
    }
    if (lines.length > 1) await writeWhole(path, `${lines.join("\n")}\n`);
  }

  /**
   * Takes up the journal of a complete run again, where it has this key and none of an unfinished run
   * is there: going on with it asks nothing.
   *
   * @param kept where `keep` left it
   */
  static async takeUp(kept: string, path: string, key: JournalKey): Promise<void> {
    if (await stat(path).catch(() => undefined)) return;
    const [header] = (await beginningOf(kept)) ?? [];
    if (!isKey(header)) return;
    const made = jsonOrUndefined(header ?? "") as JournalKey;
    if (differences(key, made).length === 0) await rename(kept, path);
  }

  /** Frames whose answers are known already. */
  get size(): number {
    return this.#answers.size;
  }

  /** Whether answers are missing that another run may get. */
  get hasOpen(): boolean {
    return this.#hasOpen;
  }

  /** The frame's answers are not kept: another run asks again. */
  leaveOpen(): void {
    this.#hasOpen = true;
  }

  find(frame: CameraFrame): readonly JournaledAnswer[] | undefined {
    return this.#answers.get(entryKey(frame.camera, frame.stampNs));
  }

  /** @throws OutputError when the disk is full, say; then for all that follow too. */
  async add(frame: CameraFrame, answers: readonly SpatialAnswer[]): Promise<void> {
    const entry = {
      camera: frame.camera,
      stamp_ns: frame.stampNs.toString(),
      answers: answers.map(({ question: _, ...said }) => said),
    };
    await this.#append(entry);
    this.#added += 1;
  }

  /** One after another: a line that a full disk cut short is the last one. */
  async #append(line: unknown): Promise<void> {
    const work = this.#work.then(async () => {
      try {
        await this.#file.appendFile(`${JSON.stringify(line)}\n`);
      } catch (error) {
        throw new OutputError(this.path, error);
      }
    });
    this.#work = work;
    work.catch(() => undefined);
    await work;
  }

  /** Keeps the journal for a later `resume`, unless nothing is in it. */
  async close(): Promise<void> {
    await this.#file.close();
    if (this.#answers.size + this.#added === 0) await rm(this.path, { force: true });
    await this.#lock.release();
  }

  /** The run is complete: the journal lies there for `takeUp`. */
  async keep(path: string): Promise<void> {
    await this.#file.close();
    await makeFolder(dirname(path));
    await rename(this.path, path).catch((error: unknown) => {
      throw new OutputError(path, error);
    });
    await this.#lock.release();
  }

  /** The run is complete: the journal has served. */
  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
    await this.#lock.release();
  }
}

/** The lock goes where the work fails. */
async function locked<T>(path: string, work: (lock: OutputLock) => Promise<T>): Promise<T> {
  const lock = await OutputLock.take(path);
  try {
    return await work(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The first lines of a file, the last of them perhaps cut short; undefined where there is none. */
async function beginningOf(path: string): Promise<string[] | undefined> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new OutputError(path, error);
  });
  if (!file) return undefined;
  const { bytesRead, buffer } = await file
    .read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    .finally(() => file.close());
  return buffer.toString("utf8", 0, bytesRead).split("\n");
}

/** A file that is no journal is somebody's: it is not replaced. */
async function checkIsJournal(path: string): Promise<void> {
  const lines = await beginningOf(path);
  if (!lines) return;
  const [header, ...rest] = lines;
  // A header may have been cut short.
  const isOurs = rest.length === 0 ? '{"'.startsWith(header?.slice(0, 2) ?? "") : isKey(header);
  if (isOurs) return;
  throw new JournalError(
    `${path} is not a file of saved answers, so it is left alone: move it away, or choose another output`,
  );
}

/** A header is shorter. */
const HEADER_BYTES = 1 << 16;

/** Whether a line is what a journal begins with: words by name, the model's among them. */
function isKey(line = ""): boolean {
  const key = jsonOrUndefined(line);
  if (typeof key !== "object" || key === null || !("model" in key)) return false;
  return Object.values(key).every((value) => typeof value === "string");
}

async function openJournal(path: string, flags: "a" | "w"): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    throw new OutputError(path, error);
  }
}

function entryKey(camera: string, stampNs: bigint): string {
  return `${stampNs} ${camera}`;
}

/** The names in which two keys differ. */
function differences(one: JournalKey, other: JournalKey): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]);
}

async function checkHeader(path: string, key: JournalKey, header: unknown): Promise<void> {
  const { headerLine } = await import("./journalLines.js");
  const different = differences(key, headerLine.parse(header));
  if (different.length === 0) return;
  throw new JournalError(
    `cannot resume from ${path}: the ${different.join(" and the ")} changed since the interrupted ` +
      "run. Run without --resume to start again.",
  );
}

/**
 * A model that writes down what it said, and says it again without being asked twice: frames
 * that are in the journal never reach `vlm`. Questions must be the same in every run (they
 * belong to the journal's key). Closing it leaves the journal open.
 */
export function journaled(vlm: SpatialVlm, journal: AnswerJournal): DisposableVlm {
  return wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      // What follows things through an episode has to see its beginning again.
      if (vlm.remembers) return (await vlm.ask(frame, questions, signal)).map(finiteAnswer);
      const known = journal.find(frame);
      if (known && known.length === questions.length) {
        return questions.map((question, i) => ({ ...known[i], question }) as SpatialAnswer);
      }
      const answers = (await vlm.ask(frame, questions, signal)).map(finiteAnswer);
      // What another try may cure is asked again by a resumed run.
      const isOpen = answers.some(
        ({ refusal }) => refusal && isPassing(refusal) && refusal.outlook !== "rejected",
      );
      if (isOpen) journal.leaveOpen();
      else await journal.add(frame, answers);
      return answers;
    },
  });
}
