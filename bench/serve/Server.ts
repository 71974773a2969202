import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { encode } from "@msgpack/msgpack";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");
const NULL_MODEL = resolve(import.meta.dirname, "nullModel.js");
const TASK = "examples/tasks/reach.yaml";

/** `spatial-reward serve` in a process of its own, on a free port. */
export class Server implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  private constructor(
    child: ChildProcess,
    readonly url: URL,
  ) {
    this.#child = child;
  }

  static async start(vlm: string, ...more: readonly string[]): Promise<Server> {
    const words = ["serve", "--task", TASK, "--vlm", vlm, "--port", "0", "--until-stdin-closes"];
    const args = [MAIN, ...words, "--plugin", NULL_MODEL, ...more];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    return new Server(child, new URL((JSON.parse(line) as { listening: string }).listening));
  }

  /** @returns the answer's text, or its status where that is no success */
  ask(method: string, path: string, body?: Uint8Array): Promise<string> {
    return new Promise((done, failed) => {
      const headers = {
        ...{ accept: "application/json", "content-type": "application/msgpack" },
        "content-length": body?.length ?? 0,
      };
      const asked = request(
        { host: this.url.hostname, port: this.url.port, method, path, headers, agent: this.#agent },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", failed);
          answer.on("end", () => {
            const { statusCode = 0 } = answer;
            const text = Buffer.concat(chunks).toString();
            if (statusCode < 300) done(text);
            else failed(new Error(`${statusCode} ${text}`));
          });
        },
      );
      asked.on("error", failed);
      asked.end(body);
    });
  }

  async begin(): Promise<string> {
    const text = await this.ask("POST", "/v1/sessions", encode({}));
    return (JSON.parse(text) as { session: string }).session;
  }

  /** A figure of `/metrics`. */
  async metric(name: string): Promise<number> {
    const text = await this.ask("GET", "/metrics");
    return Number(new RegExp(`^spatial_reward_${name} (\\S+)$`, "m").exec(text)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    await ended;
  }
}
