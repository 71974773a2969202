import {
  type Address,
  createHttp,
  type HttpLimits,
  type Listening,
  listen,
  type Problem,
  problemOf,
} from "../http/index.js";
import { type WorldLimits, Worlds } from "./Worlds.js";
import { addWorldRoutes } from "./worldRoutes.js";

const DEFAULT_LIMITS: WorldLimits & HttpLimits = {
  instances: 128,
  idleMs: 15 * 60_000,
  // Actions and seeds are small; pictures only go out.
  bodyBytes: 2 ** 20,
  bytesInFlight: 16 * 2 ** 20,
};

export interface ServeWorldsOptions {
  readonly address: Address;
  /** Demanded of every client; a must where others than this machine can reach the address. */
  readonly token?: string | undefined;
  readonly limits?: Partial<WorldLimits>;
  /** Told of defects of this program. */
  readonly onDefect: (error: unknown) => void;
}

/**
 * Serves the table top as environments for policies (docs/simulator.md).
 *
 * @throws ListenError
 */
export async function serveWorlds(options: ServeWorldsOptions): Promise<Listening> {
  const { address, token, onDefect } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const worlds = new Worlds(limits);
  const problem = (error: unknown): Problem => {
    const found = problemOf(error);
    if (found.code === "internal") onDefect(error);
    return found;
  };
  const app = createHttp({
    ...{ limits, open: ["/health"], problem },
    ...(token !== undefined && { token }),
  });
  app.get("/health", async () => ({ status: "ok" }));
  addWorldRoutes(app, worlds);
  try {
    const listening = await listen(app, address, token !== undefined);
    return {
      url: listening.url,
      async close() {
        await listening.close();
        worlds.close();
      },
    };
  } catch (error) {
    worlds.close();
    await app.close();
    throw error;
  }
}
