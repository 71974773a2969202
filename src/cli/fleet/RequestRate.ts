import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { type DisposableVlm, type SpatialVlm, wrapVlm } from "../../models/index.js";

/**
 * The next free places of a fleet: requests evenly spaced over all workers (GCRA). One place after
 * the other is given away; a worker that dies loses its own only.
 */
const TAKE_PLACES = `
local rate = tonumber(redis.call('GET', KEYS[1]))
if not rate then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local free = math.max(now, tonumber(redis.call('GET', KEYS[2])) or 0)
local after = free + ARGV[1] * 60000 / rate
redis.call('SET', KEYS[2], string.format('%.3f', after), 'PX', math.ceil(after - now) + 60000)
return math.ceil(free - now)`;

const keysOf = (queue: string) => [`fleet:${queue}:rate`, `fleet:${queue}:next`] as const;

/** Sets how many requests all workers of a queue together may make; undefined: any number. */
export async function limitRequests(
  redis: Redis,
  queue: string,
  perMinute: number | undefined,
): Promise<void> {
  const [rate] = keysOf(queue);
  if (perMinute === undefined) await redis.del(rate);
  else await redis.set(rate, perMinute);
}

/** A model that asks no faster than the fleet may; each question counts for one request. */
export function atFleetRate(vlm: SpatialVlm, redis: Redis, queue: string): DisposableVlm {
  return wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      const waitMs = Number(await redis.eval(TAKE_PLACES, 2, ...keysOf(queue), questions.length));
      signal.throwIfAborted();
      if (waitMs > 0) {
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
      return await vlm.ask(frame, questions, signal);
    },
  });
}
