import { randomUUID } from "node:crypto";
import { BusyError } from "../http/index.js";
import { SessionUnknownError } from "./errors.js";
import { Session, type SessionOptions } from "./Session.js";

export interface SessionLimits {
  /** Sessions at one time. */
  readonly sessions: number;
  /** A session that nobody asks for so long ends, ms. */
  readonly idleMs: number;
}

interface Kept {
  readonly session: Session;
  lastUsedMs: number;
}

/** The sessions that are there, by id. */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(limits: SessionLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
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
    this.#kept.set(session.id, { session, lastUsedMs: this.#nowMs() });
    return session;
  }

  /** @throws SessionUnknownError */
  get(id: string): Session {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new SessionUnknownError(id);
    kept.lastUsedMs = this.#nowMs();
    return kept.session;
  }

  /** @throws SessionUnknownError, SessionBusyError while it is at work */
  async end(id: string): Promise<void> {
    const session = this.get(id);
    await session.alone(() => this.#remove(session));
  }

  /** Ends those that nobody uses any more. */
  sweep(): void {
    const oldestMs = this.#nowMs() - this.#limits.idleMs;
    for (const { session, lastUsedMs } of [...this.#kept.values()]) {
      if (session.isBusy) this.get(session.id);
      else if (lastUsedMs < oldestMs) this.#remove(session);
    }
  }

  close(): void {
    for (const { session } of [...this.#kept.values()]) this.#remove(session);
  }

  #remove(session: Session): void {
    this.#kept.delete(session.id);
    session.close();
  }
}
