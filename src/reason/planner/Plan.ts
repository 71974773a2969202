import type { SpatialAnswer } from "../../language/index.js";
import type { Calculated } from "../Step.js";

/** How a question is taken apart: what to ask, what to calculate from it, what that means. */
export interface Plan {
  /** Simple questions in words. */
  readonly asks: readonly string[];
  /**
   * Expressions over the names of the answers, in the order of `asks`. The last decides, where
   * the answer is yes or no. They are the first of the conversation: `c1`, `c2`, ….
   */
  calculations(names: readonly string[]): readonly string[];
  conclude(
    results: readonly Calculated[],
    answers: readonly SpatialAnswer[],
  ): { readonly answer: string; readonly because: string };
}
