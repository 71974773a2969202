/** Permits for frames in flight: a source takes one for each frame, the end of the line gives it back. */
export class Credit {
  #free: number;
  readonly #takers: (() => void)[] = [];

  constructor(permits: number) {
    this.#free = permits;
  }

  /** Resolves when a permit is free, first come, first served. */
  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#takers.push(resolve));
  }

  give(): void {
    const next = this.#takers.shift();
    if (next) next();
    else this.#free += 1;
  }
}
