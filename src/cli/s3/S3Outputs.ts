import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import * as z from "zod";
import {
  InputKeptError,
  jsonOrUndefined,
  makeTemporaryFolder,
  OutputError,
  OutputKeptError,
  RECORDS,
  UserError,
} from "../../base/index.js";
import {
  parseS3Address,
  type S3Address,
  S3Error,
  type S3Object,
  S3Store,
  s3Address,
} from "../../s3/index.js";
import { isS3 } from "../../sources/index.js";
import type { RunKey } from "../FinishedRun.js";
import { journalPath, OutputPlanError, type PlannedOutput } from "../outputs.js";
import { JournalCopy, removeAll } from "./JournalCopy.js";

const recordSchema = z.object({
  /** What the outputs follow from; absent while they are put there, and where answers are missing. */
  key: z.record(z.string(), z.string()).optional(),
  /** Keys of the outputs: of a folder without `/`. */
  outputs: z.array(z.string()),
  /** Their objects as they were left. */
  files: z.array(z.object({ key: z.string(), size: z.number(), etag: z.string() })),
});

/** What lies beside outputs in S3 and says whose they are. */
type S3Record = z.output<typeof recordSchema>;

/** How a recording is annotated into S3. */
export interface S3RunOptions {
  /** Goes on with the answers that earlier runs left. */
  readonly resume: boolean;
  /** What is there and not ours may go, if it is no recording. */
  readonly overwrite: boolean;
  /** Where the answers of this run are kept on disk; default: beside its first output. */
  readonly journal?: string;
}

/**
 * Outputs in S3. Objects cannot be appended to, locked or renamed: outputs are made in a scratch folder
 * under TMPDIR, as on any disk, and put into S3 when they are complete. A record beside them says what is
 * ours and finished. The answers of an unfinished run are copied there meanwhile (`JournalCopy`).
 */
export class S3Outputs {
  readonly #store: S3Store;
  readonly #bucket: string;
  readonly #scratch: string;

  private constructor(store: S3Store, bucket: string, scratch: string) {
    this.#store = store;
    this.#bucket = bucket;
    this.#scratch = scratch;
  }

  /**
   * Undefined where the outputs lie on a disk.
   *
   * @throws OutputPlanError where some do, or another bucket has some; S3Error
   */
  static async open(outputs: readonly string[]): Promise<S3Outputs | undefined> {
    if (!outputs.some(isS3)) return undefined;
    const addresses = outputs.filter(isS3).map(parseS3Address);
    const [first] = addresses;
    if (!first || addresses.length < outputs.length) {
      throw new OutputPlanError("outputs lie either on a disk or in S3: name them in one place");
    }
    if (addresses.some(({ bucket }) => bucket !== first.bucket)) {
      throw new OutputPlanError("outputs lie in one bucket of S3: name them there");
    }
    for (const address of addresses) checkKey(address);
    const store = await S3Store.open(s3Address(first));
    return new S3Outputs(store, first.bucket, makeTemporaryFolder("spatial-reward-s3"));
  }

  /** Removes the scratch folder. */
  async close(): Promise<void> {
    this.#store.close();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Where an output is made before it is put into S3. A folder ends in `/` here and there. */
  localOf(address: string): string {
    return join(this.#scratch, parseS3Address(address).key);
  }

  /** Where what is made on disk belongs. */
  addressOf(path: string): string {
    return s3Address(this.#objectOf(path));
  }

  #objectOf(path: string): S3Address {
    return { bucket: this.#bucket, key: relative(this.#scratch, path).split(sep).join("/") };
  }

  /** In messages stands the address of an output. What the scratch folder lacks is said with its path. */
  async named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof OutputError) {
        error.message += ` (made there for s3://${this.#bucket}; TMPDIR says where)`;
      } else if (error instanceof UserError) {
        error.message = error.message.replaceAll(
          `${this.#scratch}/`,
          () => `s3://${this.#bucket}/`,
        );
      }
      throw error;
    }
  }

  /**
   * Before any work: nothing that others put under these names may be replaced, and no recording.
   *
   * @param plan paths on disk, by recording
   * @throws InputKeptError, OutputKeptError, S3Error
   */
  async check(
    plan: ReadonlyMap<string, readonly PlannedOutput[]>,
    overwrite: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const inputs = [...plan.keys()]
      .filter(isS3)
      .map((each) => withoutSlash(s3Address(parseS3Address(each))));
    for (const planned of plan.values()) {
      for (const { path } of planned) {
        const output = this.addressOf(path);
        const input = inputs.find(
          (each) => each === output || isIn(each, output) || isIn(output, each),
        );
        if (input !== undefined) {
          throw new InputKeptError(
            `output ${output} would change the input ${input}, and inputs are never modified; choose another --output`,
          );
        }
      }
    }
    // One list tells of a thousand recordings that nothing is there.
    const folder = commonFolder(
      [...plan.values()].flat().map(({ path }) => this.#objectOf(path).key),
    );
    const there = await this.#store.list({ bucket: this.#bucket, key: folder }, signal);
    const keys = new Set(there.map(({ key }) => key));
    for (const planned of plan.values()) {
      const isThere = planned.some(({ path }) => {
        const { key } = this.#objectOf(path);
        return keys.has(key) || there.some((each) => each.key.startsWith(`${key}/`));
      });
      if (isThere) await this.#claim(planned, overwrite, signal);
    }
  }

  /**
   * Annotates a recording into its outputs: brings the answers that earlier runs left, lets the work make
   * the outputs on disk, and clears up there.
   *
   * @throws OutputKeptError where others put something under a name; S3Error; what the work throws
   */
  async run<T>(
    planned: readonly PlannedOutput[],
    { resume, overwrite, journal = journalPath(planned[0]?.path ?? "") }: S3RunOptions,
    signal: AbortSignal,
    work: (run: S3Run) => Promise<T>,
  ): Promise<T> {
    return await this.named(async () => {
      const record = await this.#claim(planned, overwrite, signal);
      for (const { path } of planned) await this.#store.abortUploads(this.#objectOf(path), signal);
      const pieces = this.#beside(planned, ".answers/");
      if (!resume) await removeAll(this.#store, pieces, signal);
      const copy = await JournalCopy.begin(this.#store, pieces, journal, signal);
      try {
        return await work({
          addressOf: (path) => this.addressOf(path),
          isDone: record?.key !== undefined,
          isFinished: (key) => record !== undefined && isOf(record, key),
          publish: async (key) => {
            await this.#publish(planned, key, overwrite, signal);
            if (key !== undefined) await copy.remove();
          },
        });
      } finally {
        await copy.end();
        for (const { path } of planned) await rm(path, { recursive: true, force: true });
        await rm(journal, { force: true });
      }
    });
  }

  /** Puts a file of the scratch folder there that is no output. */
  async put(path: string, signal: AbortSignal): Promise<void> {
    await this.#store.upload(this.#objectOf(path), path, signal);
  }

  /** In the folder of records beside the first output. */
  #beside([first]: readonly PlannedOutput[], ending: string): S3Address {
    const path = first?.path ?? this.#scratch;
    return {
      bucket: this.#bucket,
      key: `${this.#objectOf(join(dirname(path), RECORDS, basename(path))).key}${ending}`,
    };
  }

  /** The record of what is there, if it is ours. @throws OutputKeptError if it is not */
  async #claim(
    planned: readonly PlannedOutput[],
    overwrite: boolean,
    signal: AbortSignal,
  ): Promise<S3Record | undefined> {
    const record = recordOf(await this.#store.readText(this.#beside(planned, ".s3.json"), signal));
    let isWhole = true;
    for (const { path } of planned) {
      const there = await this.#objectsOf(path, signal);
      const { key } = this.#objectOf(path);
      const known = (record?.files ?? []).filter(
        (file) => file.key === key || file.key.startsWith(`${key}/`),
      );
      if (!isSame(known, there)) isWhole = false;
      if (there.length === 0) continue;
      // While outputs are put there, some are of this run and some of the one before.
      const isOurs =
        record?.outputs.includes(key) && (record.key === undefined || isSame(known, there));
      if (isOurs) continue;
      if (overwrite && !there.some((object) => RECORDING.test(object.key))) continue;
      throw new OutputKeptError(
        `output ${this.addressOf(path)} is there already, and ` +
          (record === undefined
            ? "`annotate` has no record of having made it"
            : "is not as `annotate` left it") +
          (overwrite
            ? ": --overwrite does not replace a recording or a picture, since it may be the only one. Choose another name, or remove it yourself"
            : ": it is left alone. Choose another name, or add --overwrite to replace it"),
      );
    }
    return isWhole || record === undefined ? record : { ...record, key: undefined };
  }

  /** The object, or all in the folder. */
  async #objectsOf(path: string, signal: AbortSignal): Promise<S3Object[]> {
    const address = this.#objectOf(path);
    const inIt = await this.#store.list({ ...address, key: `${address.key}/` }, signal);
    const itself = await this.#store.head(address, signal);
    return itself ? [itself, ...inIt] : inIt;
  }

  /** @param key undefined where answers are missing that another run may get */
  async #publish(
    planned: readonly PlannedOutput[],
    key: RunKey | undefined,
    overwrite: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const at = this.#beside(planned, ".s3.json");
    const before = await this.#claim(planned, overwrite, signal);
    // Another worker was faster: what it made is what this one made.
    if (before && key && isOf(before, key)) return;
    const outputs = planned.map(({ path }) => this.#objectOf(path).key);
    const old = before?.files ?? [];
    const put = (record: S3Record) => this.#store.put(at, `${JSON.stringify(record)}\n`, signal);
    await put({ outputs: [...new Set([...outputs, ...(before?.outputs ?? [])])], files: old });
    const files: S3Object[] = [];
    for (const { path } of planned) {
      for (const file of await filesOf(path)) {
        files.push(await this.#store.upload(this.#objectOf(file), file, signal));
      }
    }
    // What the folder of records has says the same to a copy of it on a disk.
    for (const file of await recordsOf(planned)) {
      await this.#store.upload(this.#objectOf(file), file, signal);
    }
    for (const { key: gone } of old.filter(
      (each) => !files.some((file) => file.key === each.key),
    )) {
      await this.#store.remove({ bucket: this.#bucket, key: gone }, signal);
    }
    await put({ ...(key && { key }), outputs, files });
  }
}

/** What annotating a recording into S3 needs to know and do. */
export interface S3Run {
  readonly addressOf: (path: string) => string;
  /** Whether an earlier run finished, and left all outputs as they are there. */
  readonly isDone: boolean;
  /** Whether that was a run with this key. */
  readonly isFinished: (key: RunKey) => boolean;
  /**
   * Puts the complete outputs there.
   * @param key undefined where answers are missing that another run may get
   */
  readonly publish: (key: RunKey | undefined) => Promise<void>;
}

/** Recordings and pictures may be the only ones. */
const RECORDING = /\.((mcap|db3)(\.zstd?)?|bag(\.active)?|mp4|mov|mkv|webm|avi|png|jpe?g|webp)$/i;

function isOf(record: S3Record, key: RunKey): boolean {
  const sorted = (each: RunKey) =>
    JSON.stringify(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  return record.key !== undefined && sorted(record.key) === sorted(key);
}

function isSame(known: readonly S3Object[], there: readonly S3Object[]): boolean {
  const named = (objects: readonly S3Object[]) =>
    objects
      .map(({ key, size, etag }) => `${key} ${size} ${etag}`)
      .sort()
      .join("\n");
  return named(known) === named(there);
}

function recordOf(text: string | undefined): S3Record | undefined {
  return recordSchema.safeParse(jsonOrUndefined(text ?? "")).data;
}

/** Outputs are made under their keys on a disk first. @throws S3Error */
function checkKey(address: S3Address): void {
  const parts = address.key.replace(/\/$/, "").split("/");
  const isBad = address.key !== "" && parts.some((part) => part === "" || /\p{Cc}/u.test(part));
  if (!isBad) return;
  throw new S3Error(
    s3Address(address),
    "an output's key has no empty parts (`//`) and no control characters",
  );
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}

function isIn(address: string, folder: string): boolean {
  return address.startsWith(`${folder}/`);
}

/** The longest folder that all keys lie in; ends in `/`, or is empty. */
function commonFolder(keys: readonly string[]): string {
  const [first = "", ...others] = keys;
  const parts = first.split("/").slice(0, -1);
  while (others.some((key) => !key.startsWith(`${parts.join("/")}/`)) && parts.length > 0)
    parts.pop();
  return parts.length === 0 ? "" : `${parts.join("/")}/`;
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

/** The files of `.spatial-reward/` that speak of these outputs. */
async function recordsOf(planned: readonly PlannedOutput[]): Promise<string[]> {
  const [first] = planned;
  if (first === undefined) return [];
  const folder = join(dirname(first.path), RECORDS);
  const wanted = [
    `${basename(first.path)}.json`,
    ...planned.map(({ path }) => `${basename(path)}.made`),
  ];
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => wanted.includes(name)).map((name) => join(folder, name));
}
