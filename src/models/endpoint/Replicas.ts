import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { VlmUsage } from "../SpatialVlm.js";
import { ApiServer } from "./ApiServer.js";
import type { Completion } from "./Completion.js";
import type { ChatBody } from "./Dialect.js";
import type { RequestSettings } from "./EndpointSettings.js";
import { LONGEST_RETRY_AFTER_MS } from "./exchange.js";
import { RequestError } from "./RequestError.js";
import { addNote, isWorthWaiting, type UsageCounters, zeroUsage } from "./RequestPolicy.js";
import { type ApiKey, parseBaseUrl } from "./ServerAccess.js";

/**
 * Names by how much each wants a key, the first the most: rendezvous hashing (Thaler and Ravishankar
 * 1998). Each name gets its share of the keys; where one comes or goes, only its own keys move.
 */
export function byRendezvous(names: readonly string[], key: string): string[] {
  const weighed = names.map((name) => ({
    name,
    weight: createHash("sha256")
      .update(JSON.stringify([name, key]))
      .digest("hex"),
  }));
  return weighed.sort((a, b) => (a.weight > b.weight ? -1 : 1)).map(({ name }) => name);
}

/** One of several servers of the same model. */
class Replica {
  readonly name: string;
  readonly server: ApiServer;
  #downUntilMs = 0;
  #isProbed = false;

  constructor(name: string, server: ApiServer) {
    this.name = name;
    this.server = server;
  }

  /** Asked now: it works, or its pause is over and nobody else is trying it. */
  isOpen(nowMs: number): boolean {
    return this.#downUntilMs === 0 || (nowMs >= this.#downUntilMs && !this.#isProbed);
  }

  /** @throws what the server throws; then it is left alone for `pauseMs` where the fault is its own */
  async complete(body: ChatBody, pauseMs: number, signal: AbortSignal): Promise<Completion> {
    // What is not sent tells nothing of it.
    signal.throwIfAborted();
    const isProbe = this.#downUntilMs > 0;
    if (isProbe) this.#isProbed = true;
    try {
      const completion = await this.server.complete(body, signal);
      this.#downUntilMs = 0;
      return completion;
    } catch (error) {
      if (isOfServer(error)) {
        const askedMs = Math.min(error.retryAfterMs, LONGEST_RETRY_AFTER_MS);
        this.#downUntilMs = performance.now() + Math.max(pauseMs, askedMs);
      } else if (error instanceof RequestError) this.#downUntilMs = 0;
      throw error;
    } finally {
      if (isProbe) this.#isProbed = false;
    }
  }
}

/** Another server may do better; of a request that is wrong none will. */
function isOfServer(error: unknown): error is RequestError {
  return error instanceof RequestError && error.serverFault && error.reason !== "budget";
}

/**
 * Servers of the same model as one. All requests about an image go to the same server, so that it
 * finds the image in its prefix cache; images spread evenly. A server that fails is left out for
 * `breakerS` seconds, and its images go to the next in their order; then one request tries it. A
 * single server keeps its own retries and breaker.
 */
export class Replicas {
  readonly #replicas: ReadonlyMap<string, Replica>;
  readonly #settings: RequestSettings;
  readonly #usage: UsageCounters = zeroUsage();

  /** @throws EndpointError if a URL is none */
  constructor(urls: readonly string[], key: ApiKey, settings: RequestSettings) {
    const bases = urls.map(parseBaseUrl);
    const isOne = new Set(bases.map(({ href }) => href)).size === 1;
    // With others at hand, waiting for one that fails is time lost.
    const each = isOne ? settings : { ...settings, retries: 0, breakerAfter: 10_000 };
    this.#settings = settings;
    this.#replicas = new Map(
      bases.map((base) => [
        base.href,
        new Replica(base.href, new ApiServer(base, key, each, this.#usage)),
      ]),
    );
  }

  get size(): number {
    return this.#replicas.size;
  }

  get usage(): VlmUsage {
    const [first] = this.#replicas.values();
    return { ...this.#usage, cost: first?.server.usage.cost ?? 0, notes: [...this.#usage.notes] };
  }

  countCacheHit(): void {
    this.#usage.cacheHits++;
  }

  countCacheFailure(): void {
    this.#usage.cacheFailures++;
  }

  /**
   * @param key What the request is about: equal ones go to the same server.
   * @throws RequestError if no server gives a completion: that of the server that should have.
   */
  async complete(body: ChatBody, key: string, signal: AbortSignal): Promise<Completion> {
    const order = byRendezvous([...this.#replicas.keys()], key);
    const { retries, backoffS } = this.#settings;
    const sinceMs = performance.now();
    for (let tries = 0; ; tries++) {
      try {
        return await this.#tryInOrder(order, body, signal);
      } catch (error) {
        const again = this.size > 1 && isOfServer(error) && error.retryable && tries < retries;
        if (!again) throw error;
        const askedMs = error.retryAfterMs;
        const waitMs = Math.max(backoffS * 1000 * 2 ** tries, askedMs);
        if (!isWorthWaiting(this.#settings, sinceMs, { waitMs, askedMs })) throw error;
        this.#usage.retries++;
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  async #tryInOrder(
    order: readonly string[],
    body: ChatBody,
    signal: AbortSignal,
  ): Promise<Completion> {
    const now = performance.now();
    const all = order.flatMap((name) => this.#replicas.get(name) ?? []);
    const open = all.filter((replica) => replica.isOpen(now));
    let first: unknown;
    // Where none works, the one that should answer says why not.
    for (const replica of open.length > 0 ? open : all.slice(0, 1)) {
      try {
        return await replica.complete(body, this.#settings.breakerS * 1000, signal);
      } catch (error) {
        first ??= error;
        if (!isOfServer(error) || this.size === 1) throw error;
        addNote(this.#usage, `${replica.name} failed and was left out for a while`);
      }
    }
    throw first;
  }
}
