/** What a client begins and ends: a session, a world. */
export interface Begun {
  readonly id: string;
  /** Whether it is at work, and so not idle. */
  readonly isBusy: boolean;
  close(): void;
}

interface Kept<T> {
  readonly item: T;
  lastUsedMs: number;
}

/** What clients have begun, by id. What nobody asks for so long ends. */
export class IdleMap<T extends Begun> {
  readonly #idleMs: number;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(idleMs: number, nowMs: () => number) {
    this.#idleMs = idleMs;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#kept.size;
  }

  get items(): readonly T[] {
    return [...this.#kept.values()].map(({ item }) => item);
  }

  add(item: T): void {
    this.#kept.set(item.id, { item, lastUsedMs: this.#nowMs() });
  }

  /** Somebody uses it: it is not idle. */
  get(id: string): T | undefined {
    const kept = this.#kept.get(id);
    if (kept) kept.lastUsedMs = this.#nowMs();
    return kept?.item;
  }

  /** Ends those that nobody uses any more. */
  sweep(): void {
    const oldestMs = this.#nowMs() - this.#idleMs;
    for (const { item, lastUsedMs } of [...this.#kept.values()]) {
      if (item.isBusy) this.get(item.id);
      else if (lastUsedMs < oldestMs) this.remove(item);
    }
  }

  remove(item: T): void {
    this.#kept.delete(item.id);
    item.close();
  }

  /** Ends all. */
  close(): void {
    for (const item of this.items) this.remove(item);
  }
}
