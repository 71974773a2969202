import type { VlmUsage } from "../VlmUsage.js";

type Counter = Exclude<keyof VlmUsage, "cost" | "notes">;

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
