import type { RequestSettings } from "./EndpointSettings.js";
import { addNote, type UsageCounters } from "./EndpointUsage.js";
import { RequestError } from "./RequestError.js";

const MILLION = 1_000_000;

/** What a session may cost, in requests, tokens and money. */
export class Budget {
  readonly #settings: RequestSettings;
  readonly #usage: UsageCounters;

  /** @param usage Read at every request: it counts while the session goes on. */
  constructor(settings: RequestSettings, usage: UsageCounters) {
    this.#settings = settings;
    this.#usage = usage;
  }

  /** Of the tokens so far, in the currency of the prices. */
  get cost(): number {
    const { priceIn = 0, priceOut = 0 } = this.#settings;
    const { promptTokens, completionTokens } = this.#usage;
    return (priceIn * promptTokens + priceOut * completionTokens) / MILLION;
  }

  /** @throws RequestError (`budget`) where a cap is reached, which is noted in the usage. */
  check(): void {
    const spent = this.#spent();
    if (spent === undefined) return;
    addNote(this.#usage, spent);
    throw new RequestError(`not asked: ${spent}`, { reason: "budget", serverFault: false });
  }

  #spent(): string | undefined {
    const { budgetCalls, budgetTokens, budgetCost } = this.#settings;
    const { requests, promptTokens, completionTokens } = this.#usage;
    if (budgetCalls !== undefined && requests >= budgetCalls) {
      return `the budget of ${budgetCalls} calls is spent (budget_calls)`;
    }
    if (budgetTokens !== undefined && promptTokens + completionTokens >= budgetTokens) {
      return `the budget of ${budgetTokens} tokens is spent (budget_tokens)`;
    }
    if (budgetCost !== undefined && this.cost >= budgetCost) {
      return `the budget of ${budgetCost} is spent (budget_cost)`;
    }
    return undefined;
  }
}
