import {
  type BodyType,
  type HttpApp,
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
/** A client that does not answer the farewell is cut off, ms. */
const FAREWELL_MS = 1000;

/**
 * A WebSocket for each session: each message is a step (msgpack if binary, else JSON), and each gets
 * one answer, in order: a reward, or `{"error": Problem}`.
 *
 * Back-pressure: the next message is read once the answer to the last one has left this process, so
 * that a client that stops reading costs the memory of one answer.
 */
export function addStreamRoute(app: HttpApp, service: RewardService): void {
  app.route<{ Params: { id: string } }>({
    ...{ method: "GET", url: "/v1/sessions/:id/stream" },
    preValidation: async ({ params: { id } }) => {
      if (service.sessions.get(id).isStreamed) throw new SessionBusyError(id);
    },
    handler: async () => {
      throw new PathError("a stream is a WebSocket: this request does not ask for one (Upgrade)");
    },
    wsHandler: (socket: Socket, { params: { id } }) => {
      try {
        stream(socket, service.sessions.get(id), service);
      } catch {
        // It ended, or another stream came first, while the connection was made.
        socket.close(POLICY, "the session is not free");
      }
    },
  });
}

function stream(socket: Socket, session: Session, service: RewardService): void {
  const release = session.holdForStream();
  const waiting: Message[] = [];
  let isWorking = false;
  let isOpen = true;

  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    session.ended.removeEventListener("abort", farewell);
    release();
  };
  const farewell = (): void => {
    socket.close(GOING_AWAY, "the session has ended");
    setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
    end();
  };
  const work = async (): Promise<void> => {
    isWorking = true;
    socket.pause();
    for (let next = waiting.shift(); next && isOpen; next = waiting.shift()) {
      await send(socket, await answer(next, session, service));
    }
    isWorking = false;
    if (isOpen) socket.resume();
  };
  socket.on("message", (data, isBinary) => {
    waiting.push({ data, isBinary });
    if (!isWorking) void work();
  });
  socket.on("close", end);
  socket.on("error", end);
  session.ended.addEventListener("abort", farewell);
}

async function answer(
  { data, isBinary }: Message,
  { id }: Session,
  service: RewardService,
): Promise<Buffer | string> {
  const type: BodyType = isBinary ? "application/msgpack" : "application/json";
  const write = (value: unknown) => {
    const bytes = writeBody(value, type);
    return isBinary ? bytes : bytes.toString();
  };
  try {
    return write(await service.step(id, readBody(stepSchema, parseBody(data, type))));
  } catch (error) {
    return write({ error: service.problem(error) });
  }
}

/** Resolves when the system has taken it, or there is nobody to take it any more. */
function send(socket: Socket, data: Buffer | string): Promise<void> {
  return new Promise((resolve) => socket.send(data, () => resolve()));
}
