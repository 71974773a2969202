import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { MAIN } from "./kills.js";

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Clock ticks of /proc/PID/stat: 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;
const PATIENCE_MS = 60_000;

/** `spatial-reward serve` in a process of its own; what it says and what it takes is watched. */
export class ServedProcess {
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  /** A port of loopback, or a Unix socket. */
  readonly #at: { readonly host: string; readonly port: number } | { readonly path: string };
  said = "";

  private constructor(child: ChildProcess, listening: string) {
    this.#child = child;
    const url = listening.startsWith("unix:") ? undefined : new URL(listening);
    this.#at = url
      ? { host: url.hostname, port: Number(url.port) }
      : { path: listening.slice("unix:".length) };
  }

  static async start(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ServedProcess> {
    const child = spawn(process.execPath, [MAIN, "serve", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let early = "";
    const listen = (text: Buffer) => {
      early += text.toString();
    };
    child.stderr.on("data", listen);
    const first = once(createInterface(child.stdout), "line") as Promise<[string]>;
    const ended = once(child, "exit").then(() => undefined);
    const line = await Promise.race([first, ended]);
    if (line === undefined) throw new Error(`serve ended: ${early}`);
    const { listening } = JSON.parse(line[0]) as { listening: string };
    const server = new ServedProcess(child, listening);
    server.said = line[0] + early;
    child.stderr.off("data", listen);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => {
        server.said += text.toString();
      });
    }
    return server;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws where the connection ends without a reply */
  ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array,
  ): Promise<RawReply> {
    const at = "path" in this.#at ? { socketPath: this.#at.path } : this.#at;
    return new Promise((done, failed) => {
      const isChunked = headers["transfer-encoding"] !== undefined;
      const length = body && !isChunked ? { "content-length": String(body.length) } : {};
      const asked = request(
        {
          ...{ ...at, method, path, agent: this.#agent, timeout: PATIENCE_MS },
          headers: { ...length, ...headers },
        },
        async (reply) => {
          const chunks: Buffer[] = [];
          try {
            for await (const chunk of reply) chunks.push(chunk as Buffer);
            const { statusCode: status = 0, headers: given } = reply;
            done({ status, headers: given, bytes: Buffer.concat(chunks) });
          } catch (error) {
            failed(error);
          }
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("no reply for a minute")));
      asked.on("error", failed);
      asked.end(body);
    });
  }

  /** A connection of which only bytes are known. */
  async connect(): Promise<Socket> {
    const socket = "path" in this.#at ? connect(this.#at.path) : connect(this.#at);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  }

  /** Where a WebSocket client finds it. */
  webSocketUrl(path: string): string {
    return "path" in this.#at
      ? `ws+unix:${this.#at.path}:${path}`
      : `ws://${this.#at.host}:${this.#at.port}${path}`;
  }

  /** CPU time so far, ms; 0 where the system does not tell. */
  async cpuMs(): Promise<number> {
    const stat = await this.#proc("stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return TICK_MS * (Number(fields[11] ?? 0) + Number(fields[12] ?? 0));
  }

  /** MiB: now, and at most. */
  async memoryMib(): Promise<{ readonly now: number; readonly most: number }> {
    const status = await this.#proc("status");
    const of = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024;
    return { now: of("VmRSS"), most: of("VmHWM") };
  }

  async handles(): Promise<number> {
    return (await readdir(`/proc/${this.#child.pid}/fd`).catch(() => [])).length;
  }

  /** Connections that are kept for later requests go. */
  hangUp(): void {
    this.#agent.destroy();
  }

  /** Ends it as a service manager does. @returns its exit code; null where it had to be killed */
  async stop(): Promise<number | null> {
    this.hangUp();
    if (!this.isAlive) return this.#child.exitCode;
    const ended = once(this.#child, "exit") as Promise<[number | null]>;
    this.#child.kill("SIGTERM");
    const gone = new AbortController();
    const late = sleep(20_000, undefined, { signal: gone.signal }).then(
      () => this.#child.kill("SIGKILL"),
      () => undefined,
    );
    const [code] = await ended;
    gone.abort();
    await late;
    return code;
  }

  async #proc(name: string): Promise<string> {
    return await readFile(`/proc/${this.#child.pid}/${name}`, "utf8").catch(() => "");
  }
}
