/** A number as it was said, in digits or in words, without a unit. */
export interface Amount {
  readonly value: number;
  /** What the speaker rounded to: the last place said, the denominator of a fraction. */
  readonly step: number;
  /** One in the last place written; at most `step`. Two ways to say one length agree within it. */
  readonly place: number;
  /** Index of the token after it. */
  readonly next: number;
  /** Said in a way that only a unit can follow: "a", "half a". */
  readonly needsUnit: boolean;
}
