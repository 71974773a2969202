import { connectionFailure } from "./connectionFailure.js";
import { RequestError } from "./RequestError.js";

/** No answer of a model is longer; what is longer comes from something that is no such server. */
const LONGEST_BODY_BYTES = 8 * 1024 * 1024;

export interface ExchangeInit {
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
 * One HTTP request and its whole response, whatever its status. Redirects are not followed: they
 * would turn the POST into a GET.
 *
 * @throws RequestError where there is no whole response; the signal's abort error when aborted.
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
      throw new RequestError(`${url}: the response is longer than ${LONGEST_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
