import { secondsOf } from "../base/index.js";
import type { Reliability } from "../language/index.js";
import type { Validity } from "./MeasuredValue.js";

/** What is known of a measurement at one image. */
export interface Estimate {
  /** Null when invalid. */
  readonly value: number | null;
  readonly sigma: number | null;
  readonly validity: Validity;
  /** Empty when ok. */
  readonly reason: string;
}

/** A filter of one measurement's values over an episode. Time comes from image stamps alone. */
export interface ValueFilter {
  /**
   * A sample of this image.
   * @param reliability of the model that said it; absent if sigma covers all of its error
   */
  sample(stampNs: bigint, value: number, sigma: number, reliability?: Reliability): Estimate;
  /** This image gave none, for that reason. */
  miss(stampNs: bigint, reason: string): Estimate;
}

export function secondsBetween(fromNs: bigint, toNs: bigint): number {
  return secondsOf(toNs - fromNs);
}

/** The last value while it is young enough, else nothing. */
export function held(
  last: { readonly value: number; readonly sigma: number } | undefined,
  ageS: number,
  stalenessS: number,
  reason: string,
): Estimate {
  if (last && ageS <= stalenessS) {
    return { value: last.value, sigma: last.sigma, validity: "stale", reason };
  }
  const since = last ? `; the last value is ${ageS.toFixed(2)} s old` : "";
  return { value: null, sigma: null, validity: "invalid", reason: reason + since };
}
