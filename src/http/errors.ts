import { UserError } from "../base/index.js";

/** The bytes of a body are not what its Content-Type says. */
export class BodyError extends UserError {
  override readonly code = "request.body";
  readonly status = 400;
}

const HEADS: Readonly<Record<string, readonly [status: number, what: string]>> = {
  UPGRADE: [
    400,
    "the request asks for another protocol (Upgrade), and is no handshake of a WebSocket that can be " +
      "answered here: leave the header out, or see docs/serve.md for streams",
  ],
  EXPECTATION: [417, "the request expects something (Expect) that this server does not do"],
  HPE_HEADER_OVERFLOW: [431, "the headers of the request are too long"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "the request has too much beside its body"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "the request was not complete in time"],
};

/** The bytes of a request are no HTTP, or too slow. */
export class HeadError extends UserError {
  override readonly code = "request.head";
  readonly status: number;

  /** @param cause Node's code, `EXPECTATION` or `UPGRADE` */
  constructor(cause: string) {
    const [status, what] = HEADS[cause] ?? [400, "the request is no HTTP that can be read"];
    super(what);
    this.status = status;
  }
}

/** A body, or what it asks for, is larger than the server takes. */
export class BodySizeError extends UserError {
  override readonly code = "request.size";
  readonly status = 413;
}

/** A body of a type that this server does not read. */
export class MediaTypeError extends UserError {
  override readonly code = "request.type";
  readonly status = 415;
}

/** A field of a body is missing, unknown or wrong; the message names it. */
export class FieldError extends UserError {
  override readonly code = "request.field";
  readonly status = 422;
}

/** The token of the server is missing or wrong. */
export class TokenError extends UserError {
  override readonly code = "request.token";
  readonly status = 401;
}

/** The request comes from a page in a browser. */
export class OriginError extends UserError {
  override readonly code = "request.origin";
  readonly status = 403;
}

/** There is nothing at that address. */
export class PathError extends UserError {
  override readonly code = "request.path";
  readonly status = 404;
}

/** More waits than the server takes: the same request is welcome later. */
export class BusyError extends UserError {
  override readonly code = "server.busy";
  readonly status = 429;

  constructor(
    message: string,
    /** When it may be worth another try, s. */
    readonly retryAfterS = 1,
  ) {
    super(message);
  }
}

/** The server is about to end. */
export class ClosingError extends UserError {
  override readonly code = "server.closing";
  readonly status = 503;
}

/** The server cannot listen there. */
export class ListenError extends UserError {
  override readonly code = "server.address";
  override readonly exitCode = 2;
}
