import { z } from "zod";
import { number } from "../endpoint/settingTypes.js";

/** When a chain of models takes an answer for doubtful and asks the next model. */
export const chainSettings = z.strictObject({
  maxSigma: number(0, 100)
    .optional()
    .describe("a length with a larger sigma is doubtful, metres. Unset: none is for that"),
  maxSigmaRatio: number(0, 10)
    .optional()
    .describe(
      "a length whose sigma is a larger part of it is doubtful; with `max_sigma`, one that exceeds both",
    ),
  minConfidence: number(0, 1)
    .optional()
    .describe("a yes, no, choice or relation of less confidence is doubtful"),
});

export type ChainSettings = z.output<typeof chainSettings>;
