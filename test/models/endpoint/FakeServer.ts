import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test wants to know of a request that arrived. */
export interface SeenRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of every shape
  readonly body: any;
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void | Promise<void>;

/** A real HTTP server on loopback that says what a test wants, request by request. */
export class FakeServer {
  readonly seen: SeenRequest[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly #server: Server;
  readonly #next: Reply[] = [];
  #always: Reply = says("0.42 m");
  #waiting: Array<{ readonly count: number; readonly resolve: () => void }> = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The base URL of its API. */
  get url(): string {
    return `http://${this.host}/v1`;
  }

  /** The replies to the next requests, in order. */
  next(...replies: Reply[]): this {
    this.#next.push(...replies);
    return this;
  }

  /** The reply to every other request. */
  always(reply: Reply): this {
    this.#always = reply;
    return this;
  }

  /** Resolves when so many requests have arrived in all. */
  async arrived(count: number): Promise<void> {
    if (this.seen.length >= count) return;
    await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const seen: SeenRequest = {
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: text === "" ? undefined : JSON.parse(text),
    };
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    response.once("close", () => this.inFlight--);
    this.seen.push(seen);
    for (const { count, resolve } of this.#waiting) if (this.seen.length >= count) resolve();
    await (this.#next.shift() ?? this.#always)(response, seen);
  }
}

export function completion(...texts: string[]): object {
  return {
    choices: texts.map((content) => ({ message: { content }, finish_reason: "stop" })),
    usage: { prompt_tokens: 100, completion_tokens: 7 },
  };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return raw(JSON.stringify(value), status, { "content-type": "application/json", ...headers });
}

export function raw(body: string, status = 200, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

/** A completion with these choices. */
export function says(...texts: string[]): Reply {
  return json(completion(...texts));
}

/** Takes the request and never answers. */
export const hangs: Reply = () => undefined;

/** Closes the connection without an answer. */
export const dropsConnection: Reply = (response) => {
  response.destroy();
};
