/**
 * Kinds of questions that no single spatial question answers, with exact answers where the
 * geometry is known. Distances are between centres, gaps between nearest points, widths as the
 * camera sees them, heights those of centres.
 *
 * | kind | answer | holds when |
 * |---|---|---|
 * | isosceles | yes, no | two of the sides between A, B, C differ by less than x |
 * | triangle_kind | equilateral, isosceles, scalene | all sides differ by less than x; two do; else |
 * | fits_through | yes, no | gap between B and C − width of A > x |
 * | nearest | one of the list | its distance to D is the least |
 * | alignment | yes, no | the middle one of A, B, C is less than x off the line through the others |
 * | stacking_order | the list in order | centres from the lowest to the highest |
 * | reach_count | a number | how many of the list are at most x from D |
 * | reach_path | yes, no | from D to A and on to B is at most x |
 */
export const MULTI_STEP_KINDS = [
  "isosceles",
  "triangle_kind",
  "fits_through",
  "nearest",
  "alignment",
  "stacking_order",
  "reach_count",
  "reach_path",
] as const;
export type MultiStepKind = (typeof MULTI_STEP_KINDS)[number];

/** A multi-step question, its things by their phrases. */
export interface MultiStepQuestion {
  readonly kind: MultiStepKind;
  /** A, B, C; the list of nearest, stacking_order and reach_count; A and B of reach_path. */
  readonly things: readonly string[];
  /** D: what distances are from. */
  readonly from?: string;
  /** The length x as it is said: "10 cm". */
  readonly within?: string;
}
