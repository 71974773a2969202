/** Reasons that are listed; data sets can have a reason for each frame. */
const LISTED = 5;

/** Why frames failed, with how many of each. */
export class FaultCounts {
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** The most common reasons first, one line each; the rest of them in one. */
  lines(): string[] {
    const counts = [...this.#counts].sort(([, m], [, n]) => n - m);
    const rest = counts.slice(LISTED).reduce((sum, [, count]) => sum + count, 0);
    return [
      ...counts.slice(0, LISTED).map(([reason, count]) => `${count}× ${reason}`),
      ...(rest > 0 ? [`${rest}× other reasons of this sort`] : []),
    ];
  }
}
