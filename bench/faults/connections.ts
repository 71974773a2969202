import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { decode } from "@msgpack/msgpack";
import { WebSocket } from "ws";
import type { Random } from "../../src/base/index.js";
import type { ServedProcess } from "./ServedProcess.js";

const JSON_HEAD = "Host: x\r\nContent-Type: application/json\r\n";
const UPGRADE =
  "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";

/** What is no HTTP, or hardly: bytes, with the session's path and the token's header at hand. */
const BYTES: readonly ((path: string, auth: string) => string)[] = [
  () => "\u0000\u0001\u0002\u0003\r\n\r\n",
  () => "GET\r\n\r\n",
  () => "GET / HTTP/9.9\r\n\r\n",
  () => "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
  () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  (_, auth) => `GET /health HTTP/1.1\r\n${auth}X: ${"a".repeat(100_000)}\r\n\r\n`,
  (_, auth) => `GET /${"a".repeat(70_000)} HTTP/1.1\r\n${auth}Host: x\r\n\r\n`,
  (_, auth) => `GET /health HTTP/1.1\r\n${auth}Host: x\r\n${"A: b\r\n".repeat(3000)}\r\n`,
  (_, auth) => `GET /health HTTP/1.1\r\n${auth}Bad\u0000Name: b\r\n\r\n`,
  (path, auth) => `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Content-Length: -5\r\n\r\n{}`,
  (path, auth) =>
    `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}`,
  (path, auth) =>
    `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}`,
  (path, auth) =>
    `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  (path, auth) =>
    `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
  (path, auth) => `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Expect: tea\r\n\r\n`,
  (path, auth) =>
    `${`POST ${path}/reset HTTP/1.1\r\n${auth}${JSON_HEAD}Content-Length: 2\r\n\r\n{}`.repeat(50)}`,
  (_, auth) => `CONNECT evil.example:443 HTTP/1.1\r\n${auth}Host: x\r\n\r\n`,
  (_, auth) => `GET http://evil.example/ HTTP/1.1\r\n${auth}Host: x\r\n\r\n`,
  (path, auth) => `GET ${path}/stream HTTP/1.1\r\n${auth}Host: x\r\n\r\n`,
  (path, auth) => `GET ${path}/stream HTTP/1.1\r\n${auth}${UPGRADE}\r\n`,
  (path, auth) =>
    `GET ${path}/stream HTTP/1.1\r\n${auth}${UPGRADE}Sec-WebSocket-Key: short\r\n\r\n`,
  (path, auth) =>
    `POST ${path}/stream HTTP/1.1\r\n${auth}${UPGRADE}Sec-WebSocket-Key: ${KEY_16}\r\n\r\n`,
  (_, auth) => `GET /metrics HTTP/1.1\r\n${auth}${UPGRADE}Sec-WebSocket-Key: ${KEY_16}\r\n\r\n`,
  (_, auth) =>
    `GET /health HTTP/1.1\r\n${auth}Host: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n`,
  (path, auth) =>
    `POST ${path}/reset HTTP/1.1\r\n${auth}${JSON_HEAD}Upgrade: tea\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\n{}`,
  (_, auth) => `GET /nothing HTTP/1.1\r\n${auth}${UPGRADE}Sec-WebSocket-Key: ${KEY_16}\r\n\r\n`,
];
const KEY_16 = Buffer.alloc(16, 7).toString("base64");

/** A client does not wait longer for what may never come, ms. */
const MOST_WAIT_MS = 300;

/** Sends bytes that are no request, and hangs up or is hung up on. @returns what was answered */
export async function sendBytes(
  server: ServedProcess,
  session: string,
  auth: string,
  random: Random,
): Promise<{ readonly name: string; readonly answer: string }> {
  const at = random.integer(0, BYTES.length - 1);
  const socket = await server.connect();
  socket.write(Buffer.from(BYTES[at]?.(`/v1/sessions/${session}`, auth) ?? "", "latin1"));
  const answer = await received(socket);
  socket.destroy();
  return { name: `bytes ${at}`, answer };
}

async function received(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const done = new AbortController();
  await Promise.race([
    once(socket, "close", { signal: done.signal }).catch(() => undefined),
    sleep(MOST_WAIT_MS, undefined, { signal: done.signal }).catch(() => undefined),
  ]);
  done.abort();
  return text;
}

/** Requests that have begun and do not end: heads, bodies, frames; they hold on until they are let go. */
export async function halfOpen(
  server: ServedProcess,
  session: string,
  auth: string,
  count: number,
): Promise<() => void> {
  const path = `/v1/sessions/${session}`;
  const beginnings = [
    "",
    "POST ",
    `POST ${path}/step HTTP/1.1\r\n${auth}Host:`,
    `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Content-Length: 100000\r\n\r\n{"image":`,
    `POST ${path}/step HTTP/1.1\r\n${auth}${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"ima`,
    `GET ${path}/stream HTTP/1.1\r\n${auth}${UPGRADE}Sec-WebSocket-Key: ${KEY_16}\r\n\r\n\u0082\u00ff`,
  ];
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = await server.connect();
    socket.write(Buffer.from(beginnings[i % beginnings.length] ?? "", "latin1"));
    sockets.push(socket);
  }
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

/** Answers to a few messages take no longer on a machine that does other things, ms. */
const STREAM_MS = 30_000;

/** Frames that are none of RFC 6455, or too much of it: of a client, masked with zeros. */
const FRAMES: readonly Buffer[] = [
  Buffer.from("ffff00000000000000ff00000000", "hex"),
  Buffer.from("82ff7fffffffffffffff00000000", "hex"),
  Buffer.from("8100", "hex"),
  Buffer.from("c18000000000", "hex"),
  Buffer.from("818200000000c328", "hex"),
  Buffer.from("808000000000", "hex"),
  Buffer.from("018000000000018000000000", "hex"),
  Buffer.from("89fe007f00000000", "hex"),
  Buffer.from("888200000000ffff", "hex"),
  Buffer.from("8b8000000000".repeat(1000), "hex"),
  Buffer.from("898000000000".repeat(1000), "hex"),
  Buffer.from("818000000000".repeat(1000), "hex"),
];

export interface Message {
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

export interface StreamAnswers {
  readonly name: string;
  readonly sent: number;
  /** JSON and msgpack as what they say. */
  readonly answers: readonly unknown[];
  readonly text: string;
}

/**
 * Sends messages over a session's WebSocket, of which each wants one answer; then, now and then, what
 * is no message.
 */
export async function stream(
  server: ServedProcess,
  session: string,
  token: string,
  messages: readonly Message[],
  random: Random,
): Promise<StreamAnswers> {
  const socket = new WebSocket(server.webSocketUrl(`/v1/sessions/${session}/stream`), {
    headers: { authorization: `Bearer ${token}` },
  });
  const answers: unknown[] = [];
  let text = "";
  socket.on("message", (data: Buffer, isBinary) => {
    text += data.toString();
    answers.push(isBinary ? decode(data) : JSON.parse(data.toString()));
  });
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  await Promise.race([once(socket, "open"), closed]).catch(() => undefined);
  for (const { bytes, isText } of messages) socket.send(bytes, { binary: !isText });
  const endMs = performance.now() + STREAM_MS;
  while (
    answers.length < messages.length &&
    socket.readyState === WebSocket.OPEN &&
    performance.now() < endMs
  ) {
    await Promise.race([closed, sleep(5)]).catch(() => undefined);
  }
  const at = random.integer(0, FRAMES.length - 1);
  // The socket below speaks for itself.
  const { _socket: below } = socket as unknown as { readonly _socket: Socket | null };
  below?.write(FRAMES[at] ?? "");
  await Promise.race([closed, sleep(50)]).catch(() => undefined);
  socket.terminate();
  await closed.catch(() => undefined);
  return { name: `a stream, frames ${at}`, sent: messages.length, answers, text };
}
