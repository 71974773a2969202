import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { OutputLock, RelayedError, startWorker, valueAt, writeWhole } from "../base/index.js";
import { type DatasetSettings, fingerprint, type Shard, shardsOf } from "./DatasetPlan.js";
import { type DatasetSummary, joinShards } from "./joinShards.js";
import { makeShard } from "./makeShard.js";
import { SHARDS, type ShardCounts, shardPath } from "./ShardWriter.js";
import type { ShardReply } from "./shardWorker.js";
import { DatasetError } from "./VqaRow.js";

export interface SynthesizeOptions {
  readonly folder: string;
  readonly settings: DatasetSettings;
  /** Threads; 0 works on this one. The result does not depend on it. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Pictures done so far, those of kept shards included, and rows of this run. */
  readonly onProgress?: (images: number, rows: number) => void;
}

/**
 * Makes a data set. Finished shards are kept when it is interrupted; the same call continues after
 * them and comes to the same result.
 *
 * @throws DatasetError if the folder holds another data set; OutputBusyError if another process
 *   is making one there.
 */
export async function synthesize(options: SynthesizeOptions): Promise<DatasetSummary> {
  // In the folder: the one above need not be writable, and a link to the folder leads to the same lock.
  const lock = await OutputLock.take(join(options.folder, RESULT));
  try {
    return await synthesizeInto(options);
  } finally {
    await lock.release();
  }
}

async function synthesizeInto(options: SynthesizeOptions): Promise<DatasetSummary> {
  const { folder, settings, signal } = options;
  await claim(folder, settings);
  const shards = shardsOf(settings);
  const counts = new Map<string, ShardCounts>();
  for (const { name } of shards) {
    const kept = await keptCounts(folder, name);
    if (kept) counts.set(name, kept);
  }
  const missing = shards.filter(({ name }) => !counts.has(name));
  let images = [...counts.values()].reduce((sum, each) => sum + imagesIn(each), 0);
  let rows = 0;
  options.onProgress?.(images, rows);
  const onImage = (more: number) => {
    images += 1;
    rows += more;
    options.onProgress?.(images, rows);
  };
  if (options.workers === 0) {
    for (const shard of missing) {
      signal.throwIfAborted();
      counts.set(shard.name, await makeShard(folder, shard, settings, onImage));
    }
  } else {
    await inWorkers(options, missing, counts, onImage);
  }
  const ordered = shards.map(({ name }) => [name, valueAt(counts, name)] as const);
  return joinShards(folder, settings, ordered, signal);
}

function imagesIn({ frames, skipped }: ShardCounts): number {
  return [...Object.values(frames), ...Object.values(skipped)].reduce((sum, n) => sum + n, 0);
}

/** What makes a data set complete; its lock lies beside it. */
const RESULT = "dataset.json";

/** The folder is empty, or holds the beginning of this very data set. */
async function claim(folder: string, settings: DatasetSettings): Promise<void> {
  const mark = join(folder, SHARDS, "fingerprint");
  const known = await readFile(mark, "utf8").catch(() => undefined);
  const isDone = await readFile(join(folder, RESULT)).catch(() => undefined);
  if (isDone !== undefined) {
    if (known !== undefined) await rm(join(folder, SHARDS), { recursive: true });
    throw new DatasetError(`${folder} holds a finished data set: choose another folder`);
  }
  const own = fingerprint(settings);
  if (known !== undefined && known !== own)
    throw new DatasetError(
      `${folder} holds the beginning of a data set with other settings: ` +
        "give the same settings to go on with it, or another folder",
    );
  if (known !== undefined) return;
  // A data set's README.md and folders would take the place of what is there.
  const [first] = (await readdir(folder).catch(() => [])).filter(
    (name) => name !== SHARDS && name !== `${RESULT}.lock`,
  );
  if (first !== undefined)
    throw new DatasetError(
      `${folder} is not empty (${first}), and no data set was begun there: choose another folder`,
    );
  await mkdir(join(folder, SHARDS), { recursive: true }).catch((error: Error) => {
    throw new DatasetError(`${folder}: cannot be written to: ${error.message}`);
  });
  await writeWhole(mark, own);
}

async function keptCounts(folder: string, name: string): Promise<ShardCounts | undefined> {
  const text = await readFile(shardPath(folder, name, "json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ShardCounts);
}

async function inWorkers(
  { folder, settings, workers, signal }: SynthesizeOptions,
  missing: readonly Shard[],
  counts: Map<string, ShardCounts>,
  onImage: (rows: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  const waiting = [...missing];
  const pool = Array.from({ length: Math.min(workers, missing.length) }, () =>
    startWorker("dataset/shardWorker", { workerData: { folder, settings } }),
  );
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const onAbort = () => fail(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([failed, Promise.all(pool.map((worker) => drain(worker)))]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    await Promise.all(pool.map((worker) => worker.terminate()));
  }

  /** Gives a worker shard after shard until none waits. */
  function drain(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      const next = () => {
        const shard = waiting.shift();
        if (shard) worker.postMessage(shard);
        else resolve();
      };
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new Error(`a worker ended early (${code})`)));
      worker.on("message", (reply: ShardReply) => {
        if (reply.kind === "image") onImage(reply.rows);
        else if (reply.kind === "failed")
          fail(
            reply.code === undefined
              ? new Error(reply.message)
              : new RelayedError(reply.code, reply.message),
          );
        else {
          counts.set(reply.name, reply.counts);
          next();
        }
      });
      next();
    });
  }
}
