import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerResponse } from "node:http";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { UserError } from "../base/index.js";
import type { BodyType } from "./BodyType.js";
import { answerType, MSGPACK_TYPES, parseBody, writeBody } from "./bodies.js";
import {
  BodyError,
  BodySizeError,
  BusyError,
  HeadError,
  MediaTypeError,
  OriginError,
  PathError,
  TokenError,
} from "./errors.js";
import { Load } from "./Load.js";
import { PROBLEM_TYPE, type Problem, problemText } from "./problem.js";

export interface HttpLimits {
  /** The largest body, bytes. */
  readonly bodyBytes: number;
  /** Of all bodies that are with the server at one time, bytes. */
  readonly bytesInFlight: number;
}

export interface HttpOptions {
  readonly limits: HttpLimits;
  /** What `Authorization: Bearer …` has to be; anybody is served where absent. */
  readonly token?: string;
  /** Paths that anybody may ask for. */
  readonly open?: readonly string[];
  /** What an error is for the client; `problemOf` and whoever counts it. */
  readonly problem: (error: unknown) => Problem;
}

/** An HTTP server before its routes are added. What a handler returns is written as the client reads. */
export type HttpApp = FastifyInstance & {
  /** What requests and half-sent messages hold. */
  readonly load: Load;
};

/** A client that takes longer to send one request has gone, ms. */
const REQUEST_MS = 60_000;

/**
 * An HTTP server that speaks JSON and msgpack, answers every error with a Problem, and refuses what
 * is too large, has no token, or comes from a page in a browser.
 */
export function createHttp({ limits, token, open = [], problem }: HttpOptions): HttpApp {
  const { bodyBytes, bytesInFlight } = limits;
  const server = fastify({
    bodyLimit: bodyBytes,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: "idle",
    // Ids and names in paths are short.
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (_, { url }, reply) => {
      const nothing = new PathError(`nothing is at ${url.slice(0, 200)}`);
      return sendProblem(reply, problem(nothing), nothing);
    },
    clientErrorHandler(error, socket) {
      if (error.code === "ECONNRESET" || socket.destroyed) return;
      const what = new HeadError(error.code);
      socket.end(problemText(problem(what)));
    },
  });
  const load = new Load(bytesInFlight);
  const app: HttpApp = Object.assign(server, { load });
  app.server.on("checkExpectation", (_, response: ServerResponse) => {
    const found = problem(new HeadError("EXPECTATION"));
    const body = JSON.stringify(found);
    const length = Buffer.byteLength(body);
    const headers = { "content-type": PROBLEM_TYPE, "content-length": length, connection: "close" };
    response.writeHead(found.status, headers).end(body);
  });
  app.removeAllContentTypeParsers();
  const parser = (type: BodyType) => async (request: FastifyRequest, body: Buffer) => {
    if (body.length === 0) return undefined;
    return parseBody(body, type, (values) => load.addValues(request, values));
  };
  const parseAs = { parseAs: "buffer" } as const;
  app.addContentTypeParser("application/json", parseAs, parser("application/json"));
  app.addContentTypeParser(MSGPACK_TYPES, parseAs, parser("application/msgpack"));

  app.addHook("onRequest", async (request, reply) => {
    const { headers, url } = request;
    if (headers.origin !== undefined) {
      throw new OriginError("this server is not for pages in browsers: it takes no Origin header");
    }
    const [path] = url.split("?");
    if (token !== undefined && !open.includes(path ?? "")) checkToken(headers.authorization, token);
    const told = Number(headers["content-length"]);
    if (told > bodyBytes) throw tooLarge(bodyBytes);
    const isChunked = headers["transfer-encoding"] !== undefined;
    const size = isChunked ? bodyBytes : Number.isFinite(told) ? told : 0;
    if (size === 0) return;
    load.add(request, size);
    reply.raw.once("close", () => load.remove(request));
  });

  app.addHook("preSerialization", async (request, reply, payload) => {
    if (reply.getHeader("content-type") === PROBLEM_TYPE) return payload;
    const { accept, "content-type": sent } = request.headers;
    const type = answerType(accept, sent);
    // fastify sends Buffers as well as strings, and its types know the latter alone.
    reply.type(type).serializer((value: unknown) => writeBody(value, type) as unknown as string);
    return payload;
  });

  app.setNotFoundHandler(({ method, url }, reply) => {
    const nothing = new PathError(`nothing is at ${method} ${url.slice(0, 200)}`);
    return sendProblem(reply, problem(nothing), nothing);
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const known = knownError(error, bodyBytes);
    return sendProblem(reply, problem(known), known);
  });
  return app;
}

function sendProblem(reply: FastifyReply, problem: Problem, error: unknown): FastifyReply {
  if (error instanceof BusyError) void reply.header("retry-after", String(error.retryAfterS));
  if (error instanceof TokenError) void reply.header("www-authenticate", "Bearer");
  // OpenAI's clients look for the message there.
  const { detail: message, code, title } = problem;
  const body = { ...problem, error: { message, code, type: title } };
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(body);
}

/** What fastify itself found, in our words. */
function knownError(error: FastifyError, bodyBytes: number): unknown {
  if (error instanceof UserError) return error;
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return tooLarge(bodyBytes);
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new MediaTypeError("send application/json or application/msgpack");
    default:
      // A body that stopped half-way, a bad path, a wrong Content-Length.
      return error.statusCode !== undefined && error.statusCode < 500
        ? new BodyError(error.message, { cause: error })
        : error;
  }
}

function tooLarge(bodyBytes: number): BodySizeError {
  return new BodySizeError(`a body may have ${bodyBytes} bytes: send fewer or smaller images`);
}

/** In constant time: how much of a token is right takes no time to say. */
function checkToken(authorization: string | undefined, token: string): void {
  const [, given = ""] = /^Bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (timingSafeEqual(digest(given), digest(token))) return;
  throw new TokenError(
    authorization === undefined
      ? "this server wants its token: Authorization: Bearer TOKEN"
      : "the token is wrong",
  );
}
