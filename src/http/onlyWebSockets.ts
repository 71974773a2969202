import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpApp } from "./createHttp.js";
import { HeadError } from "./errors.js";
import { type Problem, problemText } from "./problem.js";

/**
 * Lets through the handshakes of WebSockets. A request that asks for another protocol (`Upgrade: h2c`, as
 * clients of HTTP/2 do at first) is answered as if it did not, which RFC 9110, 7.8 allows, if it has no
 * body; what else is no handshake gets a Problem.
 *
 * @param app with `@fastify/websocket`, which would leave the answer to `ws`
 */
export function onlyWebSockets(app: HttpApp, problem: (error: unknown) => Problem): void {
  const takers = app.server.listeners("upgrade");
  app.server.removeAllListeners("upgrade");
  const take = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node takes its own listener away with the first byte of another protocol.
    socket.on("error", () => socket.destroy());
    if (isWebSocket(request)) {
      if (isHandshake(request))
        for (const taker of takers) taker.call(app.server, request, socket, head);
      else socket.end(problemText(problem(new HeadError("UPGRADE"))));
    } else if (hasBody(request)) socket.end(problemText(problem(new HeadError("UPGRADE"))));
    else answerPlainly(app, request, socket);
  };
  app.server.on("upgrade", take);
  app.addHook("preClose", async () => void app.server.off("upgrade", take));
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return /^websocket$/i.test(headers.upgrade?.trim() ?? "");
}

/** RFC 6455, 4.2.1; version 8 is that of its drafts. */
function isHandshake({ method, headers }: IncomingMessage): boolean {
  const key = headers["sec-websocket-key"] ?? "";
  const version = headers["sec-websocket-version"] ?? "";
  return method === "GET" && /^[+/0-9A-Za-z]{22}==$/.test(key) && /^(13|8)$/.test(version);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

/** Node reads no further request from the connection: it ends with the answer. */
function answerPlainly(app: HttpApp, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.on("finish", () => socket.end());
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  app.routing(request, response);
}
