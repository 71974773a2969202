import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

export interface ChatServer {
  /** `http://127.0.0.1:port/v1#test-model` */
  readonly spec: string;
  /** Chat completions asked for so far. */
  readonly requests: number;
}

/** An OpenAI-compatible server on loopback; `reply` answers the n-th request (from 1). */
export async function chatServer(
  reply: (response: ServerResponse, request: number) => void | Promise<void>,
): Promise<ChatServer> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    requests += 1;
    await reply(response, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    spec: `http://127.0.0.1:${port}/v1#test-model`,
    get requests() {
      return requests;
    },
  };
}

/** A chat completion that says a text. */
export function say(response: ServerResponse, text: string): void {
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({
      id: "1",
      object: "chat.completion",
      model: "test-model",
      choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    }),
  );
}
