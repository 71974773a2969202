import { Option } from "commander";
import { UserError } from "../base/index.js";
import { type FailedThreshold, parseThreshold, type Threshold } from "../evaluate/index.js";

/** Figures did not keep their `--min` or `--max`. */
export class ThresholdsFailed extends UserError {
  override readonly code = "evaluation.failed";

  constructor(failed: readonly FailedThreshold[]) {
    const lines = failed.map(({ figureKey, figure, bound, limit }) => {
      const { value, n = 0, of = 0 } = figure ?? {};
      const is = value === undefined ? "has no value" : `is ${value.toPrecision(6)}`;
      return `  ${figureKey} ${is} (n = ${n}/${of}), the ${bound} is ${limit}`;
    });
    super(`${failed.length} of the thresholds failed:\n${lines.join("\n")}`);
  }
}

/** The repeatable `--min KEY=VALUE` or `--max KEY=VALUE` of every evaluation. */
export function thresholdOption(bound: Threshold["bound"]): Option {
  const words = bound === "min" ? "lower" : "higher";
  return new Option(`--${bound} <key=value>`, `fail if the figure is ${words} (repeatable)`)
    .argParser((text: string, previous: readonly Threshold[]): readonly Threshold[] => [
      ...previous,
      parseThreshold(bound, text),
    ])
    .default([], "none");
}
