import { UserError } from "../base/index.js";
import type { Threshold, VqaSplitName } from "../evaluate/index.js";

export interface EvaluateAnswersOptions {
  readonly vlm?: string;
  readonly split?: VqaSplitName;
  readonly output?: string;
  readonly images?: number;
  readonly probes?: number;
  readonly seed: number;
  readonly wait?: bigint;
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly min: readonly Threshold[];
  readonly max: readonly Threshold[];
}

/** Options that do not go together. */
export class EvaluateAnswersError extends UserError {
  override readonly code = "evaluation.options";
  override readonly exitCode = 2;
}
