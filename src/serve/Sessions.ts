import { randomUUID } from "node:crypto";
import { BusyError, IdleMap } from "../http/index.js";
import { SessionUnknownError } from "./errors.js";
import { Session, type SessionOptions } from "./Session.js";

export interface SessionLimits {
  /** Sessions at one time. */
  readonly sessions: number;
  /** A session that nobody asks for so long ends, ms. */
  readonly idleMs: number;
}

/** The sessions that are there, by id. */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #kept: IdleMap<Session>;

  constructor(limits: SessionLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#kept = new IdleMap(limits.idleMs, nowMs);
  }

  get size(): number {
    return this.#kept.size;
  }

  /** @throws BusyError where there are as many as there may be */
  begin(options: Omit<SessionOptions, "id">): Session {
    this.sweep();
    if (this.#kept.size >= this.#limits.sessions) {
      throw new BusyError(
        `${this.#kept.size} sessions are open, and the server takes no more: end those that are ` +
          "done (DELETE /v1/sessions/ID), or start the server with a larger --max-sessions",
        Math.ceil(this.#limits.idleMs / 1000),
      );
    }
    // Who knows an id may use the session: it cannot be guessed.
    const session = new Session({ ...options, id: randomUUID() });
    this.#kept.add(session);
    return session;
  }

  /** @throws SessionUnknownError */
  get(id: string): Session {
    const session = this.#kept.get(id);
    if (session === undefined) throw new SessionUnknownError(id);
    return session;
  }

  /** @throws SessionUnknownError, SessionBusyError while it is at work */
  async end(id: string): Promise<void> {
    const session = this.get(id);
    await session.alone(() => this.#kept.remove(session));
  }

  /** Ends those that nobody uses any more. */
  sweep(): void {
    this.#kept.sweep();
  }

  close(): void {
    this.#kept.close();
  }
}
