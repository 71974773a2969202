/**
 * Named entries of one sort (models, sources, sinks, estimators) to which plugins add their own.
 * Entries keep the order in which they were registered.
 */
export class Registry<T> {
  readonly #sort: string;
  readonly #entries = new Map<string, T>();

  /** @param sort what the entries are, for errors: `a sink` */
  constructor(sort: string) {
    this.#sort = sort;
  }

  /** @throws Error where the name is taken: two entries cannot share one. */
  register(name: string, entry: T): void {
    if (this.#entries.has(name)) {
      throw new Error(`${this.#sort} named ${name} is already registered`);
    }
    this.#entries.set(name, entry);
  }

  get(name: string): T | undefined {
    return this.#entries.get(name);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  entries(): [name: string, entry: T][] {
    return [...this.#entries];
  }
}
