import { decode, encode } from "@msgpack/msgpack";
import { type RewardServer, type ServeOptions, serve } from "../../src/serve/index.js";
import { REACH_TASK } from "./annotations.js";
import { scriptedVlm } from "./models.js";

/** A server of this test on a free port of loopback, with a client that speaks as it is told. */
export class TestServer implements AsyncDisposable {
  readonly defects: unknown[];

  private constructor(
    readonly server: RewardServer,
    defects: unknown[],
  ) {
    this.defects = defects;
  }

  static async start(options: Partial<ServeOptions> = {}): Promise<TestServer> {
    const defects: unknown[] = [];
    const server = await serve({
      address: { host: "127.0.0.1", port: 0 },
      task: REACH_TASK,
      vlm: scriptedVlm(() => 0.2),
      onDefect: (error) => defects.push(error),
      ...options,
    });
    return new TestServer(server, defects);
  }

  get url(): string {
    return this.server.url;
  }

  /** The answer's status and content, of whatever type. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    { type = "application/json", headers = {} }: AskOptions = {},
  ): Promise<Answer> {
    const content = type === "application/msgpack" ? encode(body) : JSON.stringify(body, base64);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body !== undefined && { "content-type": type }), ...headers },
      ...(body !== undefined && { body: content }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const answered = response.headers.get("content-type") ?? "";
    const text = Buffer.from(bytes).toString();
    const read = (): unknown => {
      if (bytes.length === 0) return undefined;
      if (answered.includes("msgpack")) return decode(bytes);
      return answered.includes("json") ? JSON.parse(text) : text;
    };
    return { status: response.status, type: answered, headers: response.headers, body: read() };
  }

  post(path: string, body: unknown, options?: AskOptions): Promise<Answer> {
    return this.ask("POST", path, body, options);
  }

  /** @returns the id of a new session */
  async begin(body: object = {}): Promise<string> {
    const answer = await this.post("/v1/sessions", body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return (answer.body as { session: string }).session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

export interface AskOptions {
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Bytes of a JSON body. */
function base64(this: unknown, _key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** A grey picture, raw. */
export function greyImage(width = 8, height = 6, value = 90) {
  const data = new Uint8Array(3 * width * height).fill(value);
  return { data, encoding: "rgb8", width, height };
}
