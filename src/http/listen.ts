import { lstat, unlink } from "node:fs/promises";
import { createConnection, isIP } from "node:net";
import type { HttpApp } from "./createHttp.js";
import { ListenError } from "./errors.js";

/** Where a server listens. */
export type Address =
  | { readonly host: string /** 0: any that is free */; readonly port: number }
  | { readonly socketPath: string };

export interface Listening {
  /** `http://127.0.0.1:8765`, `unix:/run/rewards.sock` */
  readonly url: string;
  /** Takes no more requests, lets those in flight end, and closes every connection then. */
  close(): Promise<void>;
}

/** Requests that have not ended by then are cut off, ms. */
const GRACE_MS = 2500;

/** Whether only programs of this machine can reach it. */
function isLocal(address: Address): boolean {
  if ("socketPath" in address) return true;
  const { host } = address;
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/**
 * Listens.
 *
 * @param hasToken any other address than a local one demands it
 * @throws ListenError if the address is taken, unknown, or open to others without a token
 */
export async function listen(
  app: HttpApp,
  address: Address,
  hasToken: boolean,
): Promise<Listening> {
  if (!hasToken && !isLocal(address) && "host" in address) {
    throw new ListenError(
      `${address.host} can be reached from other machines: give the server a token (--token-file), ` +
        "or listen on 127.0.0.1",
    );
  }
  const url =
    "socketPath" in address ? await listenAt(app, address.socketPath) : await onPort(app, address);
  return {
    url,
    async close() {
      const late = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
      try {
        await app.close();
      } finally {
        clearTimeout(late);
      }
    },
  };
}

async function onPort(
  app: HttpApp,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(`${host}:${port}`, error);
  }
  const at = app.server.address();
  if (at === null || typeof at === "string") throw new Error("a port has an address");
  return `http://${isIP(at.address) === 6 ? `[${at.address}]` : at.address}:${at.port}`;
}

async function listenAt(app: HttpApp, path: string): Promise<string> {
  await removeDeadSocket(path);
  // Nobody else may connect, not even between bind and chmod.
  const before = process.umask(0o177);
  try {
    await app.listen({ path });
  } catch (error) {
    throw listenError(path, error);
  } finally {
    process.umask(before);
  }
  return `unix:${path}`;
}

/** A socket that nobody listens at any more is left over from a server that was killed. */
async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new ListenError(`${path} is there already and is not a socket`);
  if (await answers(path)) throw new ListenError(`${path}: another server listens there`);
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there; choose another --port, or 0 for any that is free",
  EACCES: "not permitted",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "no such host",
  ENOENT: "the folder does not exist",
  EINVAL: "the path of a socket may have about 100 characters",
};

function listenError(where: string, cause: unknown): ListenError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return new ListenError(`cannot listen at ${where}: ${CAUSES[code] ?? message}`, { cause });
}
