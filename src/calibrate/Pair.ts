import type { QuantityKind } from "../language/index.js";

/** What a model said of a length, beside the truth. */
export interface Pair {
  /** The attempt that it belongs to; answers of one episode err together. */
  readonly episode: string;
  readonly measurement: string;
  readonly kind: QuantityKind;
  /** Seconds from the episode's first image. */
  readonly timeS: number;
  readonly saidM: number;
  readonly trueM: number;
  /** Standard deviation of the truth itself. */
  readonly trueSigmaM: number;
}
