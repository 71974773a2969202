import type { SpatialVlm } from "../SpatialVlm.js";
import type { EndpointUsage } from "./EndpointUsage.js";

/** What a model has cost so far, where it is one that costs something (an endpoint). */
export function usageOf(vlm: SpatialVlm): EndpointUsage | undefined {
  return "usage" in vlm ? (vlm.usage as EndpointUsage) : undefined;
}
