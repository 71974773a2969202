import type { SpatialVlm } from "../SpatialVlm.js";
import type { EndpointUsage } from "./EndpointUsage.js";

/** What a model has cost so far, where it is one that costs something: an endpoint, or a chain with one. */
export function usageOf(vlm: SpatialVlm): EndpointUsage | undefined {
  return "usage" in vlm ? (vlm.usage as EndpointUsage | undefined) : undefined;
}

/** What several models have cost together; undefined where none costs anything. */
export function usageOfAll(vlms: readonly SpatialVlm[]): EndpointUsage | undefined {
  const all = vlms.flatMap((vlm) => {
    const usage = usageOf(vlm);
    return usage ? [{ ...usage, notes: usage.notes.map((note) => `${vlm.id}: ${note}`) }] : [];
  });
  const [first, ...rest] = all;
  return first && rest.reduce(sum, first);
}

function sum(a: EndpointUsage, b: EndpointUsage): EndpointUsage {
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
