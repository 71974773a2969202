import type { SpatialAnswer } from "./SpatialAnswer.js";

/** A SpatialAnswer tied to its frame: what messages, files and overlays carry. */
export interface SpatialFact {
  readonly stampNs: bigint;
  readonly camera: string;
  readonly frameId: string;
  /** The measurement's name, or empty for a question asked by hand. */
  readonly name: string;
  readonly subject: string;
  /** A question kind, or `open`. */
  readonly relation: string;
  /** Empty where the kind asks about one object. */
  readonly object: string;
  readonly answer: SpatialAnswer;
}
