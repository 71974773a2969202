import { parentPort, workerData } from "node:worker_threads";
import { loadSharp, UserError } from "../base/index.js";
import type { DatasetSettings, Shard } from "./DatasetPlan.js";
import { makeShard } from "./makeShard.js";
import type { ShardCounts } from "./ShardWriter.js";

export interface ShardJob {
  readonly folder: string;
  readonly settings: DatasetSettings;
}

export type ShardReply =
  | { readonly kind: "image"; readonly rows: number }
  | { readonly kind: "done"; readonly name: string; readonly counts: ShardCounts }
  /** `code`: of a user's error. */
  | { readonly kind: "failed"; readonly message: string; readonly code: string | undefined };

const port = parentPort;
if (port === null) throw new Error("shardWorker runs in a worker thread only");
const { folder, settings } = workerData as ShardJob;
// Every worker has a core; encoders with threads of their own would only fight for them.
loadSharp().concurrency(1);

const reply = (message: ShardReply): void => port.postMessage(message);

port.on("message", async (shard: Shard) => {
  try {
    const counts = await makeShard(folder, shard, settings, (rows) =>
      reply({ kind: "image", rows }),
    );
    reply({ kind: "done", name: shard.name, counts });
  } catch (error) {
    const code = error instanceof UserError ? error.code : undefined;
    const message =
      error instanceof UserError ? error.message : String((error as Error).stack ?? error);
    reply({ kind: "failed", message, code });
  }
});
