import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const S3rver = createRequire(import.meta.url)("s3rver") as new (
  options: unknown,
) => { run(): Promise<AddressInfo>; close(): Promise<void> };

/** A secret that no output, log or queue may hold; the server takes any of this access key. */
export const S3_SECRET = "S3RVER";

/** moto is installed here: another S3 server, which lists uploads. */
export const HAS_MOTO = spawnSync("moto_server", ["--help"]).status === 0;

/** Starts moto on a free port. */
export async function startMoto(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"]);
  const url = await new Promise<string>((found, fail) => {
    child.on("error", fail);
    child.on("exit", () => fail(new Error("moto_server ended")));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => {
        const [, address] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(text.toString()) ?? [];
        if (address !== undefined) found(address);
      });
    }
  });
  return { url, stop: () => void child.kill() };
}

/** An S3 server on loopback, behind a line that can be cut. */
export class S3Server {
  readonly port: number;
  readonly #server: InstanceType<typeof S3rver>;
  readonly #folder: string;
  readonly #line: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #refused = 0;

  private constructor(
    server: InstanceType<typeof S3rver>,
    folder: string,
    line: Server,
    target: number,
  ) {
    this.#server = server;
    this.#folder = folder;
    this.#line = line;
    this.port = (line.address() as AddressInfo).port;
    line.on("connection", (socket) => {
      if (this.#isCut) {
        this.#refused += 1;
        return void socket.destroy();
      }
      const onward = connect(target, "127.0.0.1");
      for (const [from, to] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.#sockets.add(from);
        from.on("close", () => this.#sockets.delete(from));
        from.on("error", () => to.destroy());
        from.pipe(to);
      }
    });
  }

  static async start(...buckets: readonly string[]): Promise<S3Server> {
    const folder = await mkdtemp(join(tmpdir(), "s3-"));
    const server = new S3rver({
      ...{ address: "127.0.0.1", port: 0, silent: true, directory: folder },
      configureBuckets: buckets.map((name) => ({ name })),
    });
    const { port } = await server.run();
    const line = createServer();
    await new Promise<void>((ready) => line.listen(0, "127.0.0.1", ready));
    return new S3Server(server, folder, line, port);
  }

  /** What names the server to the SDK. */
  get environment(): Readonly<Record<string, string>> {
    return {
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: S3_SECRET,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${this.port}`,
      AWS_REGION: "us-east-1",
    };
  }

  /** The network is away: connections break, and new ones too. */
  cut(): void {
    this.#isCut = true;
    this.#refused = 0;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Resolves when so many connections were tried in vain since the cut. */
  async refuses(connections: number): Promise<void> {
    while (this.#refused < connections) await sleep(10);
  }

  async stop(): Promise<void> {
    this.cut();
    this.#line.close();
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
