/** What an endpoint has cost so far. */
export interface EndpointUsage {
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
}

/** Counts as the requests go. */
export type UsageCounters = { -readonly [K in keyof EndpointUsage]: EndpointUsage[K] };

export function zeroUsage(): UsageCounters {
  return {
    requests: 0,
    retries: 0,
    failures: 0,
    promptTokens: 0,
    completionTokens: 0,
    cacheHits: 0,
    cacheFailures: 0,
  };
}
