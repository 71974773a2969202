import type { ApiKey } from "./ApiKey.js";
import type { Exchange } from "./exchange.js";
import { RequestError } from "./RequestError.js";
import { retryAfterMs } from "./retryAfterMs.js";
import { errorMessage, firstWords } from "./serverWords.js";

/** HTTP states that pass by themselves. 501 says what the server cannot do at all. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** 400, 413, 422 complain of one request; the others would meet the next one too. */
function isServerFault(status: number): boolean {
  return ![400, 413, 422].includes(status);
}

/** What an answer is an answer to. */
export interface Asked {
  readonly url: string;
  readonly key: ApiKey;
  /** An image was sent: advice may speak of it. */
  readonly withImage: boolean;
}

/** @throws RequestError where the status is not 2xx: what the server said, and what one can do. */
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
      retryAfterMs: retryAfterMs(headers.get("retry-after"), Date.now()),
    },
  );
}

function adviseOn(
  status: number,
  headers: Headers,
  body: string,
  { key, withImage }: Asked,
): string {
  if (status === 401 || status === 403) {
    return key.isSet
      ? `does ${key.variable} hold the right key for this server?`
      : `put the server's API key into the environment variable ${key.variable}`;
  }
  if (status === 404) return "is the model's name right, and does the URL end in /v1?";
  if (status >= 300 && status < 400) return `it redirects to ${redirectTarget(headers)}: use that`;
  if (!withImage) return "";
  if (/context|too (long|large|many)|max.{0,20}(length|tokens)/i.test(body)) {
    return "a smaller max_side makes the image cost less";
  }
  if (/image|vision|multi-?modal|mmproj|media/i.test(body)) {
    return "does this model take images, and was the server started with its image part?";
  }
  return "";
}

function redirectTarget(headers: Headers): string {
  const location = headers.get("location") ?? "";
  if (!URL.canParse(location)) return "another path";
  const { origin, pathname } = new URL(location);
  return origin + pathname;
}
