import type { Refusal } from "../../language/index.js";

export type RequestFailure = "timeout" | "transport" | "budget";

interface RequestErrorInfo {
  readonly reason?: RequestFailure;
  /** Another try may do better. */
  readonly retryable?: boolean;
  /** Speaks of the server, not of this one request: too many in a row open the breaker. */
  readonly serverFault?: boolean;
  /** What the refusal says of another try. */
  readonly outlook?: Refusal["outlook"];
  readonly status?: number;
  /** What the server said. */
  readonly body?: string;
  /** How long the server asked to be left alone, from its Retry-After header. */
  readonly retryAfterMs?: number;
}

/** A request that brought no usable answer; its message is the detail of a refusal. */
export class RequestError extends Error {
  readonly reason: RequestFailure;
  readonly retryable: boolean;
  readonly serverFault: boolean;
  readonly outlook: Refusal["outlook"];
  readonly status: number | undefined;
  readonly body: string;
  readonly retryAfterMs: number;

  constructor(message: string, info: RequestErrorInfo = {}) {
    super(message);
    this.name = "RequestError";
    this.reason = info.reason ?? "transport";
    this.retryable = info.retryable ?? false;
    this.serverFault = info.serverFault ?? true;
    this.status = info.status;
    this.body = info.body ?? "";
    this.retryAfterMs = info.retryAfterMs ?? 0;
    this.outlook = info.outlook;
  }

  toRefusal(): Refusal {
    const { reason, message: detail, outlook } = this;
    return { reason, detail, ...(outlook && { outlook }) };
  }
}

/** The same failure in other words. */
export function restated(
  error: RequestError,
  message: string,
  body: string = error.body,
): RequestError {
  const { status, ...info } = error;
  return new RequestError(message, { ...info, body, ...(status !== undefined && { status }) });
}

/** The same failure with other texts. */
export function withTexts(error: RequestError, change: (text: string) => string): RequestError {
  return restated(error, change(error.message), change(error.body));
}

/** Not aborted by a user: the time is over. */
export function isOver(signal: AbortSignal): boolean {
  return signal.reason instanceof RequestError;
}

/** The server understood the request and rejects it. */
export function isRejection(error: unknown): error is RequestError {
  return error instanceof RequestError && (error.status === 400 || error.status === 422);
}
