import { RequestError } from "./RequestError.js";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there: is the server running, and on this port?",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  ECONNRESET: "the server dropped the connection",
  EPIPE: "the server dropped the connection",
  UND_ERR_SOCKET: "the server dropped the connection",
  ETIMEDOUT: "the host does not respond",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  UND_ERR_CONNECT_TIMEOUT: "the host does not respond",
  UND_ERR_HEADERS_TIMEOUT: "the server took the request and never answered",
  UND_ERR_BODY_TIMEOUT: "the server stopped in the middle of its answer",
  ERR_SSL_WRONG_VERSION_NUMBER: "the server does not speak TLS: does the URL begin with http://?",
};

/** What no other try will mend. */
const LASTING = /^(ENOTFOUND|ERR_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HPE_)/;

/**
 * Says what came between us and the server. Takes only the code of fetch's error: messages of
 * the layers below may quote headers.
 */
export function connectionFailure(url: string, error: unknown): RequestError {
  if (error instanceof Error && error.cause instanceof Error && isBadPort(error.cause)) {
    return new RequestError(
      `${url}: web clients may not use this port: let the server take another`,
    );
  }
  const code = errorCode(error);
  const reason = REASONS[code] ?? `the request failed${code && ` (${code})`}`;
  return new RequestError(`${url}: ${reason}`, { retryable: code !== "" && !LASTING.test(code) });
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
