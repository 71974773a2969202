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
  /** Of the tokens, by `price_in` and `price_out`; 0 without prices. */
  readonly cost: number;
  /** What a person should know, once each: what the server does not take, which budget is spent. */
  readonly notes: readonly string[];
}

type Counter = Exclude<keyof EndpointUsage, "cost" | "notes">;

/** Counts as the requests go. */
export type UsageCounters = { -readonly [K in Counter]: number } & { readonly notes: string[] };

export function zeroUsage(): UsageCounters {
  return {
    requests: 0,
    retries: 0,
    failures: 0,
    promptTokens: 0,
    completionTokens: 0,
    cacheHits: 0,
    cacheFailures: 0,
    notes: [],
  };
}

export function addNote(usage: UsageCounters, note: string): void {
  if (!usage.notes.includes(note)) usage.notes.push(note);
}
