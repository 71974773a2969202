import type { SpatialVlm } from "./SpatialVlm.js";

/** What a model behind a server has cost so far. */
export interface VlmUsage {
  /** Sent, retries included. */
  readonly requests: number;
  /** Of those, further tries after a failure. */
  readonly retries: number;
  /** Requests that were given up, refused by an open breaker or answered with an error. */
  readonly failures: number;
  /** As the server counted them; servers that count nothing add nothing. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Questions answered without a request of their own: from disk, or by an equal one in flight. */
  readonly cacheHits: number;
  /** Answers that could not be written to the cache. */
  readonly cacheFailures: number;
  /** Of the tokens, by `price_in` and `price_out`; 0 without prices. */
  readonly cost: number;
  /** What a person should know, once each: what the server does not take, which budget is spent. */
  readonly notes: readonly string[];
}

/** What several models have cost together; undefined where none costs anything. */
export function usageOfAll(vlms: readonly SpatialVlm[]): VlmUsage | undefined {
  const all = vlms.flatMap(({ id, usage }) =>
    usage ? [{ ...usage, notes: usage.notes.map((note) => `${id}: ${note}`) }] : [],
  );
  const [first, ...rest] = all;
  return first && rest.reduce(sum, first);
}

function sum(a: VlmUsage, b: VlmUsage): VlmUsage {
  return {
    requests: a.requests + b.requests,
    retries: a.retries + b.retries,
    failures: a.failures + b.failures,
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    cacheHits: a.cacheHits + b.cacheHits,
    cacheFailures: a.cacheFailures + b.cacheFailures,
    cost: a.cost + b.cost,
    notes: [...a.notes, ...b.notes],
  };
}
