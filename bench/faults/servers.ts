import { readdir } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { cli, TASK } from "./kills.js";

type Behaviour = (response: ServerResponse) => void;

const json = (response: ServerResponse) => response.setHeader("content-type", "application/json");
const choice = (content: unknown) => ({ choices: [{ message: { role: "assistant", content } }] });
const says =
  (value: unknown): Behaviour =>
  (response) =>
    void json(response).end(JSON.stringify(value));
const raw =
  (body: string | Uint8Array, status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(body);

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "drops the connection": (response) => void response.destroy(),
  "never answers": () => undefined,
  "sends a header and stops": (response) => void json(response).write('{"choices":[{"mess'),
  "cuts the answer": (response) => {
    json(response).writeHead(200, { "content-length": "1000" });
    response.write('{"choices":');
    setImmediate(() => response.destroy());
  },
  "sends half JSON": raw('{"choices":[{"message":{"content":"12 c'),
  "sends a web page": raw("<html><body>hello</body></html>"),
  "sends nothing": raw(""),
  "sends 204": raw("", 204),
  "sends 500": raw('{"error":"no"}', 500),
  "sends 503 with a stack": raw('{"error":{"message":"    at f (x.js:1:1)"}}', 503),
  "sends 418": raw("short and stout", 418),
  "redirects to itself": (response) => void response.writeHead(302, { location: "/v1" }).end(),
  "asks to wait for ever": (response) =>
    void response.writeHead(429, { "retry-after": "0.1" }).end("slow down"),
  "sends 16 MB": raw(`{"x":"${"y".repeat(16 << 20)}"}`),
  "sends bytes": raw(Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) & 255)),
  "sends no choice": says({ choices: [] }),
  "sends null": says(null),
  "sends a list": says([1, 2, 3]),
  "sends a number as text": says(choice(12)),
  "sends no content": says(choice(null)),
  "sends an object as content": says(choice({ a: 1 })),
  "says infinity": says(choice("It is about 1e400 m.")),
  "says a negative length": says(choice("It is -5 cm.")),
  "says NaN": says(choice("NaN cm")),
  "says control characters": says(choice("\u001b[2J\u0000 12 cm \u202e")),
  "says 100,000 words": says(choice("perhaps 12 cm ".repeat(33_000))),
  "counts below zero": says({
    ...choice("12 cm"),
    usage: { prompt_tokens: -5, completion_tokens: -1e300 },
  }),
  "begins with a BOM": raw(`\ufeff${JSON.stringify(choice("12 cm"))}`),
  "nests 100,000 deep": raw("[".repeat(100_000)),
  "streams nonsense": (response) =>
    void response
      .writeHead(200, { "content-type": "text/event-stream" })
      .end("data: {\n\ndata: [DONE]\n\n"),
  "repeats a key": raw('{"choices":[],"choices":[{"message":{"content":"12 cm"}}]}'),
  "names a prototype": raw('{"__proto__":{"choices":[]},"constructor":1}'),
};

export interface ServerFigures {
  readonly servers: number;
  readonly slowestMs: number;
  readonly defects: readonly string[];
}

/** A run takes no longer with any of them: each has a time-out, and nothing is waited for long. */
const LONGEST_MS = 120_000;

/** Runs against servers that misbehave: each ends with a reason or with rows, and leaves nothing. */
export async function misbehave(
  recording: string,
  folder: string,
  most: number,
): Promise<ServerFigures> {
  const defects: string[] = [];
  let slowestMs = 0;
  const chosen = Object.entries(BEHAVIOURS).slice(0, most);
  for (const [i, [name, behaviour]] of chosen.entries()) {
    const server = createServer(async (request, response) => {
      for await (const _ of request);
      behaviour(response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as AddressInfo;
    const settings = "cache=off&timeout_s=0.5&retries=1&backoff_s=0&breaker_s=0.1";
    const output = join(folder, `server${i}`);
    const startMs = performance.now();
    const { code, stderr } = await cli([
      ...["annotate", recording, "-t", TASK, "--rate", "0.2", "--wait", "1"],
      ...["--vlm", `http://127.0.0.1:${port}/v1?${settings}#m`, "-o", `${output}.jsonl`],
    ]);
    const tookMs = performance.now() - startMs;
    slowestMs = Math.max(slowestMs, tookMs);
    server.closeAllConnections();
    server.close();
    if (![0, 1, 75].includes(code ?? -1))
      defects.push(`a server that ${name}: exit code ${code}: ${stderr}`);
    if (code !== 0 && !stderr.includes("error: ")) defects.push(`a server that ${name}: no reason`);
    if (/^ {4}at \S+ \(?(file|node):/m.test(stderr))
      defects.push(`a server that ${name}: a stack: ${stderr}`);
    if (tookMs > LONGEST_MS) defects.push(`a server that ${name}: took ${Math.round(tookMs)} ms`);
    const left = (await readdir(folder)).filter(
      (each) => each.startsWith(`server${i}.`) && /\.lock$|-[0-9a-f]{8}\.partial$/.test(each),
    );
    if (left.length > 0) defects.push(`a server that ${name}: left ${left.join(", ")}`);
  }
  return { servers: chosen.length, slowestMs, defects };
}
