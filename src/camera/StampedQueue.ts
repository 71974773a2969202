export interface Stamped {
  readonly stampNs: bigint;
}

/** Things in stamp order, equal stamps in order of arrival. */
export class StampedQueue<T extends Stamped> {
  readonly #items: T[] = [];
  #shortestGapNs: bigint | undefined;

  /** The shortest time seen between two stamps that came one after the other. */
  get shortestGapNs(): bigint | undefined {
    return this.#shortestGapNs;
  }

  get oldest(): T | undefined {
    return this.#items[0];
  }

  get newest(): T | undefined {
    return this.#items.at(-1);
  }

  add(item: T): void {
    const gapNs = item.stampNs - (this.newest?.stampNs ?? item.stampNs);
    const isShortest = this.#shortestGapNs === undefined || gapNs < this.#shortestGapNs;
    if (gapNs > 0n && isShortest) this.#shortestGapNs = gapNs;
    this.#items.splice(
      this.#countUntil((stampNs) => stampNs <= item.stampNs),
      0,
      item,
    );
  }

  removeOldest(): T | undefined {
    return this.#items.shift();
  }

  /** The nearest to the stamp; of two as near, the earlier. */
  nearest(stampNs: bigint): T | undefined {
    const index = this.#countUntil((itemNs) => itemNs < stampNs);
    const after = this.#items[index];
    const before = this.#items[index - 1];
    if (after === undefined || before === undefined) return after ?? before;
    return stampNs - before.stampNs <= after.stampNs - stampNs ? before : after;
  }

  removeBefore(stampNs: bigint): void {
    const count = this.#countUntil((itemNs) => itemNs < stampNs);
    if (count > 0) this.#items.splice(0, count);
  }

  removeAfter(stampNs: bigint): void {
    this.#items.length = this.#countUntil((itemNs) => itemNs <= stampNs);
  }

  /** How many items lead the queue whose stamps hold the condition. */
  #countUntil(holds: (stampNs: bigint) => boolean): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#items[middle]!.stampNs)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
