import { integer, number } from "./settingTypes.js";

/** Settings that hold what a session may cost; a session is the life of the model object. */
export const limitSettings = {
  ratePerMinute: number(0.1, 100000)
    .optional()
    .describe("requests a minute at most, evenly spaced"),
  budgetCalls: integer(1, 1_000_000_000)
    .optional()
    .describe("requests of a session, retries included; then nothing is asked any more"),
  budgetTokens: integer(1, 1_000_000_000_000)
    .optional()
    .describe("tokens of a session, in and out, as the server counts them"),
  budgetCost: number(0, 1_000_000)
    .optional()
    .describe("cost of a session, in the currency of the prices"),
  priceIn: number(0, 1_000_000).default(0).describe("price of a million tokens of prompt"),
  priceOut: number(0, 1_000_000).default(0).describe("price of a million tokens of answer"),
};
