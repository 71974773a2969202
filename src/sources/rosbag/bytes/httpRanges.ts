import { type GetRange, PassingError, RemoteError } from "./RemoteError.js";

const TIMEOUT_MS = 60_000;

/** Ranges of a file on a web server (RFC 9110, 14). */
export function httpRanges(address: string): GetRange {
  const { url, headers } = requestOf(address);
  return async (offset, length, tag) => {
    const response = await fetch(url, {
      headers: {
        ...headers,
        range: `bytes=${offset}-${offset + length - 1}`,
        // Bytes of another encoding would be others.
        "accept-encoding": "identity",
        ...(tag !== undefined && !tag.startsWith("W/") && { "if-match": tag }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new PassingError(causeOf(error), { cause: error });
    });
    if (response.status !== 206) {
      await response.body?.cancel();
      throw refusal(address, response);
    }
    const totalBytes = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]);
    if (!Number.isSafeInteger(totalBytes)) {
      throw new RemoteError(address, "the server does not say how long the file is");
    }
    const bytes = await response.arrayBuffer().catch((error: unknown) => {
      throw new PassingError(causeOf(error), { cause: error });
    });
    const etag = response.headers.get("etag");
    return { bytes: new Uint8Array(bytes), totalBytes, ...(etag !== null && { tag: etag }) };
  };
}

/** `fetch` takes no user and password in an address. */
function requestOf(address: string): { url: URL; headers: Record<string, string> } {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw new RemoteError(address, "this is no address");
  const { username, password } = url;
  if (username === "" && password === "") return { url, headers: {} };
  url.username = "";
  url.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}

function refusal(address: string, { status, statusText, headers }: Response): Error {
  if (status === 200) {
    return new RemoteError(
      address,
      "the server does not give parts of files (no answer 206 to a range); download the recording",
    );
  }
  if (status === 412) return new RemoteError(address, "the file has changed while it was read");
  if (status === 416 && headers.get("content-range")?.endsWith("/0")) {
    return new RemoteError(address, "the file is empty (0 bytes)");
  }
  const what = `the server answers ${status} ${statusText}`.trimEnd();
  return status >= 500 || status === 429 || status === 408
    ? new PassingError(what)
    : new RemoteError(address, what);
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
