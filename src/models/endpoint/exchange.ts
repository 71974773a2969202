import { RequestError } from "./RequestError.js";
import type { ApiKey } from "./ServerAccess.js";

/**
 * No answer of a model is longer; what is longer comes from something that is not such a server.
 */
const LONGEST_BODY_BYTES = 8 * 1024 * 1024;

interface ExchangeInit {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * One HTTP request and its whole response, regardless of its status. Redirects are not followed:
 * they would turn the POST into a GET.
 *
 * @throws RequestError if there is no whole response; the signal's abort error when aborted.
 */
export async function exchange(
  url: string,
  init: ExchangeInit,
  signal: AbortSignal,
): Promise<Exchange> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const body = await readBody(response, url);
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    if (signal.aborted || error instanceof RequestError) throw error;
    throw connectionFailure(url, error);
  }
}

async function readBody(response: Response, url: string): Promise<string> {
  if (!response.body) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    // Throwing out of the loop cancels the body.
    if (bytes > LONGEST_BODY_BYTES) {
      throw new RequestError(`${url}: the response is longer than ${LONGEST_BODY_BYTES} bytes`, {
        outlook: "unreached",
      });
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing is listening there: is the server running, and on this port?",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  ECONNRESET: "the server dropped the connection",
  EPIPE: "the server dropped the connection",
  UND_ERR_SOCKET: "the server dropped the connection",
  ETIMEDOUT: "the host does not respond",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  UND_ERR_CONNECT_TIMEOUT: "the host does not respond",
  UND_ERR_HEADERS_TIMEOUT: "the server accepted the request but did not answer",
  UND_ERR_BODY_TIMEOUT: "the server stopped in the middle of its response",
  ERR_SSL_WRONG_VERSION_NUMBER: "the server does not speak TLS: does the URL begin with http://?",
};

/** What a retry will not fix. */
const LASTING = /^(ENOTFOUND|ERR_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HPE_)/;

/**
 * Says what came between us and the server. Takes only the code of fetch's error: messages of
 * the layers below may quote headers.
 */
function connectionFailure(url: string, error: unknown): RequestError {
  if (error instanceof Error && error.cause instanceof Error && isBadPort(error.cause)) {
    return new RequestError(
      `${url}: web clients must not use this port: run the server on another port`,
      { outlook: "lasting" },
    );
  }
  const code = errorCode(error);
  const reason = REASONS[code] ?? `the request failed${code && ` (${code})`}`;
  const retryable = code !== "" && !LASTING.test(code);
  return new RequestError(`${url}: ${reason}`, { retryable, outlook: "unreached" });
}

/** Ports of other protocols (fetch standard, "bad port"): 6000, 6666, 10080, … */
function isBadPort({ message }: Error): boolean {
  return message === "bad port";
}

/** fetch wraps the socket's error once; Happy Eyeballs puts several into an AggregateError. */
function errorCode(error: unknown): string {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    const { code } = inner as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
  }
  return "";
}

/** HTTP states that pass by themselves. 501 says what the server cannot do at all. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** 400, 413, 422 complain of one request; the others would meet the next one too. */
function isServerFault(status: number): boolean {
  return ![400, 413, 422].includes(status);
}

/** What other tries come to. Redirects, missing keys and unknown models stay as they are. */
function outlookOf(status: number): RequestError["outlook"] {
  if (isPassing(status)) return undefined;
  return isServerFault(status) ? "lasting" : "rejected";
}

/** What an answer is an answer to. */
export interface Asked {
  readonly url: string;
  readonly key: ApiKey;
  /** An image was sent: advice may speak of it. */
  readonly withImage: boolean;
}

/** @throws RequestError if the status is not 2xx: what the server said, and what one can do. */
export function checkStatus({ status, headers, body }: Exchange, asked: Asked): void {
  if (status >= 200 && status < 300) return;
  const said = firstWords(errorMessage(body));
  const advice = adviseOn(status, headers, body, asked);
  throw new RequestError(
    `${asked.url}: HTTP ${status}${said && `: ${said}`}${advice && ` (${advice})`}`,
    {
      status,
      body,
      retryable: isPassing(status),
      serverFault: isServerFault(status),
      outlook: outlookOf(status),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), Date.now()),
    },
  );
}

function adviseOn(
  status: number,
  headers: Headers,
  body: string,
  { url, key, withImage }: Asked,
): string {
  if (status === 401 || status === 403) {
    return key.isSet
      ? `does ${key.variable} contain the right key for this server?`
      : `put the server's API key into the environment variable ${key.variable}`;
  }
  if (status === 404) return "is the model's name right, and does the URL end in /v1?";
  if (status >= 300 && status < 400)
    return `it redirects to ${key.redact(redirectTarget(headers, url))}: use that`;
  if (status === 429) return "fewer requests at a time: concurrency, rate_per_minute";
  if (!withImage) return "";
  if (/context|too (long|large|many)|max.{0,20}(length|tokens)/i.test(body)) {
    return "a smaller max_side reduces the tokens of the image";
  }
  if (/image|vision|multi-?modal|mmproj|media/i.test(body)) {
    return "does this model accept images, and was the server started with its image part?";
  }
  return "";
}

function redirectTarget(headers: Headers, from: string): string {
  const location = headers.get("location") ?? "";
  if (location === "" || !URL.canParse(location, from)) return "another path";
  const { origin, pathname } = new URL(location, from);
  return origin + pathname;
}

/** No server may stop the work for longer than this with one header: then it is tried again. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/** No server means more: a year. */
const LAST_RETRY_AFTER_MS = 365 * 86_400_000;

/**
 * How long a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date) asks to wait, in ms, at
 * most a year; 0 if it is absent, past or nonsense.
 */
export function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = header.trim();
  const waitMs = /^\d+(\.\d+)?$/.test(seconds)
    ? Number(seconds) * 1000
    : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), LAST_RETRY_AFTER_MS);
}

/** The message inside an error body of the shapes that servers use, or the whole body. */
export function errorMessage(body: string): string {
  try {
    const json = JSON.parse(body) as {
      error?: { message?: unknown } | string;
      message?: unknown;
      detail?: unknown;
    } | null;
    const error = json?.error;
    const message = typeof error === "object" ? error?.message : error;
    const found = message ?? json?.message ?? json?.detail;
    return found === undefined ? body : typeof found === "string" ? found : JSON.stringify(found);
  } catch {
    return body;
  }
}

/** The beginning of a text on one line, without control characters. */
export function firstWords(text: string, length = 200): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length)}…`;
}
