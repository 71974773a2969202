import type { SpatialVlm } from "../models/index.js";

/** What a model that costs something has cost, and what a person should know of its server. */
export function usageLines(vlm: SpatialVlm): string[] {
  const { usage } = vlm;
  if (!usage) return [];
  const { requests, retries, failures, cacheHits, promptTokens, completionTokens, cost } = usage;
  const counts = [
    `${requests} requests`,
    ...(retries > 0 ? [`${retries} of them retries`] : []),
    ...(failures > 0 ? [`${failures} failed`] : []),
    ...(cacheHits > 0 ? [`${cacheHits} from the cache`] : []),
    `${promptTokens} + ${completionTokens} tokens`,
    ...(cost > 0 ? [`cost ${cost.toFixed(4)}`] : []),
  ];
  return [`model ${vlm.id}: ${counts.join(", ")}`, ...usage.notes.map((note) => `  ${note}`)];
}
