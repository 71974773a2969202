import websocket from "@fastify/websocket";
import { packageVersion } from "../base/index.js";
import {
  type Address,
  createHttp,
  HeadError,
  type HttpApp,
  type HttpLimits,
  type Listening,
  listen,
  onlyWebSockets,
} from "../http/index.js";
import { addChatRoutes } from "./chat/chatRoutes.js";
import { openApi } from "./openApi.js";
import { RewardService, type RewardServiceOptions } from "./RewardService.js";
import { addRobometerRoutes } from "./robometer/robometerRoutes.js";
import { addSessionRoutes } from "./sessionRoutes.js";
import { addStreamRoute, STREAM } from "./streamRoute.js";

/** How much a server takes before it says so. */
interface ServeLimits extends HttpLimits {
  readonly sessions: number;
  /** Steps that wait at one time. */
  readonly waiting: number;
  /** A session that nobody asks for so long ends, ms. */
  readonly idleMs: number;
}

const DEFAULT_LIMITS: ServeLimits = {
  bodyBytes: 128 * 2 ** 20,
  bytesInFlight: 512 * 2 ** 20,
  sessions: 256,
  waiting: 256,
  idleMs: 15 * 60_000,
};

export interface ServeOptions extends Omit<RewardServiceOptions, "limits"> {
  readonly address: Address;
  /** Demanded of every client; a must where others than this machine can reach the address. */
  readonly token?: string | undefined;
  readonly limits?: Partial<ServeLimits>;
}

export interface RewardServer extends Listening {
  /** The names of the tasks that clients can choose. */
  readonly tasks: readonly string[];
}

/**
 * Serves rewards: sessions over HTTP (docs/serve.md). The caller closes the model.
 *
 * @throws ListenError
 * @example
 * const server = await serve({ address: { host: "127.0.0.1", port: 0 }, task, vlm, onDefect: console.error });
 * console.log(server.url);
 * await server.close();
 */
export async function serve({
  address,
  token,
  limits: given,
  ...options
}: ServeOptions): Promise<RewardServer> {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const service = new RewardService({ ...options, limits });
  const app = createHttp({
    ...{ limits, open: ["/health"], problem: (error) => service.problem(error) },
    ...(token !== undefined && { token }),
  });
  try {
    await addRoutes(app, service, limits);
    const tasks = await service.tasks.names();
    const listening = await listen(app, address, token !== undefined);
    return {
      ...{ url: listening.url, tasks },
      async close() {
        await listening.close();
        service.close();
      },
    };
  } catch (error) {
    service.close();
    await app.close();
    throw error;
  }
}

async function addRoutes(
  app: HttpApp,
  service: RewardService,
  { bodyBytes }: ServeLimits,
): Promise<void> {
  const { metrics, vlm } = service;
  await app.register(websocket, { options: { maxPayload: bodyBytes } });
  onlyWebSockets(app, (error) => service.problem(error));
  app.addHook("onRequest", async ({ ws, routeOptions: { url } }) => {
    if (ws && url !== undefined && url !== STREAM) throw new HeadError("UPGRADE");
  });
  app.addHook("onResponse", async ({ routeOptions, method }, { statusCode }) => {
    metrics.countRequest(routeOptions.url ?? "none", method, statusCode);
  });
  app.get("/health", async () => ({ status: "healthy", model: vlm.id }));
  app.get("/metrics", async (_, reply) => reply.type(metrics.type).send(await metrics.text()));
  app.get("/openapi.json", async () => openApi(packageVersion()));
  addChatRoutes(app, service);
  addRobometerRoutes(app, service);
  addSessionRoutes(app, service);
  addStreamRoute(app, service);
}
