import type { FastifyRequest } from "fastify";
import {
  type BodyType,
  type HttpApp,
  type Load,
  PathError,
  parseBody,
  readBody,
  writeBody,
} from "../http/index.js";
import { SessionBusyError } from "./errors.js";
import type { RewardService } from "./RewardService.js";
import type { Session } from "./Session.js";
import { stepSchema } from "./Step.js";

/** The part of `ws`'s WebSocket that a stream uses. */
interface Socket {
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: "close" | "error", listener: () => void): unknown;
  send(data: Buffer | string, done: (error?: Error) => void): void;
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** "The server is going away" of RFC 6455, and "policy violation". */
const GOING_AWAY = 1001;
const POLICY = 1008;
/** Of the registry that RFC 6455 began: "try again later". */
const TRY_LATER = 1013;
/** A client that does not answer the farewell is cut off, ms. */
const FAREWELL_MS = 1000;

export const STREAM = "/v1/sessions/:id/stream";

/**
 * A WebSocket for each session: each message is a step (msgpack if binary, else JSON), and each gets
 * one answer, in order: a reward, or `{"error": Problem}`.
 *
 * Back-pressure: the next message is read once the answer to the last one has left this process, so
 * that a client that stops reading costs the memory of one answer. What has come of a message counts
 * against the memory of all requests: where that is full, the stream is closed ("try again later").
 */
export function addStreamRoute(app: HttpApp, service: RewardService): void {
  app.route<{ Params: { id: string } }>({
    ...{ method: "GET", url: STREAM },
    preValidation: async ({ params: { id } }) => {
      if (service.sessions.get(id).isStreamed) throw new SessionBusyError(id);
    },
    handler: async () => {
      throw new PathError("a stream is a WebSocket: this request does not ask for one (Upgrade)");
    },
    wsHandler: (socket: Socket, request) => {
      try {
        const session = service.sessions.get(request.params.id);
        stream(socket, session, service, new Held(app.load, request));
      } catch {
        // It ended, or another stream came first, while the connection was made.
        socket.close(POLICY, "the session is not free");
      }
    },
  });
}

/** What a stream holds of the memory of all requests. */
class Held {
  readonly #load: Load;
  readonly #request: FastifyRequest;
  #isOver = false;

  constructor(load: Load, request: FastifyRequest) {
    this.#load = load;
    this.#request = request;
  }

  /** Counts what comes over the connection. @param onFull called where others hold too much */
  watch(onFull: () => void): void {
    this.#request.socket.on("data", ({ length }: Buffer) => {
      if (this.#isOver) return;
      try {
        this.#load.add(this.#request, length);
      } catch {
        onFull();
      }
    });
  }

  /** @throws BusyError */
  addValues(values: number): void {
    this.#load.addValues(this.#request, values);
  }

  release(): void {
    this.#load.remove(this.#request);
  }

  end(): void {
    this.#isOver = true;
    this.release();
  }
}

function stream(socket: Socket, session: Session, service: RewardService, held: Held): void {
  const release = session.holdForStream();
  const waiting: Message[] = [];
  let isWorking = false;
  let isOpen = true;

  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    session.ended.removeEventListener("abort", farewell);
    held.end();
    release();
  };
  const close = (code: number, reason: string): void => {
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
    end();
  };
  const farewell = (): void => close(GOING_AWAY, "the session has ended");
  const work = async (): Promise<void> => {
    isWorking = true;
    socket.pause();
    for (let next = waiting.shift(); next && isOpen; next = waiting.shift()) {
      await send(socket, await answer(next, session, service, held));
    }
    isWorking = false;
    held.release();
    if (isOpen) socket.resume();
  };
  socket.on("message", (data, isBinary) => {
    waiting.push({ data, isBinary });
    if (!isWorking) void work();
  });
  held.watch(() => {
    if (isOpen) close(TRY_LATER, "the server takes no more now");
  });
  socket.on("close", end);
  socket.on("error", end);
  session.ended.addEventListener("abort", farewell);
}

async function answer(
  { data, isBinary }: Message,
  { id }: Session,
  service: RewardService,
  held: Held,
): Promise<Buffer | string> {
  const type: BodyType = isBinary ? "application/msgpack" : "application/json";
  const write = (value: unknown) => {
    const bytes = writeBody(value, type);
    return isBinary ? bytes : bytes.toString();
  };
  try {
    const body = parseBody(data, type, (values) => held.addValues(values));
    return write(await service.step(id, readBody(stepSchema, body)));
  } catch (error) {
    return write({ error: service.problem(error) });
  }
}

/** Resolves when the system has taken it, or there is nobody to take it any more. */
function send(socket: Socket, data: Buffer | string): Promise<void> {
  return new Promise((resolve) => socket.send(data, () => resolve()));
}
