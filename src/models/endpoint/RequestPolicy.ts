import { setTimeout as sleep } from "node:timers/promises";
import {
  BrokenCircuitError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  TimeoutStrategy,
  timeout,
} from "cockatiel";
import { abortable } from "../abortable.js";
import type { VlmUsage } from "../SpatialVlm.js";
import type { RequestSettings } from "./EndpointSettings.js";
import { LONGEST_RETRY_AFTER_MS } from "./exchange.js";
import { isOver, RequestError, restated } from "./RequestError.js";

type Attempt<T> = (signal: AbortSignal) => Promise<T>;

const LIMIT_S = 60;

/** The stream stands still until then: the rewards come in the order of their images. */
const LIVE_LIMIT_S = 10;

const LONGEST_BACKOFF_MS = 30_000;

/** A live stream gains nothing by tries that begin later than this: it is to refuse, and say why. */
const LONGEST_PAUSE_MS = 2000;

/** How long a Retry-After a request waits for, ms; one that asks for more is given up at once. */
function longestPauseMs({ longestPauseMs = LONGEST_PAUSE_MS }: RequestSettings): number {
  return longestPauseMs;
}

/**
 * Whether a try that begins in `waitMs` is worth its wait. In a live stream the newest image is the
 * better one to try with.
 *
 * @param sinceMs when the first try began, on the clock of `performance`
 * @param askedMs what of it the server's Retry-After asks for
 */
export function isWorthWaiting(
  settings: RequestSettings,
  sinceMs: number,
  { waitMs, askedMs }: { readonly waitMs: number; readonly askedMs: number },
): boolean {
  if (askedMs > longestPauseMs(settings)) return false;
  return !settings.live || performance.now() - sinceMs + waitMs <= LONGEST_PAUSE_MS;
}

/** Within which a request has to be answered; in a live stream, all of those about an image. */
export function timeLimitS({ timeoutS, live = false }: RequestSettings): number {
  return timeoutS ?? (live ? LIVE_LIMIT_S : LIMIT_S);
}

export function timeoutError(
  server: string,
  limitS: number,
  info: { readonly serverFault: boolean },
): RequestError {
  const text = `${server}: no answer within ${limitS} s (timeout_s)`;
  return new RequestError(text, { reason: "timeout", ...info });
}

/**
 * How requests to one server are made: so many at a time and a minute, each with its time-out,
 * again after failures that pass, and not at all for a while after too many failures in a row, nor
 * when the budget is spent. A Retry-After holds all requests up; during a long one they are refused at
 * once, with what the server said. A request that waits for its retry keeps its place, so that a
 * server that is overrun gets less to do. It counts for the breaker once, with all its retries. An
 * open breaker lets one request through after its pause (half-open), without retries; others wait
 * for what becomes of it. In a live stream nobody waits: a copy of a request is let through, and all are
 * refused until it was answered.
 */
export class RequestPolicy {
  readonly #settings: RequestSettings;
  readonly #usage: UsageCounters;
  readonly #server: string;
  readonly #bulkhead;
  readonly #timeout;
  readonly #breaker;
  readonly #pace: RequestPace;
  readonly #budget: Budget;
  #isProbing = false;
  /** What the server said when it last asked for a long pause. */
  #pauseWanted: RequestError | undefined;

  constructor(server: string, settings: RequestSettings, usage: UsageCounters) {
    this.#server = server;
    this.#settings = settings;
    this.#usage = usage;
    this.#pace = new RequestPace(settings.ratePerMinute);
    this.#budget = new Budget(settings, usage);
    this.#bulkhead = bulkhead(settings.concurrency, Number.POSITIVE_INFINITY);
    this.#timeout = timeout(timeLimitS(settings) * 1000, TimeoutStrategy.Cooperative);
    this.#breaker = circuitBreaker(
      handleWhen((error) => error instanceof RequestError && error.serverFault),
      {
        halfOpenAfter: settings.breakerS * 1000,
        breaker: new ConsecutiveBreaker(settings.breakerAfter),
      },
    );
  }

  /** What the tokens so far have cost. */
  get cost(): number {
    return this.#budget.cost;
  }

  /**
   * @param attempt Makes the request once; called again for each retry.
   * @param signal Aborts with a RequestError where the time for the request is over.
   * @throws RequestError if the request is given up; the signal's reason when aborted.
   */
  async run<T>(attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    let isSent = false;
    const send: Attempt<T> = (limited) => {
      isSent = true;
      return attempt(limited);
    };
    // The bulkhead is not given the signal: an aborted call in its queue would strand the rest.
    const work = this.#bulkhead.execute(async () => {
      signal.throwIfAborted();
      const leftMs = this.#pace.pauseLeftMs(performance.now());
      if (this.#pauseWanted && leftMs > longestPauseMs(this.#settings)) throw this.#pauseWanted;
      if (this.#settings.live && this.#breaker.state !== CircuitState.Closed) {
        this.#probe(attempt);
        throw this.#brokenError();
      }
      return await this.#breaker.execute(() => this.#withRetries(send, signal));
    });
    try {
      return await abortable(work, signal);
    } catch (error) {
      if (signal.aborted && !isOver(signal)) throw signal.reason;
      this.#usage.failures++;
      // Only what was sent is the server's fault.
      if (isOver(signal)) throw isSent ? this.#timeoutError() : signal.reason;
      throw error instanceof BrokenCircuitError ? this.#brokenError() : error;
    }
  }

  /** Tries a server whose pause is over; the stream goes on meanwhile. */
  #probe<T>(attempt: Attempt<T>): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const { closing: signal = new AbortController().signal } = this.#settings;
    this.#breaker
      .execute(() => this.#withRetries(attempt, signal))
      .catch(() => undefined)
      .finally(() => {
        this.#isProbing = false;
      });
  }

  /** cockatiel's own retry sleeps through an abort and knows no Retry-After. */
  async #withRetries<T>(attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    const isProbe = this.#breaker.state !== CircuitState.Closed;
    const retries = isProbe ? 0 : this.#settings.retries;
    const initialDelay = this.#settings.backoffS * 1000;
    const sinceMs = performance.now();
    let backoff = new ExponentialBackoff({ initialDelay, maxDelay: LONGEST_BACKOFF_MS }).next();
    let waitMs = this.#pace.waitMs(performance.now());
    for (let tries = 0; ; tries++) {
      this.#budget.check();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      try {
        return await this.#once(attempt, signal);
      } catch (error) {
        const askedMs = error instanceof RequestError ? error.retryAfterMs : 0;
        const nowMs = performance.now();
        const isPaused = this.#pace.pauseLeftMs(nowMs) > 0;
        this.#pace.pauseUntil(nowMs + Math.min(askedMs, LONGEST_RETRY_AFTER_MS));
        const wish =
          error instanceof RequestError &&
          askedMs > LONGEST_PAUSE_MS &&
          restated(error, wishOf(error));
        if (wish && askedMs > longestPauseMs(this.#settings)) {
          this.#pauseWanted = wish;
          throw wish;
        }
        const wait = { waitMs: Math.max(backoff.duration, askedMs), askedMs };
        const mayRetry =
          error instanceof RequestError &&
          error.retryable &&
          tries < retries &&
          isWorthWaiting(this.#settings, sinceMs, wait);
        if (!mayRetry) throw tries > 0 ? afterTries(error, tries + 1) : error;
        if (wish && !isPaused) this.#settings.onPause?.(wish.message);
        waitMs = Math.max(wait.waitMs, this.#pace.waitMs(nowMs));
        backoff = backoff.next(undefined);
        this.#usage.retries++;
      }
    }
  }

  async #once<T>(attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    // Others may have spent it during the wait.
    this.#budget.check();
    this.#usage.requests++;
    return await this.#timeout.execute(async ({ signal: limited }) => {
      try {
        return await attempt(limited);
      } catch (error) {
        if (!isOver(signal)) signal.throwIfAborted();
        throw limited.aborted ? this.#timeoutError() : error;
      }
    }, signal);
  }

  #timeoutError(): RequestError {
    return timeoutError(this.#server, timeLimitS(this.#settings), { serverFault: true });
  }

  #brokenError(): RequestError {
    const last = this.#breaker.lastFailure;
    const why = last && "error" in last ? ` The last error: ${last.error.message}` : "";
    return new RequestError(
      `${this.#server}: not asked, because ${this.#settings.breakerAfter} requests in a row ` +
        `failed; it will be tried again after ${this.#settings.breakerS} s.${why}`,
      { outlook: last && "error" in last ? outlookOf(last.error) : undefined },
    );
  }
}

function wishOf({ message, retryAfterMs }: RequestError): string {
  const wanted = inWords(retryAfterMs);
  if (retryAfterMs <= LONGEST_RETRY_AFTER_MS) {
    return `${message}; not asked for ${wanted}, as the server wants (Retry-After)`;
  }
  return (
    `${message}; the server wants no request for ${wanted} (Retry-After), and is tried again in ` +
    `${inWords(LONGEST_RETRY_AFTER_MS)}: is a quota of its account used up? Wait, or name another model`
  );
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes <= 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function outlookOf(error: unknown): RequestError["outlook"] {
  return error instanceof RequestError ? error.outlook : undefined;
}

function afterTries(error: unknown, tries: number): unknown {
  return error instanceof RequestError
    ? restated(error, `${error.message} (${tries} tries)`)
    : error;
}

/**
 * When requests may be sent: evenly spaced under a rate limit, and not before a server that asked
 * for a pause wants to hear from anyone again.
 */
export class RequestPace {
  readonly #spacingMs: number;
  #nextMs = 0;
  #pausedUntilMs = 0;

  constructor(ratePerMinute: number | undefined) {
    this.#spacingMs = ratePerMinute === undefined ? 0 : 60_000 / ratePerMinute;
  }

  /** Takes the next free place: how long from now its request has to wait, ms. */
  waitMs(nowMs: number): number {
    const atMs = Math.max(nowMs, this.#pausedUntilMs, this.#nextMs);
    this.#nextMs = atMs + this.#spacingMs;
    return atMs - nowMs;
  }

  /** How long the pause that the server asked for still lasts, ms. */
  pauseLeftMs(nowMs: number): number {
    return Math.max(0, this.#pausedUntilMs - nowMs);
  }

  /** The server wants no request before this time. */
  pauseUntil(untilMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }
}

const MILLION = 1_000_000;

/** What a session may cost, in requests, tokens and money. */
class Budget {
  readonly #settings: RequestSettings;
  readonly #usage: UsageCounters;

  /** @param usage Read at every request: it counts during the session. */
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
      return `the budget of ${budgetCalls} calls is used up (budget_calls)`;
    }
    if (budgetTokens !== undefined && promptTokens + completionTokens >= budgetTokens) {
      return `the budget of ${budgetTokens} tokens is used up (budget_tokens)`;
    }
    if (budgetCost !== undefined && this.cost >= budgetCost) {
      return `the budget of ${budgetCost} is used up (budget_cost)`;
    }
    return undefined;
  }
}

type Counter = Exclude<keyof VlmUsage, "cost" | "notes">;

/** Counts as the requests go. */
export type UsageCounters = { -readonly [K in Counter]: number } & { readonly notes: string[] };

export function zeroUsage(): UsageCounters {
  return {
    requests: 0,
    retries: 0,
    failures: 0,
    promptTokens: 0,
    completionTokens: 0,
    cacheHits: 0,
    cacheFailures: 0,
    notes: [],
  };
}

export function addNote(usage: UsageCounters, note: string): void {
  if (!usage.notes.includes(note)) usage.notes.push(note);
}
