import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rm, stat, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { OutputError, UserError } from "../base/index.js";
import type { CameraFrame } from "../camera/index.js";
import { isPassing, type SpatialAnswer } from "../language/index.js";
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
 * the interrupted run cut short is dropped.
 */
export class AnswerJournal {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #answers: Map<string, readonly JournaledAnswer[]>;

  private constructor(
    path: string,
    file: FileHandle,
    answers: Map<string, readonly JournaledAnswer[]>,
  ) {
    this.path = path;
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

  /** Begins an empty journal; one that is there is replaced. */
  static async create(path: string, key: JournalKey): Promise<AnswerJournal> {
    const journal = new AnswerJournal(path, await openJournal(path, "w"), new Map());
    await journal.#append(key);
    return journal;
  }

  /**
   * Goes on with a journal.
   * @throws JournalError when it was made with another key: it names what differs.
   */
  static async resume(path: string, key: JournalKey): Promise<AnswerJournal> {
    const { headerLine, entryLine } = await import("./journalLines.js");
    const { size } = await stat(path);
    const answers = new Map<string, readonly JournaledAnswer[]>();
    let goodBytes = 0;
    let lineNumber = 0;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: 0 })) {
      const entry = parseLine(line);
      lineNumber += 1;
      const endBytes = goodBytes + Buffer.byteLength(line) + 1;
      // Whole lines end in a newline: what does not was cut short.
      if (entry === undefined || endBytes > size) break;
      if (lineNumber === 1) checkKey(path, key, headerLine.parse(entry));
      else {
        const parsed = entryLine.safeParse(entry);
        if (!parsed.success) break;
        const { camera, stamp_ns, answers: said } = parsed.data;
        answers.set(entryKey(camera, BigInt(stamp_ns)), said);
      }
      goodBytes = endBytes;
    }
    if (goodBytes === 0) return AnswerJournal.create(path, key);
    await truncate(path, goodBytes);
    return new AnswerJournal(path, await openJournal(path, "a"), answers);
  }

  /** Frames whose answers are known already. */
  get size(): number {
    return this.#answers.size;
  }

  find(frame: CameraFrame): readonly JournaledAnswer[] | undefined {
    return this.#answers.get(entryKey(frame.camera, frame.stampNs));
  }

  /** @throws OutputError when the disk is full, say. */
  async add(frame: CameraFrame, answers: readonly SpatialAnswer[]): Promise<void> {
    const entry = {
      camera: frame.camera,
      stamp_ns: frame.stampNs.toString(),
      answers: answers.map(({ question: _, ...said }) => said),
    };
    await this.#append(entry);
  }

  async #append(line: unknown): Promise<void> {
    try {
      await this.#file.appendFile(`${JSON.stringify(line)}\n`);
    } catch (error) {
      throw new OutputError(this.path, error);
    }
  }

  /** Keeps the journal for a later `resume`. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The run is complete: the journal has served. */
  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }
}

async function openJournal(path: string, flags: "a" | "w"): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, flags);
  } catch (error) {
    throw new OutputError(path, error);
  }
}

function entryKey(camera: string, stampNs: bigint): string {
  return `${stampNs} ${camera}`;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function checkKey(path: string, key: JournalKey, made: JournalKey): void {
  const names = new Set([...Object.keys(key), ...Object.keys(made)]);
  const different = [...names].filter((name) => key[name] !== made[name]);
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
      const known = journal.find(frame);
      if (known && known.length === questions.length) {
        return questions.map((question, i) => ({ ...known[i], question }) as SpatialAnswer);
      }
      const answers = await vlm.ask(frame, questions, signal);
      // What another try may cure is asked again by a resumed run.
      const settled = answers.every(({ refusal }) => !refusal || !isPassing(refusal));
      if (settled) await journal.add(frame, answers);
      return answers;
    },
  });
}
