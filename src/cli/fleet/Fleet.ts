import type { Queue } from "bullmq";
import { Option } from "commander";
import type { Redis } from "ioredis";
import { UserError } from "../../base/index.js";

/** The queue of a fleet cannot be used. */
class FleetError extends UserError {
  override readonly code = "fleet.queue";
}

export interface FleetOptions {
  readonly redis: string;
  readonly queue: string;
}

/** `--redis` and `--queue`. */
export function fleetOptions(): Option[] {
  return [
    new Option("--redis <url>", "the Redis or Valkey server that holds the queue")
      .env("SPATIAL_REWARD_REDIS")
      .default("redis://127.0.0.1:6379"),
    new Option("--queue <name>", "name of the queue, one for each run").default("annotate"),
  ];
}

/** What is not done and has not failed. A recording waits for its slices. */
export const OPEN = ["wait", "prioritized", "active", "delayed", "waiting-children"] as const;

const CONNECT_MS = 5000;

/** A queue of recordings in Redis, and the packages that speak with it. */
export class Fleet {
  readonly bullmq: typeof import("bullmq");
  readonly redis: Redis;
  readonly queue: Queue;

  private constructor(bullmq: typeof import("bullmq"), redis: Redis, name: string) {
    this.bullmq = bullmq;
    this.redis = redis;
    this.queue = new bullmq.Queue(name, { connection: redis });
    this.queue.on("error", () => undefined);
  }

  /** @throws FleetError if the packages or the server are not there */
  static async open({ redis: url, queue }: FleetOptions): Promise<Fleet> {
    const where = placeOf(url);
    const [bullmq, { Redis }] = await packages();
    // Without a limit: a worker outlives a restart of the server.
    const redis = new Redis(url, {
      ...{ lazyConnect: true, maxRetriesPerRequest: null, connectTimeout: CONNECT_MS },
      retryStrategy: (tries) => Math.min(100 * 2 ** tries, 2000),
    });
    let reason = "";
    redis.on("error", (error: Error) => {
      reason = error.message;
    });
    try {
      await redis.connect();
    } catch {
      redis.disconnect();
      throw new FleetError(
        `${where}: no Redis or Valkey server answers (${reason}): start one, or say where it is with --redis`,
      );
    }
    let isAway = false;
    redis.on("close", () => {
      if (!isAway) console.error(`${where} is away: waiting for it`);
      isAway = true;
    });
    redis.on("ready", () => {
      isAway = false;
    });
    return new Fleet(bullmq, redis, queue);
  }

  async close(): Promise<void> {
    await this.queue.close().catch(() => undefined);
    // Leaving is no outage.
    this.redis.removeAllListeners("close");
    this.redis.disconnect();
  }
}

/** Without its password. @throws FleetError */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^rediss?:$/.test(parsed.protocol)) return `${parsed.protocol}//${parsed.host}`;
  throw new FleetError("--redis: write redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT/DB");
}

async function packages() {
  try {
    return await Promise.all([import("bullmq"), import("ioredis")]);
  } catch (error) {
    throw new FleetError(
      "a fleet needs the packages bullmq and ioredis, which are not installed: npm install bullmq ioredis",
      { cause: error },
    );
  }
}
